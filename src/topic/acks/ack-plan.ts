// What a new ack must say, if there is a reason for one at all (spec/message.md, "Acknowledgements"). Housekeeping is
// never a reason: two participants would acknowledge each other's acks for ever.
import type { LogId } from '../../format/ids.js';
import { PAYLOAD_MAX } from '../../format/limits.js';
import type { Range } from '../../format/log/meta.js';
import { type HeldRange, subtractRanges } from '../../repository/index/held.js';
import { messagesWithin } from '../../repository/index/housekeeping.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { isMessage } from '../order/order.js';
import { type EntrySource, frozenAt, type RunView, runsBeforeFreeze } from '../source.js';
import { type Ack, type AckState, covers, type Statement } from './acks.js';

/** Every so many acks one says everything and retracts the older ones ... */
export const FULL_ACK_EVERY = 16;
/** ... and each that is so at most so many times as long: who reads acks back to a full one then reads one. */
const FULL_ACK_FACTOR = 2;
/** Ranges stated of one log, at most: the latest. Saying less than is held is always safe. */
export const ACK_RANGES_MAX = 256;
/** Ranges of older acks retracted by one, at most: they must fit into the metadata. */
const RETRACTS_MAX = 24;
/** Encoded bytes of a statement's log and of one of its ranges, at most. */
const STATEMENT_BYTES = 40;
const RANGE_BYTES = 56;
/** What is left of a payload besides time, clock and type. */
const BODY_BUDGET = PAYLOAD_MAX - 1_024;

/** A repository as far as acks are made from it. */
export interface AckSource extends EntrySource {
  /** What is held of the log, ascending. */
  held(log: LogId): readonly HeldRange[];
  entry(log: LogId, seq: number): StoredEntry | undefined;
}

/** The acks to append, in this order. */
export interface AckPlan {
  /** Rarely more than one: as many as one payload each can hold. */
  readonly acks: readonly Ack[];
  /** Older acks of the log that the first one retracts. */
  readonly retracts: readonly Range[];
}

/**
 * The acks due in a log of ours, or undefined when messages brought nothing new since the last.
 * @param logs those to acknowledge: of contacts, and of strangers who replied to us
 * @param last what our log has acknowledged so far
 */
export function planAck(
  source: AckSource,
  logs: Iterable<LogId>,
  last: Pick<AckState, 'held' | 'acks'>,
): AckPlan | undefined {
  const all: Statement[] = [];
  const changed: Statement[] = [];
  for (const log of logs) {
    const statement = { log, ranges: statedRanges(source, log) };
    if (statement.ranges.length > 0) all.push(statement);
    if (isNews(source, statement, last.held.get(log) ?? [])) changed.push(statement);
  }
  if (changed.length === 0) return undefined;
  const full =
    last.acks.length === 0 || last.acks.length >= FULL_ACK_EVERY || bytesOf(all) <= FULL_ACK_FACTOR * bytesOf(changed);
  return { acks: split(full ? all : changed, full), retracts: full ? asRanges(last.acks).slice(-RETRACTS_MAX) : [] };
}

/** What we hold of the log below the seq at which it froze. */
function statedRanges(source: AckSource, log: LogId): readonly HeldRange[] {
  return source
    .held(log)
    .flatMap((range) => cutAt(source, log, range) ?? [])
    .slice(-ACK_RANGES_MAX);
}

function cutAt(source: AckSource, log: LogId, range: HeldRange): HeldRange | undefined {
  const frozen = frozenAt(source, log);
  if (range.end <= frozen) return range;
  const last = range.from < frozen ? source.entry(log, frozen - 1) : undefined;
  return last && { from: range.from, end: frozen, id: last.id };
}

/** Whether messages are held that were not stated, or something was stated that is held no longer. */
function isNews(source: AckSource, statement: Statement, stated: readonly HeldRange[]): boolean {
  if (stated.some(({ from, end }) => !covers(statement.ranges, from, end))) return true;
  // The index counts messages by run; a run that was stated in part may have to be looked into.
  const missing = subtractRanges(statement.ranges, stated);
  return runsBeforeFreeze(source, statement.log)
    .filter((run) => run.messages > 0)
    .some((run) => missing.some((range) => hasMessages(source, run, range)));
}

function hasMessages(source: EntrySource, run: RunView, range: Range): boolean {
  const known = messagesWithin(run, range);
  if (known !== undefined) return known > 0;
  const from = Math.max(run.first, range.from);
  const end = Math.min(run.end, range.end);
  for (const entry of source.entries(run.log, from, end)) if (isMessage(entry)) return true;
  return false;
}

function bytesOf(statements: readonly Statement[]): number {
  return statements.reduce((sum, { ranges }) => sum + STATEMENT_BYTES + ranges.length * RANGE_BYTES, 0);
}

function split(statements: readonly Statement[], full: boolean): Ack[] {
  const groups: Statement[][] = [[]];
  let bytes = 0;
  for (const statement of statements) {
    const size = bytesOf([statement]);
    if (bytes + size > BODY_BUDGET) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(statement);
    bytes += size;
  }
  return groups.map((group, i) => ({ statements: group, full: full && i === 0 }));
}

function asRanges(seqs: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const seq of seqs) {
    const last = ranges.at(-1);
    if (last?.end === seq) ranges[ranges.length - 1] = { from: last.from, end: seq + 1 };
    else ranges.push({ from: seq, end: seq + 1 });
  }
  return ranges;
}
