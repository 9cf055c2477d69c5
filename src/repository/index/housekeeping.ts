// Which entries of a run are housekeeping: by it messages in a part of a run are counted, and the last word of a log is
// dated, without opening its segment (spec/repository.md, "Index").
import type { Range } from '../../format/log/meta.js';

/** The housekeeping among the entries of a run. */
export interface Housekeeping {
  /** Ascending. */
  readonly seqs: readonly number[];
  /** The clock of the last one; undefined when it is not readable, or not known. */
  readonly clock: number | undefined;
}

/** A run of messages. */
export const NO_HOUSEKEEPING: Housekeeping = { seqs: [], clock: undefined };

/** What is counted of a run. */
export interface CountedRun {
  readonly first: number;
  readonly end: number;
  readonly messages: number;
  readonly housekeeping?: Housekeeping | undefined;
}

/** Entries of a run that are neither messages nor an introduction. */
export function othersIn({ first, end, messages }: Omit<CountedRun, 'housekeeping'>): number {
  return end - Math.max(first, 1) - messages;
}

/** Messages among the entries of a run that lie in the range; undefined when only the entries themselves tell. */
export function messagesWithin(run: CountedRun, range: Range): number | undefined {
  const from = Math.max(run.first, range.from);
  const end = Math.min(run.end, range.end);
  if (from >= end || run.messages === 0) return 0;
  if (from === run.first && end === run.end) return run.messages;
  const { housekeeping } = run;
  if (!housekeeping) return undefined;
  const others = housekeeping.seqs.filter((seq) => from <= seq && seq < end).length;
  // entry 0 is the introduction
  return end - Math.max(from, 1) - others;
}
