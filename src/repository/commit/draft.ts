// What a commit in the making has written and knows so far: its frame, its records, and of each log it touches what is known,
// as if all of it counted already.
import type { LogId } from '../../format/ids.js';
import type { Segment, SegmentHeader } from '../../format/log/segment.js';
import { type Found, recordsOf } from '../index/found-runs.js';
import { Ingest } from '../index/ingest.js';
import type { IntroductionRecord } from '../index/introduction-record.js';
import { LogState } from '../index/log-state.js';
import type { RunRecord } from '../index/run-record.js';
import type { KnownLogs } from '../known-logs.js';
import { keepLock } from '../lock.js';
import type { OpenSegment } from '../store/open-segment.js';
import type { FrameWriter, PackPosition } from '../store/packs.js';

/** A segment as it goes into a pack. */
export type StoredSegment = SegmentHeader & Pick<Segment, 'bytes'>;

/** What is written and known so far. */
export class CommitDraft {
  readonly introductions: IntroductionRecord[] = [];
  readonly runs: RunRecord[] = [];
  readonly repository: KnownLogs;
  /** Its number. */
  readonly arrival: number;
  readonly #tail: PackPosition;
  readonly #states = new Map<LogId, LogState>();
  #frame: FrameWriter | undefined;

  constructor(repository: KnownLogs, tail: PackPosition, arrival: number) {
    this.repository = repository;
    this.#tail = tail;
    this.arrival = arrival;
  }

  /** What is known of a log. */
  state(log: LogId): LogState {
    let state = this.#states.get(log);
    if (!state) {
      const { repository } = this;
      const decided = { freeze: repository.frozen.get(log), forgotten: repository.forgotten(log) };
      state = new LogState(repository.records(log), this.read, decided);
      this.#states.set(log, state);
    }
    return state;
  }

  /** From now on that is known of the log. */
  replaceState(log: LogId, state: LogState): void {
    this.#states.set(log, state);
  }

  /** The seq from which on a log is frozen, or infinity. */
  freezeOf(log: LogId): number {
    return this.#states.get(log)?.freeze ?? this.repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
  }

  /** The segment of a run: what this commit itself brought is read back from the pack too. */
  readonly read = (run: RunRecord): OpenSegment => {
    if (run.arrival === this.arrival) this.flush();
    return this.repository.segment(run);
  };

  /** Has all that was stored so far in the pack, where it can be read. */
  flush(): void {
    this.#frame?.flush();
  }

  /** Looks at a segment's entries, beside what is known of its log. */
  ingest(segment: Segment, state: LogState): Ingest {
    const { world, interpreter } = this.repository;
    return new Ingest(segment, state.known(segment, world.now()), interpreter);
  }

  /** Puts a segment into the frame; the records of what was found in it. */
  store({ log, length, bytes }: StoredSegment, found: Found, isHousekeeping: (seq: number) => boolean): RunRecord[] {
    keepLock(this.repository.layout.lock);
    this.#frame ??= this.repository.packs.append(this.#tail, this.arrival);
    const offset = this.#frame.add(bytes);
    const place = { pack: this.#frame.place.pack, offset, length, arrival: this.arrival };
    const runs = recordsOf(log, found, { place, isHousekeeping });
    if (found.introduction) this.introductions.push(found.introduction);
    for (const run of runs) this.runs.push(run);
    return runs;
  }

  /** Makes the frame durable; how far the packs are covered then, or undefined when nothing was stored. */
  finish(): PackPosition | undefined {
    return this.#frame?.finish();
  }

  /** Leaves the packs as they were. */
  abandon(): void {
    this.#frame?.abandon();
  }
}
