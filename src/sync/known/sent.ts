// How far housekeeping was sent to whom: it is never the only reason to send twice (spec/drive.md, "Coming to rest").

import path from 'node:path';
import type { LogId } from '../../format/ids.js';
import { readJsonIfGood, writeJsonLoosely } from '../../repository/files.js';
import type { Repository } from '../../repository/repository.js';
import type { Pending, PendingLog } from '../export/pending-log.js';

/** What was sent to one destination. */
export interface Sent {
  /** For each log the length up to which its entries were sent. */
  readonly lengths: ReadonlyMap<string, number>;
  /** How many messages of others our latest statement covered, in topics without acknowledgements. */
  readonly stated: number;
  /** What we said that we lack of attachments, as one number; 0 when that was nothing. */
  readonly wantsMark: number;
}

/** Beside the logs stand those whose proof of a contradiction was sent, with the seq from which it freezes them. */
const PROOF = 'proof ';
/** And those of which what is left over behind the freeze was sent, with the length up to which it was. */
const BEHIND = 'behind ';
/** Beside the destinations: no person and no drive is called so. */
const STATED = 'stated';
const WANTED = 'wanted';

type Stored = Record<string, Record<string, number>>;

/** What was sent to a destination: a person, or a person by way of a drive. */
export function readSent(repository: Repository, destination: string): Sent {
  const stored = readStored(repository);
  const lengths = new Map(Object.entries(stored[destination] ?? {}));
  const [stated, wantsMark] = [stored[STATED]?.[destination] ?? 0, stored[WANTED]?.[destination] ?? 0];
  return { lengths, stated, wantsMark };
}

/** Whether every pending entry was sent before. */
export function wasSent(sent: Sent, pending: readonly PendingLog[]): boolean {
  return pending.every(
    ({ log, ranges }) => (sent.lengths.get(log) ?? 0) >= Math.max(...ranges.map((range) => range.end)),
  );
}

/** Whether a proof that freezes the log from this seq on, or from an earlier one, was sent. */
export function wasProofSent(sent: Sent, log: LogId, frozen: number): boolean {
  return (sent.lengths.get(`${PROOF}${log}`) ?? Number.POSITIVE_INFINITY) <= frozen;
}

/** The length up to which what is left over behind a log's freeze was sent; 0 when none of it was. */
export function leftOverSent(sent: Sent, log: LogId): number {
  return sent.lengths.get(`${BEHIND}${log}`) ?? 0;
}

/** Notes what was sent to whom; entries that are no longer pending are forgotten, so the note stays small. */
export function noteSent(
  repository: Repository,
  sent: ReadonlyMap<string, Pick<Pending, 'withDrive' | 'proofs' | 'wantsMark'>>,
  statedMessages: number,
): void {
  const stored = readStored(repository);
  const stated = { ...stored[STATED] };
  const wanted = { ...stored[WANTED] };
  for (const [destination, { withDrive, proofs, wantsMark }] of sent) {
    stated[destination] = statedMessages;
    wanted[destination] = wantsMark;
    const isKept = ([name]: [string, number]): boolean => name.startsWith(PROOF) || name.startsWith(BEHIND);
    stored[destination] = Object.fromEntries([
      ...Object.entries(stored[destination] ?? {}).filter(isKept),
      ...withDrive.flatMap((one) => behindIn(repository, one)),
      ...proofs.map((log) => [`${PROOF}${log}`, repository.frozen.get(log)]),
      ...withDrive.map(({ log, ranges }) => [log, Math.max(...ranges.map((range) => range.end))]),
    ]);
  }
  writeJsonLoosely(sentFile(repository), { ...stored, [STATED]: stated, [WANTED]: wanted });
}

function behindIn(repository: Repository, { log, ranges }: PendingLog): [string, number][] {
  const end = Math.max(...ranges.map((range) => range.end));
  return end > (repository.frozen.get(log) ?? end) ? [[`${BEHIND}${log}`, end]] : [];
}

/** Forgets what was sent to some destinations: nobody knows any more what lies there. */
export function forgetSent(repository: Repository, isGone: (destination: string) => boolean): void {
  const { [STATED]: stated = {}, [WANTED]: wanted = {}, ...sent } = readStored(repository);
  const rest = <T>(all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([destination]) => !isGone(destination)));
  writeJsonLoosely(sentFile(repository), { ...rest(sent), [STATED]: rest(stated), [WANTED]: rest(wanted) });
}

function readStored(repository: Repository): Stored {
  const value = readJsonIfGood(sentFile(repository));
  return typeof value === 'object' && value !== null ? (value as Stored) : {};
}

function sentFile(repository: Repository): string {
  return path.join(repository.layout.journal, 'sent.json');
}
