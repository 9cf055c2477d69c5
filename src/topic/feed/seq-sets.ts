// Entries of many logs as ranges of seqs: how far a consumer got (spec/repository.md, "Consumers").
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { RangeSet } from '../../repository/index/range-set.js';

/** As JSON: of each log its ranges, ascending. */
export type StoredSets = Readonly<Record<LogId, readonly (readonly [from: number, end: number])[]>>;

const NOTHING: readonly Range[] = [];

/** A set of entries, which grows. */
export class SeqSets {
  readonly #sets = new Map<LogId, RangeSet>();

  constructor(stored: StoredSets = {}) {
    for (const [log, ranges] of Object.entries(stored)) {
      this.#sets.set(log as LogId, new RangeSet(ranges.map(([from, end]) => ({ from, end }))));
    }
  }

  /** Those of a log, ascending; no two touch. */
  of(log: LogId): readonly Range[] {
    return this.#sets.get(log)?.ranges ?? NOTHING;
  }

  has({ log, seq }: { readonly log: LogId; readonly seq: number }): boolean {
    return this.#sets.get(log)?.has(seq) === true;
  }

  add(log: LogId, ranges: readonly Range[]): void {
    const set = this.#sets.get(log) ?? new RangeSet();
    this.#sets.set(log, set);
    set.add(ranges);
  }

  addEntry({ log, seq }: { readonly log: LogId; readonly seq: number }): void {
    this.add(log, [{ from: seq, end: seq + 1 }]);
  }

  /** What is to be stored of it. */
  stored(): StoredSets {
    const logs = [...this.#sets].map(([log, { ranges }]) => [log, ranges.map(({ from, end }) => [from, end])]);
    return Object.fromEntries(logs) as StoredSets;
  }
}
