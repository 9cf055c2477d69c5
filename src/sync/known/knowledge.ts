// What a person's device is known to hold: its own logs, what it acknowledged in them, and what it stated
// (spec/message.md, "Acknowledgements"; spec/bundle.md, "Frontier"). Absent means unknown, never empty.
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { type HeldRange, heldRanges, unionRanges } from '../../repository/index/held.js';
import type { LogSummary } from '../../repository/index/summary.js';
import { placementOf } from '../../repository/placement.js';
import type { Repository } from '../../repository/repository.js';
import { type CountedEntries, rememberedAcks } from '../../topic/acks/ack-memory.js';
import { type Acknowledgement, firstAckOf } from '../../topic/acks/acks.js';
import type { Dep } from '../../topic/message/message.js';
import type { Recipient } from './recipients.js';
import { isOfOtherPast, sameHere } from './same-past.js';
import { type DeviceStatement, readStatement } from './statements.js';
import { isAskedFor } from './veiled.js';

export { unionRanges as union } from '../../repository/index/held.js';

/** What one device of a person holds, as far as known here. */
export interface Knowledge {
  /** Entries of the log held here that it holds too, the same ones, before any freeze; ascending. */
  holds(log: LogId): readonly Range[];
  /**
   * What it need not be sent: what it said it holds, unless of another past, what it wants no more, its own, and of veiled
   * logs whatever it did not ask for.
   */
  spares(log: LogId): readonly Range[];
  /** Whether it is sent anything of the log: of a veiled one only what it asked for, or writes beside. */
  asksFor(log: LogId): boolean;
}

/** Everything known of what a device holds; its acks are read when it is first asked. */
export function knowledgeOf(
  repository: Repository,
  recipient: Recipient,
  statement: Pick<DeviceStatement, 'frontier' | 'voidBefore'> | undefined = readStatement(repository, recipient.device),
): Knowledge {
  const voidBefore = statement?.voidBefore ?? 0;
  const read = () => {
    const own = believableEnds(repository, logsOfDevice(repository, recipient));
    return { own, acked: acknowledgedBy(repository, own, voidBefore) };
  };
  let known: ReturnType<typeof read> | undefined;
  const said = (log: LogId): HeldRange[] => {
    known ??= read();
    return [...(known.acked.get(log) ?? []), ...(statement?.frontier.get(log) ?? [])];
  };
  const own = (log: LogId): readonly Range[] => {
    known ??= read();
    return ownRanges(repository, log, { end: known.own.get(log) ?? 0, voidBefore });
  };
  const asksFor = (log: LogId): boolean =>
    isAskedFor(repository, { person: recipient.person, frontier: statement?.frontier }, log);
  return {
    asksFor,
    holds: (log) => unionRanges([...said(log).flatMap((range) => sameHere(repository, log, range)), ...own(log)]),
    spares: (log) => {
      if (!asksFor(log)) return EVERYTHING;
      return unionRanges([...said(log).filter((range) => !isOfOtherPast(repository, log, range)), ...own(log)]);
    },
  };
}

/** All that there may ever be of a log. */
export const EVERYTHING: readonly Range[] = [{ from: 0, end: Number.POSITIVE_INFINITY }];

/** The logs that a device began: what another device of its person wrote or acknowledged says nothing of it. */
export function logsOfDevice(repository: Repository, { person, device }: Recipient): LogSummary[] {
  return repository.logsOfPerson(person).filter((log) => log.device === device);
}

/**
 * For each of a device's logs where it stops to tell what that person holds: at the length at which it was given up for
 * another one. What stands behind that was written by a device that has lost its memory since, or by its clone.
 */
function believableEnds(repository: Repository, logs: readonly LogSummary[]): ReadonlyMap<LogId, number> {
  const ends = new Map(logs.map(({ log }) => [log, Number.POSITIVE_INFINITY]));
  for (const { log, continues } of logs) {
    // alone it continues nothing that is here, and mostly the index tells without a look at the introduction
    if (continues === false || logs.length === 1) continue;
    const after = placementOf(repository, log)?.after;
    const end = after && ends.get(after.log);
    if (after && end !== undefined) ends.set(after.log, Math.min(end, after.length));
  }
  return ends;
}

/** How a person acknowledged an entry, as far as it can be shown. */
export interface Evidence extends Acknowledgement {
  readonly log: LogId;
}

/**
 * The earliest acknowledgement of an entry that still counts, in the person's logs of the same topic; reads all of them. There
 * is none of an entry behind a freeze, not even where it is cited by its id.
 */
export function evidenceOf(repository: Repository, recipient: Recipient, wanted: Dep): Evidence | undefined {
  if (wanted.seq >= (repository.frozen.get(wanted.log) ?? Number.POSITIVE_INFINITY)) return undefined;
  const ends = believableEnds(repository, logsOfDevice(repository, recipient));
  const source = believable(repository, ends, readStatement(repository, recipient.device)?.voidBefore ?? 0);
  const { topic } = repository.log(wanted.log) ?? {};
  const logs = [...ends.keys()].filter((log) => repository.log(log)?.topic === topic);
  const found = logs.flatMap((log) => {
    const first = firstAckOf(source, log, wanted, (range) => sameHere(repository, wanted.log, range));
    return first ? [{ log, ...first }] : [];
  });
  return found.sort((a, b) => a.time - b.time)[0];
}

/** These logs, each up to its end and to where it froze, as far as they came after commit `voidBefore`. */
function believable(repository: Repository, ends: ReadonlyMap<LogId, number>, voidBefore: number): CountedEntries {
  return {
    frozen: new Map([...ends].map(([log, end]) => [log, Math.min(end, repository.frozen.get(log) ?? end)])),
    runs: (log) => repository.runs(log).filter((run) => run.arrival > voidBefore),
    segment: repository.segment.bind(repository),
    within: repository.within.bind(repository),
    entries: repository.entries.bind(repository),
  };
}

/** What was acknowledged in these logs, each up to its end, by entries that came after commit `voidBefore`. */
function acknowledgedBy(
  repository: Repository,
  ends: ReadonlyMap<LogId, number>,
  voidBefore: number,
): ReadonlyMap<LogId, readonly HeldRange[]> {
  const source = believable(repository, ends, voidBefore);
  const found = new Map<LogId, HeldRange[]>();
  for (const log of ends.keys()) {
    for (const [acked, ranges] of rememberedAcks(repository, log, source, voidBefore).held)
      found.set(acked, [...(found.get(acked) ?? []), ...ranges]);
  }
  return found;
}

/** Whoever wrote a log holds it up to a freeze, unless it has lost its memory since. */
function ownRanges(
  repository: Repository,
  log: LogId,
  { end, voidBefore }: { readonly end: number; readonly voidBefore: number },
): readonly Range[] {
  if (end === 0) return [];
  const held =
    voidBefore === 0
      ? repository.held(log)
      : heldRanges(repository.runs(log).filter((run) => run.arrival > voidBefore));
  const until = Math.min(end, repository.frozen.get(log) ?? end);
  return held.flatMap((range) => (range.from < until ? [{ from: range.from, end: Math.min(range.end, until) }] : []));
}
