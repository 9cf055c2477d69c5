// What we said to whom, and what we still have to say (spec/bundle.md, "Coming to rest"): how far housekeeping was sent,
// which is never the only reason to send twice; and whom we owe word, because it sent us messages that we held already: it
// does not know that we hold them, the bundle that said so was lost or had no room for it.
import type { DeviceKey, LogId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import { readState, type Stored, writeState } from '../../repository/state.js';
import type { Pending, PendingLog, Said } from '../export/pending-log.js';
import type { Subject } from '../export/subjects.js';

/** What was sent to one destination. */
export interface Sent {
  /** For each log the length up to which its entries were sent. */
  readonly lengths: ReadonlyMap<string, number>;
  /** What our latest bundle about it said besides entries; zeros when that was nothing. */
  said(subject: Subject): Said;
}

/** Beside the logs stand those whose proof of a contradiction was sent, with the seq from which it freezes them. */
const PROOF = 'proof ';
/** Logs owed to one device, at most; for more it sends again. */
const OWED_MAX = 4_096;
const NOTHING: Stored<'pendingStatements'> = { sent: {}, stated: {}, wanted: {}, owed: {} };

/** What was sent to a destination: a person, or a person by way of a drive. */
export function readSent(repository: Repository, destination: string): Sent {
  const { sent, stated, wanted } = readStored(repository);
  const lengths = new Map(Object.entries(sent[destination] ?? {}));
  const said = (subject: Subject): Said => {
    const name = saidName(destination, subject);
    return { messages: stated[name] ?? 0, wantsMark: wanted[name] ?? 0 };
  };
  return { lengths, said };
}

/** Under which name it is noted what was said there about it. */
function saidName(destination: string, subject: Subject): string {
  return `${destination}${subject}`;
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

/**
 * Notes what was sent to whom in a bundle with something of these logs, as far as it was lacked; of these what is no longer pending
 * is forgotten, so the note stays small. Of others it tells nothing.
 */
export function noteSent(
  repository: Repository,
  sent: ReadonlyMap<string, Pick<Pending, 'withDrive' | 'proofs' | 'said'>>,
  about: ReadonlySet<LogId>,
): void {
  const stored = readStored(repository);
  const lengths = { ...stored.sent };
  const stated = { ...stored.stated };
  const wanted = { ...stored.wanted };
  for (const [destination, { withDrive, proofs, said }] of sent) {
    for (const [subject, { messages, wantsMark }] of said) {
      stated[saidName(destination, subject)] = messages;
      wanted[saidName(destination, subject)] = wantsMark;
    }
    const isKept = ([name]: [string, number]): boolean => name.startsWith(PROOF) || !about.has(name as LogId);
    lengths[destination] = Object.fromEntries([
      ...Object.entries(stored.sent[destination] ?? {}).filter(isKept),
      ...proofs.map((log) => [`${PROOF}${log}`, repository.frozen.get(log)]),
      ...withDrive.map(({ log, ranges }) => [log, Math.max(...ranges.map((range) => range.end))]),
    ]);
  }
  write(repository, { ...stored, sent: lengths, stated, wanted });
}

/** Forgets what was sent to some destinations: nobody knows any more what lies there. */
export function forgetSent(repository: Repository, isGone: (destination: string) => boolean): void {
  const stored = readStored(repository);
  const rest = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([destination]) => !isGone(destination)));
  const { sent, stated, wanted } = stored;
  write(repository, { ...stored, sent: rest(sent), stated: rest(stated), wanted: rest(wanted) });
}

/** Logs of which the device is to hear what we hold, the latest first. */
export function readPendingStatements(repository: Repository, device: DeviceKey): readonly LogId[] {
  return readStored(repository).owed[device] ?? [];
}

/** Notes that the device does not know what we hold of these logs. */
export function noteUnstated(repository: Repository, device: DeviceKey, logs: readonly LogId[]): void {
  if (logs.length === 0) return;
  const stored = readStored(repository);
  const owed = [...new Set([...logs, ...(stored.owed[device] ?? [])])].slice(0, OWED_MAX);
  write(repository, { ...stored, owed: { ...stored.owed, [device]: owed } });
}

/** Notes that a bundle for the devices says what we hold of some logs. */
export function noteTold(repository: Repository, devices: readonly DeviceKey[], isTold: (log: LogId) => boolean): void {
  const stored = readStored(repository);
  const told = new Set<string>(devices.filter((device) => stored.owed[device]));
  if (told.size === 0) return;
  const owed = Object.entries(stored.owed).map(([device, logs]) => {
    return [device, told.has(device) ? logs.filter((log) => !isTold(log)) : logs] as const;
  });
  write(repository, { ...stored, owed: Object.fromEntries(owed.filter(([, logs]) => logs.length > 0)) });
}

function readStored({ layout }: Repository): Stored<'pendingStatements'> {
  return readState(layout, 'pendingStatements') ?? NOTHING;
}

function write({ layout }: Repository, value: Stored<'pendingStatements'>): void {
  writeState(layout, 'pendingStatements', value);
}
