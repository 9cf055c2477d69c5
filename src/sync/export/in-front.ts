// What goes along because it lies in front of what goes: a person who holds a log up to some point and gets later entries
// gets those between too, housekeeping like any other (spec/bundle.md, "What an export holds").

import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { messagesWithin } from '../../repository/index/housekeeping.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { Repository } from '../../repository/repository.js';
import { isMessage } from '../../topic/order/order.js';
import type { PendingLog } from './pending-log.js';
import type { Piece } from './pieces.js';

/** Of what somebody lacks the part that lies before the last entry that goes, log by log. */
export function inFrontOf(going: readonly PendingLog[], lacked: readonly PendingLog[]): PendingLog[] {
  const ends = new Map(going.map(({ log, ranges }) => [log, ranges.at(-1)?.end ?? 0]));
  return lacked.flatMap(({ log, ranges }) => {
    const end = ends.get(log) ?? 0;
    const before = ranges
      .filter(({ from }) => from < end)
      .map((range) => ({ ...range, end: Math.min(range.end, end) }));
    return before.length > 0 ? [{ log, ranges: before }] : [];
  });
}

/** The range with the housekeeping right in front of it, none of which lies below `floor`. */
export function withHousekeeping(repository: Repository, log: LogId, { from, end }: Range, floor: number): Range {
  let start = from;
  for (const run of repository.runs(log, floor, from).reverse()) {
    if (run.end < start) break;
    const messageEnd = behindMessages(repository, run, { from: Math.max(run.first, floor), end: start });
    start = messageEnd ?? Math.max(run.first, floor);
    if (messageEnd !== undefined) break;
  }
  return { from: start, end };
}

/** Right behind the last message of a run in the range; undefined when it has none. */
function behindMessages(repository: Repository, run: RunRecord, { from, end }: Range): number | undefined {
  if (messagesWithin(run, { from, end }) === 0) return undefined;
  const messages = [...repository.entries(run.log, from, Math.min(run.end, end))].filter(isMessage);
  const last = messages.at(-1);
  return last && last.seq + 1;
}

/**
 * Pieces of one log in their order, as they have to go: each with the housekeeping right in front of it. What is
 * housekeeping with nothing behind it goes alone.
 */
export function* inUnits(pieces: Iterable<Piece>): Generator<readonly Piece[]> {
  let unit: Piece[] = [];
  for (const piece of pieces) {
    const last = unit.at(-1);
    if (last && !(isHousekeeping(last) && isBehind(piece, last))) {
      yield unit;
      unit = [];
    }
    unit.push(piece);
  }
  if (unit.length > 0) yield unit;
}

/** No introduction, and without a message that can be read. */
function isHousekeeping({ record, newest }: Piece): boolean {
  return record.first > 0 && newest < 0;
}

function isBehind({ record }: Piece, before: Piece): boolean {
  return record.log === before.record.log && record.first <= before.record.end;
}
