// What a person is known to hold: its own logs, what it acknowledged in them, and what its devices stated
// (spec/message.md, "Acknowledgements"; spec/bundle.md, "Frontier"). Absent means unknown, never empty.
import type { DeviceKey, LogId, PersonId } from '../format/ids.js';
import type { Range } from '../format/meta.js';
import { type HeldRange, heldRanges } from '../repository/held.js';
import type { Repository } from '../repository/repository.js';
import { ackStateOf } from '../topic/acks.js';
import { type DeviceStatement, readStatement } from './statements.js';

/** A person as a destination. */
export interface Recipient {
  readonly person: PersonId;
  readonly device: DeviceKey;
}

/** What one person holds, as far as known here. */
export interface Knowledge {
  /** Ranges of the log that it holds or does not want; ascending. */
  holds(log: LogId): readonly Range[];
}

/** Everything known of what a person holds. */
export function knowledgeOf(repository: Repository, recipient: Recipient): Knowledge {
  const statement = readStatement(repository, recipient.device);
  const own = new Set(repository.logsOfPerson(recipient.person).map((log) => log.log));
  const acked = acknowledgedBy(repository, own, statement?.voidBefore ?? 0);
  return {
    holds: (log) =>
      union([
        ...(acked.get(log) ?? []),
        ...(statement?.frontier.get(log) ?? []),
        ...(own.has(log) ? ownRanges(repository, log, statement) : []),
      ]),
  };
}

/** What was acknowledged in these logs by entries that came after commit `voidBefore`. */
export function acknowledgedBy(
  repository: Repository,
  logs: Iterable<LogId>,
  voidBefore: number,
): ReadonlyMap<LogId, readonly HeldRange[]> {
  const source = {
    frozen: repository.frozen,
    runs: (log: LogId) => repository.runs(log).filter((run) => run.arrival > voidBefore),
    segment: repository.segment.bind(repository),
    entries: repository.entries.bind(repository),
  };
  const found = new Map<LogId, HeldRange[]>();
  for (const log of logs) {
    for (const [acked, ranges] of ackStateOf(source, log).held)
      found.set(acked, [...(found.get(acked) ?? []), ...ranges]);
  }
  return found;
}

/** Whoever wrote a log holds it, unless it has lost its memory since. */
function ownRanges(repository: Repository, log: LogId, statement: DeviceStatement | undefined): readonly Range[] {
  const voidBefore = statement?.voidBefore ?? 0;
  return voidBefore === 0
    ? repository.held(log)
    : heldRanges(repository.runs(log).filter((run) => run.arrival > voidBefore));
}

/** The ranges joined and in order. */
export function union(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.from - b.from);
  const joined: { from: number; end: number }[] = [];
  for (const { from, end } of sorted) {
    const last = joined[joined.length - 1];
    if (last && from <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ from, end });
  }
  return joined;
}
