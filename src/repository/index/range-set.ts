// Seqs as ranges that grow while they are asked about: nobody who chooses the ranges makes a question go through all.
import type { Range } from '../../format/log/meta.js';
import { firstBehind, isInRanges, unionRanges } from './held.js';

/** One range at a time is put in its place; this share of all that are there at once is sorted in. */
const MANY = 1 / 16;

/** A set of seqs. */
export class RangeSet {
  /** Ascending; no two touch. */
  #ranges: Range[];

  constructor(ranges: readonly Range[] = []) {
    this.#ranges = unionRanges(ranges);
  }

  /** The ranges, ascending; no two touch. */
  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  /** Whether the seq is among them. */
  has(seq: number): boolean {
    return isInRanges(this.#ranges, seq);
  }

  /** Whether all of the range is. */
  covers({ from, end }: Range): boolean {
    const range = this.#ranges[firstBehind(this.#ranges, from)];
    return range !== undefined && range.from <= from && end <= range.end;
  }

  /** Whether any of the range is. */
  touches({ from, end }: Range): boolean {
    const range = this.#ranges[firstBehind(this.#ranges, from)];
    return range !== undefined && range.from < end;
  }

  /** Puts more in. */
  add(ranges: readonly Range[]): void {
    const fresh = ranges.filter((range) => !this.covers(range));
    if (fresh.length > MANY * this.#ranges.length + 1) this.#ranges = unionRanges(this.#ranges.concat(fresh));
    else for (const range of fresh) this.#insert(range);
  }

  #insert({ from, end }: Range): void {
    const start = firstBehind(this.#ranges, from - 1);
    let until = start;
    let joined = { from, end };
    for (let next = this.#ranges[until]; next && next.from <= end; next = this.#ranges[++until]) {
      joined = { from: Math.min(joined.from, next.from), end: Math.max(joined.end, next.end) };
    }
    this.#ranges.splice(start, until - start, joined);
  }
}
