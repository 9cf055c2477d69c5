// Counts what a bundle turns out to hold against what its manifest says (spec/bundle.md, "Verifying").

import { SatchelError } from '../error.js';
import type { LogId } from '../ids.js';
import type { ContentsRecord } from './contents.js';
import type { Manifest } from './manifest.js';

/** Verified entries [from, to) of a log. */
export interface LogRange {
  readonly log: LogId;
  readonly from: number;
  readonly to: number;
}

/** Fed segment by segment. */
export class BundleTally {
  /** Verified so far. */
  segments = 0;
  entries = 0;
  #raw = 0;
  #claimedEntries = 0;
  #missed = false;
  readonly #claimedLogs = new Set<LogId>();
  readonly #ranges: { log: LogId; from: number; to: number }[] = [];

  constructor(readonly manifest: Manifest) {}

  /** Counts a segment that the contents name. */
  claim(record: ContentsRecord): void {
    this.#claimedLogs.add(record.log);
    this.#claimedEntries += record.end - record.first;
  }

  /**
   * Counts the bytes of a body, so that no bundle decompresses to more than it announced.
   * @throws SatchelError `bad-manifest` when they are more than the manifest says
   */
  decompressed(rawLength: number): void {
    this.#raw += rawLength;
    if (this.#raw > this.manifest.raw) throw wrong('decompresses to more bytes');
  }

  /** Counts a segment that was not verified, whose bytes may be unknown. */
  miss(): void {
    this.#missed = true;
  }

  /** Counts a verified segment. */
  add({ log, first, end }: ContentsRecord): void {
    this.segments++;
    this.entries += end - first;
    const last = this.#ranges[this.#ranges.length - 1];
    if (last && last.log === log && last.to === first) last.to = end;
    else this.#ranges.push({ log, from: first, to: end });
  }

  /**
   * Compares the totals; the number of segments agrees already, by the size of the contents.
   * @throws SatchelError `bad-manifest` when they differ
   */
  finish(): void {
    const { logs, entries, raw } = this.manifest;
    if (this.#claimedLogs.size !== logs) throw wrong(`holds ${this.#claimedLogs.size} logs`);
    if (this.#claimedEntries !== entries) throw wrong(`holds ${this.#claimedEntries} entries`);
    if (!this.#missed && this.#raw !== raw) throw wrong(`decompresses to ${this.#raw} bytes`);
  }

  /** The verified ranges by log and seq, overlapping and neighbouring ones as one. */
  ranges(): readonly LogRange[] {
    const merged: { log: LogId; from: number; to: number }[] = [];
    for (const range of this.#ranges.sort(byLogAndSeq)) {
      const last = merged[merged.length - 1];
      if (last && last.log === range.log && range.from <= last.to) last.to = Math.max(last.to, range.to);
      else merged.push({ ...range });
    }
    return merged;
  }
}

function byLogAndSeq(a: LogRange, b: LogRange): number {
  if (a.log !== b.log) return a.log < b.log ? -1 : 1;
  return a.from - b.from;
}

function wrong(what: string): SatchelError {
  return new SatchelError('bad-manifest', `the bundle ${what}, its manifest says otherwise`);
}
