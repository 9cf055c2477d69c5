// Segments as they go into a bundle: copied as stored where possible, cut where only a part is wanted, without payloads
// that were retracted or have expired (spec/bundle.md, "What an export holds").

import path from 'node:path';
import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { EntryId, LogId } from '../../format/ids.js';
import { type Head, verifyHead } from '../../format/log/head.js';
import type { Range } from '../../format/log/meta.js';
import { decodeMeta } from '../../format/log/meta.js';
import { CODEC_NONE, decodeSegmentHeader, type SegmentHeader } from '../../format/log/segment.js';
import { cutSegment, dropPayloads, encodeSegment, endOfRun, type Run } from '../../format/log/segment-build.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { heldRanges, subtractRanges } from '../../repository/index/held.js';
import type { RangeSet } from '../../repository/index/range-set.js';
import { plainRun, type RunRecord } from '../../repository/index/run-record.js';
import type { Repository } from '../../repository/repository.js';
import { readFully, writeFully } from '../../repository/store/fully.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { keptBack, takenBack } from './kept-back.js';
import type { PendingLog } from './pending-log.js';

const DAY_MS = 86_400_000;
/** Bytes of segments written anew that are kept in memory; more of them wait in a file. */
const KEPT_MAX = 1_048_576;
/** A segment is cut only when that leaves out at least so many entries and half of it: copying costs nothing. */
const CUT_ENTRIES = 16;

/** One segment of the bundle to be. */
export interface Piece {
  readonly record: ContentsRecord;
  /** Bytes after decompression. */
  readonly raw: number;
  /** The newest clock in it, -1 when there is none. */
  readonly newest: number;
  /** Puts the segment's bytes into a buffer that has just room for them. */
  copyTo(target: Buffer): void;
}

/** How pieces are made. */
export interface PieceOptions {
  readonly uncompressed?: boolean | undefined;
  /** Payloads that expired before this, ms, are left out. */
  readonly now: number;
}

/** Gathers the pieces; what had to be written anew waits in a file of `tmp`, as far as it is not little. */
export class PieceBuilder {
  readonly #repository: Repository;
  readonly #options: PieceOptions;
  readonly #pieces: Piece[] = [];
  #spool: number | undefined;
  #spooled = 0;
  #kept = 0;
  #offset = 0;

  constructor(repository: Repository, options: PieceOptions) {
    this.#repository = repository;
    this.#options = options;
  }

  /** The pieces so far, in order. */
  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  /** Bytes of all segments so far. */
  get size(): number {
    return this.#offset;
  }

  /** Adds the segments that hold the pending entries of one log; nothing from behind its freeze unless that is pending. */
  add(pending: PendingLog): void {
    const freeze = this.#repository.frozen.get(pending.log) ?? Number.POSITIVE_INFINITY;
    const from = pending.ranges[0]?.from ?? 0;
    const end = pending.ranges[pending.ranges.length - 1]?.end ?? 0;
    const hidden = {
      gone: goneRanges(this.#repository, pending.log),
      from: end > freeze ? Number.POSITIVE_INFINITY : freeze,
    };
    let done = '';
    for (const run of this.#repository.runs(pending.log, from, end)) {
      const wanted = overlap(run, pending.ranges);
      const place = `${run.pack}:${run.offset}`;
      if (!wanted || place === done) continue;
      done = place;
      if (!this.#addBeside(run, pending.ranges, hidden)) this.#addRun(run, wanted, hidden);
    }
  }

  /** Removes the spool. */
  close(): void {
    if (this.#spool !== undefined) disk.close(this.#spool);
  }

  #addRun(run: RunRecord, wanted: Range, hidden: Hidden): void {
    const mayHide = run.expires || hidden.gone.touches({ from: run.first, end: run.end });
    // what has rotten since it came is not passed on
    const bytes = this.#repository.segmentBytes(run);
    if (!bytes) return;
    const header = mayHide ? this.#repository.segment(run).segment : decodeSegmentHeader(bytes);
    const end = header.first + header.count;

    const isRecoded = this.#options.uncompressed && header.codec !== CODEC_NONE;
    const spared = Math.max(wanted.from, run.first) - header.first;
    const isCut = spared >= CUT_ENTRIES && spared * 2 >= header.count;
    const whole = this.#wholeOf(run, header);
    if (isRecoded || isCut || !whole || end > hidden.from || (mayHide && this.#hides(run, hidden)))
      this.#recode(run, { from: isCut ? wanted.from : header.first, end: Math.min(end, hidden.from) }, hidden);
    else this.#copy(whole, header.rawLength);
  }

  /**
   * What is wanted of a segment in which something was forgotten, cut beside that as far as its heads allow: where they do not,
   * forgotten entries go along without their payloads. False where nothing was.
   */
  #addBeside(run: RunRecord, ranges: readonly Range[], hidden: Hidden): boolean {
    const forgotten = keptBack(this.#repository, run.log);
    if (forgotten.ranges.length === 0) return false;
    const opened = this.#repository.segment(run);
    const { first, count, heads } = opened.segment;
    if (!forgotten.touches({ from: first, end: first + count })) return false;
    const until = Math.min(first + count, hidden.from);
    const isGood = ({ length, signature }: Head): boolean => {
      const id = opened.idAt(length);
      return id !== undefined && verifyHead(run.log, { length, signature }, id);
    };
    let done = first;
    for (const part of subtractRanges([{ from: first, end: until }], forgotten.ranges)) {
      const from = Math.max(done, part.from);
      if (!ranges.some((range) => range.from < part.end && from < Math.min(range.end, part.end))) continue;
      const head = heads.find((one) => one.length >= part.end && one.length < until && isGood(one));
      done = head?.length ?? first + count;
      this.#recode(run, { from, end: Math.min(done, hidden.from) }, hidden);
    }
    return true;
  }

  /** The segment of a run as one run, when all of it is held as it stands there, in however many runs; else undefined. */
  #wholeOf(run: RunRecord, { first, count }: SegmentHeader): RunRecord | undefined {
    const end = first + count;
    if (run.first === first && run.end === end && !run.unheld) return run;
    const runs = this.#repository.runs(run.log, first, end);
    const last = runs[runs.length - 1];
    const isThere = runs.every(({ pack, offset }) => pack === run.pack && offset === run.offset);
    const isHeld = subtractRanges([{ from: first, end }], heldRanges(runs)).length === 0;
    if (!last || last.end !== end || !isThere || !isHeld) return undefined;
    const maxClock = Math.max(...runs.map(({ maxClock: clock }) => clock));
    return { ...plainRun(last), first, clocks: runs.some(({ clocks }) => clocks), maxClock };
  }

  #copy(run: RunRecord, raw: number): void {
    const copyTo = (target: Buffer): void => this.#repository.packs.readInto(run.pack, run.offset, target);
    this.#push(
      { log: run.log, first: run.first, end: run.end, id: run.id, length: run.length },
      { raw, newest: newestOf(run), copyTo },
    );
  }

  /** Whether a payload is still there that nobody is to get. */
  #hides(run: RunRecord, hidden: Hidden): boolean {
    return this.#repository.segment(run).entries.some((entry) => entry.payload && this.#isHidden(entry, hidden));
  }

  #isHidden({ seq, meta }: Pick<StoredEntry, 'seq' | 'meta'>, { gone, from }: Hidden): boolean {
    if (seq >= from) return true;
    if (seq === 0) return false;
    const { expires } = decodeMeta(meta);
    return gone.has(seq) || (expires !== undefined && expires * DAY_MS <= this.#options.now);
  }

  #recode(run: RunRecord, range: Range, hidden: Hidden): void {
    const opened = this.#repository.segment(run);
    const shown = dropPayloads(cutSegment(opened.segment, range.from, range.end), (seq) => {
      const entry = opened.entry(seq);
      return entry !== undefined && this.#isHidden(entry, hidden);
    });
    // what the index knows need not be computed
    const id = shown.first + shown.count === run.end ? run.id : endOfRun(shown);
    this.#pushRecoded(shown, id, newestOf(run));
  }

  #pushRecoded(run: Run, id: EntryId, newest: number): void {
    const bytes = encodeSegment(run, { uncompressed: this.#options.uncompressed === true });
    this.#push(
      { log: run.log, first: run.first, end: run.first + run.count, id, length: bytes.length },
      { raw: run.raw.length, newest, copyTo: this.#keep(bytes) },
    );
  }

  #keep(bytes: Buffer): Piece['copyTo'] {
    if (this.#kept + bytes.length <= KEPT_MAX) {
      this.#kept += bytes.length;
      return (target) => void bytes.copy(target);
    }
    this.#spool ??= openSpool(this.#repository.layout.tmp);
    const fd = this.#spool;
    const at = this.#spooled;
    onDisk('writing to tmp', () => writeFully(fd, bytes, at));
    this.#spooled += bytes.length;
    return (target) => void onDisk('reading from tmp', () => readFully(fd, target, at));
  }

  #push(place: Omit<ContentsRecord, 'offset'>, rest: Omit<Piece, 'record'>): void {
    this.#pieces.push({ record: { ...place, offset: this.#offset }, ...rest });
    this.#offset += place.length;
  }
}

/** What of a log nobody is to get. */
interface Hidden {
  /** Seqs that were taken back, or forgotten here. */
  readonly gone: RangeSet;
  /** What lies from this seq on, behind a freeze. */
  readonly from: number;
}

/** Ranges of the log whose payloads its author took back, or were forgotten here. */
function goneRanges(repository: Repository, log: LogId): RangeSet {
  const gone = takenBack(repository, log);
  gone.add(repository.forgotten(log).ranges);
  return gone;
}

function newestOf(run: RunRecord): number {
  return run.clocks ? run.maxClock : -1;
}

function overlap(run: RunRecord, ranges: readonly Range[]): Range | undefined {
  const touching = ranges.filter((range) => range.from < run.end && run.first < range.end);
  const first = touching[0];
  const last = touching[touching.length - 1];
  return first && last && { from: Math.max(first.from, run.first), end: Math.min(last.end, run.end) };
}

function openSpool(directory: string): number {
  return onDisk('opening a file in tmp', () => {
    disk.makeDirectories(directory);
    const file = path.join(directory, `export-${process.pid}`);
    const fd = disk.open(file, 'replacing', 0o600);
    disk.remove(file);
    return fd;
  });
}
