// The index: a cache over the packs that catches up from their tail (spec/repository.md, "Index"). Delete it and it is rebuilt.
// `runs` is appended at every commit; `lookup` sorts its older part; the rest is sorted in memory here.

import path from 'node:path';
import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import { recall } from '../../format/lru.js';
import { disk } from '../disk.js';
import { overwriteFile } from '../erase.js';
import { couldWrite, onDisk, writeAtomic } from '../files.js';
import { writeFully } from '../store/fully.js';
import type { PackPosition } from '../store/packs.js';
import { placeOf, type SegmentPlace } from '../store/segments.js';
import { FileView } from './file-view.js';
import {
  decodeIntroductionRecord,
  encodeIntroductionRecord,
  type IntroductionRecord,
  isIntroduction,
} from './introduction-record.js';
import { encodeLookup, Lookup, writeLookup } from './lookup.js';
import { recentFile } from './recent-entries.js';
import { frameEndOf, isIntact, RECORD_SIZE } from './record-frame.js';
import { type Reinterpreting, reinterpretRecords } from './reinterpret.js';
import { detailsBefore, encodeDetails, isDetail } from './run-details.js';
import { arrivalOf, decodeRun, encodeRun, isRun, packOf, type RunRecord } from './run-record.js';
import { emptySummary, isUnplaced, type LogSummary, withIntroduction, withRun } from './summary.js';

/** Records sorted in memory at each start before the lookup is written anew: a sixteenth of those in it, within bounds. */
const OVERLAY_MIN = 64;
const OVERLAY_MAX = 2_048;
/** Logs whose runs are kept decoded: a command asks again and again for those of the few it works on. */
const SORTED_LOGS_MAX = 256;
/** Topics whose logs are kept: a command asks for those of one or two, and a topic may have ten thousand. */
const TOPICS_MAX = 4;

/** What one commit adds to the index. */
export interface Additions {
  readonly introductions: readonly IntroductionRecord[];
  readonly runs: readonly RunRecord[];
}

/** The runs of one log, ascending by first seq. */
interface SortedRuns {
  readonly all: readonly RunRecord[];
  readonly held: readonly RunRecord[];
}

/** An open index; it answers for the records read when it was opened plus those appended through it. */
export class Index {
  readonly #file: string;
  readonly #lookupFile: string;
  readonly #view: FileView | undefined;
  readonly #lookup: Lookup | undefined;
  readonly #runs = new Map<LogId, RunRecord[]>();
  /** Runs of the logs asked for lately. */
  readonly #sorted = new Map<LogId, SortedRuns>();
  readonly #arrived: RunRecord[] = [];
  readonly #introductions = new Map<LogId, IntroductionRecord>();
  /** Of logs with unsorted records, those asked for since their last one came. */
  readonly #summaries = new Map<LogId, LogSummary>();
  /** Of logs of which something has rotten: where, as `placeOf` names it. */
  readonly #rotten = new Map<LogId, Set<string>>();
  /** The logs of topics asked for since the last record came. */
  readonly #topics = new Map<TopicId, LogSummary[]>();
  #records = 0;
  /** Commits are missing on disk: what came behind them must not be written there. */
  #isBehind = false;
  #covered: PackPosition = { pack: 0, offset: 0 };
  #lastArrival = 0;

  constructor(readonly directory: string) {
    this.#file = path.join(directory, 'runs');
    this.#lookupFile = path.join(directory, 'lookup');
    this.#view = FileView.open(this.#file);
    this.#lookup = this.#view && Lookup.open(this.#lookupFile, this.#view);
    if (this.#view) this.#load(this.#view);
  }

  /** The packs are indexed up to here. */
  get covered(): PackPosition {
    return this.#covered;
  }

  /** Number of the newest commit. */
  get lastArrival(): number {
    return this.#lastArrival;
  }

  /** Whether another process has written the index since, or it holds what is missing on disk. */
  get isStale(): boolean {
    if (this.#isBehind) return true;
    const stat = (file: string) => onDisk(`reading ${file}`, () => disk.stat(file));
    const [runs, lookup] = [stat(this.#file), stat(this.#lookupFile)];
    return (
      (runs?.size ?? 0) !== this.#records * RECORD_SIZE ||
      runs?.ino !== this.#view?.inode ||
      lookup?.ino !== this.#lookup?.view.inode
    );
  }

  /** What is known of a log. */
  log(log: LogId): LogSummary | undefined {
    if (!this.#isUnsorted(log)) return this.#lookup?.log(log);
    const summary = this.#summaries.get(log) ?? this.#summarize(log);
    this.#summaries.set(log, summary);
    return summary;
  }

  /** Every log that has a record. */
  *logs(): Generator<LogSummary> {
    for (const base of this.#lookup?.logs() ?? []) if (!this.#isUnsorted(base.log)) yield base;
    for (const log of this.#unsorted()) {
      const summary = this.log(log);
      if (summary) yield summary;
    }
  }

  /** The logs that refer to blobs, without a look at the others. */
  *logsWithBlobs(): Generator<LogSummary> {
    for (const base of this.#lookup?.logsWithBlobs() ?? []) if (!this.#isUnsorted(base.log)) yield base;
    for (const log of this.#unsorted()) {
      const summary = this.log(log);
      if (summary?.blobs) yield summary;
    }
  }

  /** The veiled logs that are not placed, without a look at the others. */
  *unplacedLogs(): Generator<LogSummary> {
    for (const base of this.#lookup?.unplacedLogs() ?? []) if (!this.#isUnsorted(base.log)) yield base;
    for (const log of this.#unsorted()) {
      const summary = this.log(log);
      if (summary && isUnplaced(summary)) yield summary;
    }
  }

  /** Every topic that an introduction names. */
  topics(): TopicId[] {
    const found = new Set(this.#lookup?.topics() ?? []);
    for (const introduction of this.#introductions.values()) found.add(introduction.topic);
    return [...found];
  }

  /** The logs of a topic. */
  logsOfTopic(topic: TopicId): readonly LogSummary[] {
    return recall(this.#topics, topic, TOPICS_MAX, () =>
      this.#members(this.#lookup?.logsOfTopic(topic) ?? [], (introduction) => introduction.topic === topic),
    );
  }

  /** What is stored of a topic's logs counts no more than this towards quotas; told without a look at each of them. */
  bytesOfTopic(topic: TopicId): number {
    return this.#arrived.reduce((sum, { bytes }) => sum + bytes, this.#lookup?.bytesOfTopic(topic) ?? 0);
  }

  /** The logs of a person. */
  logsOfPerson(person: PersonId): readonly LogSummary[] {
    return this.#members(this.#lookup?.logsOfPerson(person) ?? [], (introduction) => introduction.person === person);
  }

  /** Every run record of a log, ascending by first seq. */
  runs(log: LogId): readonly RunRecord[] {
    return recall(this.#sorted, log, SORTED_LOGS_MAX, () => this.#sortRuns(log)).all;
  }

  /** Those of them whose entries are held: disjoint, so ascending by their ends too. */
  heldRuns(log: LogId): readonly RunRecord[] {
    return recall(this.#sorted, log, SORTED_LOGS_MAX, () => this.#sortRuns(log)).held;
  }

  /** Run records that came with commits after number `arrival`, in order of arrival. */
  arrivedAfter(arrival: number): RunRecord[] {
    const covered = this.#lookup?.covered ?? 0;
    let from = covered;
    while (from > 0 && this.#arrivalAt(from - 1) > arrival) from--;
    const older = Array.from({ length: covered - from }, (_, i) => from + i).filter((ordinal) =>
      this.#isRunAt(ordinal),
    );
    const all = [
      ...older.map((ordinal) => this.#runAt(ordinal)),
      ...this.#arrived.filter((run) => run.arrival > arrival),
    ];
    return this.#rotten.size === 0 ? all : all.filter((run) => !this.#isRotten(run));
  }

  /** Every run record, the one that came last first. */
  *fromNewest(): Generator<RunRecord> {
    for (const run of this.#everyFromNewest()) if (!this.#isRotten(run)) yield run;
  }

  *#everyFromNewest(): Generator<RunRecord> {
    for (let i = this.#arrived.length - 1; i >= 0; i--) yield this.#arrived[i] as RunRecord;
    for (let ordinal = (this.#lookup?.covered ?? 0) - 1; ordinal >= 0; ordinal--) {
      if (this.#isRunAt(ordinal)) yield this.#runAt(ordinal);
    }
  }

  /**
   * Adds one commit that ends at `covered`; not durable: the packs are the truth. What is committed stays so when the disk
   * has no room for this: then it is kept in memory, and the next index catches up.
   */
  append(additions: Additions, covered: PackPosition): void {
    const introductions = additions.introductions.map(encodeIntroductionRecord);
    const runs = additions.runs.flatMap((run, i) => [
      ...encodeDetails(run),
      encodeRun(run, i === additions.runs.length - 1 ? covered.offset : 0),
    ]);
    const bytes = Buffer.concat([...introductions, ...runs]);
    this.#isBehind ||= !couldWrite(() => appendAt(this.#file, bytes, this.#records * RECORD_SIZE));
    if (!this.#isBehind) this.#records += bytes.length / RECORD_SIZE;
    this.#add(additions, covered);
  }

  /** Adds one commit to this index only: for a reader while somebody else writes. Whoever writes then opens a new one. */
  absorb(additions: Additions, covered: PackPosition): void {
    this.#isBehind = true;
    this.#add(additions, covered);
  }

  #add(additions: Additions, covered: PackPosition): void {
    for (const introduction of additions.introductions) this.#addIntroduction(introduction);
    for (const run of additions.runs) this.#addRun(run);
    this.#covered = covered;
  }

  /** From now on knows nothing of the runs of a segment that cannot be read: they are no more held. In memory only. */
  takeOut(place: SegmentPlace): void {
    const places = this.#rotten.get(place.log);
    if (places) places.add(placeOf(place));
    else this.#rotten.set(place.log, new Set([placeOf(place)]));
    this.#sorted.delete(place.log);
    this.#summaries.delete(place.log);
    this.#topics.clear();
  }

  /** Whether so many records are unsorted that `sort` pays. */
  get wantsSorting(): boolean {
    if (this.#isBehind) return false;
    const sorted = this.#lookup?.covered ?? 0;
    return this.#records - sorted > Math.min(OVERLAY_MAX, Math.max(OVERLAY_MIN, sorted >>> 4));
  }

  /** Writes the lookup over all records; open a new index afterwards. False when the disk did not let it: so be it. */
  sort(): boolean {
    return couldWrite(() => {
      const records = disk.content(this.#file).subarray(0, this.#records * RECORD_SIZE);
      writeLookup(this.#lookupFile, records);
    });
  }

  /** What is wrong with the index on the disk, all of it read: a record that has rotten, or a lookup made from others. */
  damage(): string | undefined {
    const records = this.#view?.readAnew(this.#records * RECORD_SIZE) ?? Buffer.alloc(0);
    for (let at = 0; at + RECORD_SIZE <= records.length; at += RECORD_SIZE) {
      if (!isIntact(records, at)) return 'a record of the index does not match its checksum';
    }
    if (!this.#lookup) return undefined;
    const { covered, view } = this.#lookup;
    const isSound = encodeLookup(records.subarray(0, covered * RECORD_SIZE)).equals(view.readAnew(view.size));
    return isSound ? undefined : 'the lookup does not match the records of the index';
  }

  /** Records on disk. */
  get recordCount(): number {
    return this.#records;
  }

  /** Forgets commit number `arrival` and all later ones on disk; open a new index afterwards. */
  forgetFrom(arrival: number): void {
    this.#rewrite((records) => {
      let kept = records.length;
      while (kept > 0 && belongsFrom(records, kept - RECORD_SIZE, arrival)) kept -= RECORD_SIZE;
      return records.subarray(0, kept);
    });
  }

  /** Interprets the payloads of some logs once more, on disk; open a new index afterwards. @throws SatchelError `no-space`, `io` */
  reinterpret(asked: Reinterpreting): void {
    this.#rewrite((records) => reinterpretRecords(records, asked));
  }

  #rewrite(change: (records: Buffer) => Buffer): void {
    if (this.#records === 0) return;
    const records = onDisk(`reading ${this.#file}`, () => disk.content(this.#file));
    const changed = change(records.subarray(0, this.#records * RECORD_SIZE));
    onDisk(`removing ${this.#lookupFile}`, () => disk.remove(this.#lookupFile));
    writeAtomic(this.#file, changed);
  }

  /** Releases the files. */
  close(): void {
    this.#view?.close();
    this.#lookup?.view.close();
  }

  /** Forgets everything on disk: the next index starts from the packs. */
  static remove(directory: string): void {
    // a command that only looks may leave what it remembers there meanwhile: the disk tries again
    onDisk(`removing ${directory}`, () => {
      // texts are in it
      overwriteFile(recentFile(directory));
      disk.removeTree(directory);
    });
  }

  #sortRuns(log: LogId): SortedRuns {
    const base = (this.#lookup?.runs(log) ?? []).map((ordinal) => this.#runAt(ordinal));
    const overlay = this.#runs.get(log);
    const known = overlay ? [...base, ...overlay].sort((a, b) => a.first - b.first) : base;
    const all = this.#rotten.has(log) ? known.filter((run) => !this.#isRotten(run)) : known;
    return { all, held: all.some((run) => run.unheld) ? all.filter((run) => !run.unheld) : all };
  }

  #members(base: readonly LogSummary[], belongs: (introduction: IntroductionRecord) => boolean): LogSummary[] {
    const members = base.map((summary) => (this.#isUnsorted(summary.log) && this.log(summary.log)) || summary);
    const introduced = [...this.#introductions.values()].filter(belongs);
    if (introduced.length === 0) return members;
    const sorted = new Set(base.map(({ log }) => log));
    const more = introduced.flatMap(({ log }) => (sorted.has(log) ? [] : (this.log(log) ?? [])));
    return [...members, ...more];
  }

  #load(view: FileView): void {
    const covered = this.#lookup?.covered ?? 0;
    const tail = view.read(covered * RECORD_SIZE, view.size - covered * RECORD_SIZE);
    const end = wholeCommits(tail);
    for (let at = 0; at < end; at += RECORD_SIZE) this.#addRecord(tail, at);
    this.#records = covered + end / RECORD_SIZE;
    if (this.#records === 0) return;
    const last = end > 0 ? { bytes: tail, at: end - RECORD_SIZE } : this.#recordAt(covered - 1);
    this.#covered = { pack: packOf(last.bytes, last.at), offset: frameEndOf(last.bytes, last.at) };
    this.#lastArrival = Math.max(this.#lastArrival, arrivalOf(last.bytes, last.at));
  }

  #addRecord(bytes: Buffer, at: number): void {
    if (isIntroduction(bytes, at)) this.#addIntroduction(decodeIntroductionRecord(bytes, at));
    else if (isRun(bytes, at)) this.#addRun(decodeRun(bytes, at, () => detailsBefore(bytes, at)));
  }

  #addRun(run: RunRecord): void {
    const runs = this.#runs.get(run.log);
    if (runs) runs.push(run);
    else this.#runs.set(run.log, [run]);
    this.#sorted.delete(run.log);
    this.#topics.clear();
    this.#arrived.push(run);
    const summary = this.#summaries.get(run.log);
    if (summary) this.#summaries.set(run.log, withRun(summary, run));
    this.#lastArrival = Math.max(this.#lastArrival, run.arrival);
  }

  #addIntroduction(introduction: IntroductionRecord): void {
    this.#introductions.set(introduction.log, introduction);
    this.#summaries.delete(introduction.log);
    this.#topics.clear();
  }

  #unsorted(): Set<LogId> {
    return new Set([...this.#runs.keys(), ...this.#introductions.keys(), ...this.#rotten.keys()]);
  }

  #isUnsorted(log: LogId): boolean {
    return this.#runs.has(log) || this.#introductions.has(log) || this.#rotten.has(log);
  }

  #summarize(log: LogId): LogSummary {
    const sorted = this.#lookup?.log(log);
    let summary = this.#rotten.has(log) ? emptySummary(log) : (sorted ?? emptySummary(log));
    const runs = this.#rotten.has(log) ? this.runs(log) : (this.#runs.get(log) ?? []);
    for (const run of runs) summary = withRun(summary, run);
    // whose log it is was verified when its introduction came
    const introduction = this.#introductions.get(log) ?? introductionIn(sorted);
    return introduction ? withIntroduction(summary, introduction) : summary;
  }

  #isRotten(run: RunRecord): boolean {
    return this.#rotten.size > 0 && this.#rotten.get(run.log)?.has(placeOf(run)) === true;
  }

  #recordAt(ordinal: number): { bytes: Buffer; at: number } {
    if (!this.#view) throw new Error('a lookup without its records');
    return this.#view.at(ordinal * RECORD_SIZE, RECORD_SIZE);
  }

  #runAt(ordinal: number): RunRecord {
    const { bytes, at } = this.#recordAt(ordinal);
    return decodeRun(bytes, at, () => this.#detailsBefore(ordinal));
  }

  #detailsBefore(ordinal: number): Buffer {
    let first = ordinal;
    const isOne = ({ bytes, at }: { bytes: Buffer; at: number }): boolean => isDetail(bytes, at);
    while (first > 0 && isOne(this.#recordAt(first - 1))) first--;
    return this.#view?.read(first * RECORD_SIZE, (ordinal - first) * RECORD_SIZE) ?? Buffer.alloc(0);
  }

  #isRunAt(ordinal: number): boolean {
    const { bytes, at } = this.#recordAt(ordinal);
    return isRun(bytes, at);
  }

  #arrivalAt(ordinal: number): number {
    const { bytes, at } = this.#recordAt(ordinal);
    return isRun(bytes, at) ? arrivalOf(bytes, at) : Number.POSITIVE_INFINITY;
  }
}

function introductionIn(summary: LogSummary | undefined): IntroductionRecord | undefined {
  const { log, topic, person, device, continues } = summary ?? {};
  return log && topic && person && device ? { log, topic, person, device, continues } : undefined;
}

/** Bytes of `tail` that belong to commits written as a whole: a crash may have left part of one, or rot. */
function wholeCommits(tail: Buffer): number {
  let whole = 0;
  for (let at = 0; at + RECORD_SIZE <= tail.length && isIntact(tail, at); at += RECORD_SIZE) {
    if (frameEndOf(tail, at) > 0) whole = at + RECORD_SIZE;
  }
  return whole;
}

/** Whether a record is of that commit or a later one; introductions and details stand before the runs of their commit. */
function belongsFrom(records: Buffer, at: number, arrival: number): boolean {
  return isRun(records, at) ? arrivalOf(records, at) >= arrival : true;
}

function appendAt(file: string, bytes: Buffer, offset: number): void {
  disk.makeDirectories(path.dirname(file));
  const fd = disk.open(file, 'continuing', 0o644);
  try {
    if (disk.statOpen(fd).size > offset) disk.cut(fd, offset);
    writeFully(fd, bytes, offset);
  } finally {
    disk.close(fd);
  }
}
