// Logs in memory, seen the way views see a repository; counts what they open.
import type { EntryId, LogId } from '../../src/format/ids.js';
import { decodeMeta, encodeMeta } from '../../src/format/log/meta.js';
import type { HeldRange } from '../../src/repository/index/held.js';
import type { PlacedEntry } from '../../src/repository/index/placed-entry.js';
import type { StoredEntry } from '../../src/repository/store/open-segment.js';
import type { SegmentPlace } from '../../src/repository/store/segments.js';
import type { AckSource } from '../../src/topic/acks/ack-plan.js';
import { isAck } from '../../src/topic/message/interpret.js';
import { readClock } from '../../src/topic/message/message-clock.js';
import type { OrderedLog } from '../../src/topic/order/order.js';
import type { RunView } from '../../src/topic/source.js';

/** One entry of a made-up log. */
export interface FakeEntry {
  readonly payload: Buffer | undefined;
  readonly meta?: Buffer;
}

/** A made-up log. */
export interface FakeLog {
  readonly log: LogId;
  readonly entries: readonly FakeEntry[];
  /** Ranges of seqs held, each one run; all in one run when absent. */
  readonly runs?: readonly (readonly [number, number])[];
  readonly frozen?: number;
}

/** The metadata of an ack. */
export const HOUSEKEEPING = encodeMeta({ housekeeping: true });

/** A log id that sorts like its number. */
export function logId(n: number): LogId {
  return n.toString(16).padStart(64, '0') as LogId;
}

/** An entry id that tells log and seq. */
export function entryId(log: LogId, seq: number): EntryId {
  return `${log.slice(-8)}${(seq + 1).toString(16).padStart(56, '0')}` as EntryId;
}

/** A source over made-up logs. */
export class FakeSource implements AckSource {
  readonly frozen: ReadonlyMap<LogId, number>;
  readonly opened = new Set<string>();
  readonly listed = new Set<LogId>();
  /** Logs of which entries were asked for one after the other. */
  readonly followed = new Set<LogId>();
  readonly #logs: readonly FakeLog[];
  readonly #byId: ReadonlyMap<LogId, number>;

  constructor(logs: readonly FakeLog[]) {
    this.#logs = logs;
    this.#byId = new Map(logs.map(({ log }, i) => [log, i]));
    this.frozen = new Map(logs.flatMap(({ log, frozen }) => (frozen === undefined ? [] : [[log, frozen]])));
  }

  /** What the index would say of each log. */
  get summaries(): OrderedLog[] {
    return this.#logs.map(({ log }) => ({
      log,
      maxClock: this.#runs(log).reduce((most, run) => (run.clocks ? Math.max(most, run.maxClock) : most), -1),
    }));
  }

  runs(log: LogId): RunView[] {
    this.listed.add(log);
    return this.#runs(log);
  }

  segment(place: SegmentPlace): ReturnType<AckSource['segment']> {
    this.opened.add(`${place.pack}:${place.offset}`);
    const log = (this.#logs[place.pack] as FakeLog).log;
    // A segment may contain more than the run: here one entry to either side.
    const first = Math.max(place.offset - 1, 0);
    const end = Math.min(place.offset + place.length + 1, this.#log(log).entries.length);
    const entries = this.#range(log, first, end);
    return { segment: { first }, entries, entry: (seq) => entries[seq - first] };
  }

  within(run: RunView): ReturnType<AckSource['within']> {
    return { entry: (seq) => this.segment(run).entry(seq) };
  }

  *entries(log: LogId, from = 0, end = Number.POSITIVE_INFINITY): Generator<PlacedEntry> {
    this.followed.add(log);
    let last = 0;
    for (const run of this.#runs(log)) {
      const isAfterGap = run.first !== last;
      last = run.end;
      for (const entry of this.#range(log, Math.max(from, run.first), Math.min(end, run.end))) {
        yield { ...entry, afterGap: isAfterGap && entry.seq === run.first, frozen: false };
      }
    }
  }

  entry(log: LogId, seq: number): PlacedEntry | undefined {
    return this.entries(log, seq, seq + 1).next().value ?? undefined;
  }

  held(log: LogId): HeldRange[] {
    const ranges: HeldRange[] = [];
    for (const { first, end } of this.#runs(log)) {
      const last = ranges.at(-1);
      if (last?.end === first) ranges.pop();
      ranges.push({ from: last?.end === first ? last.from : first, end, id: entryId(log, end - 1) });
    }
    return ranges;
  }

  #log(log: LogId): FakeLog {
    return this.#logs[this.#byId.get(log) ?? -1] as FakeLog;
  }

  #runs(log: LogId): RunView[] {
    const fake = this.#log(log);
    return (fake.runs ?? [[0, fake.entries.length]]).map(([first, end]) => this.#run(log, first, end));
  }

  #run(log: LogId, first: number, end: number): RunView {
    const entries = this.#range(log, first, end);
    const messages = entries.filter(({ seq, meta }) => seq > 0 && !decodeMeta(meta).housekeeping);
    const clocks = messages.flatMap(({ payload }) => (payload && readClock(payload)) ?? []);
    const isAscending = clocks.every((clock, i) => clock >= (clocks[i - 1] ?? 0));
    return {
      log,
      id: entryId(log, end - 1),
      first,
      end,
      pack: this.#byId.get(log) ?? -1,
      offset: first,
      length: end - first,
      clocks: clocks.length > 0,
      minClock: clocks.length > 0 ? Math.min(...clocks) : 0,
      maxClock: Math.max(0, ...clocks),
      ascending: clocks.length === messages.length && isAscending,
      messages: messages.length,
      acks: entries.some(({ meta, payload }) => decodeMeta(meta).housekeeping && payload && isAck(payload)),
    };
  }

  #range(log: LogId, from: number, end: number): StoredEntry[] {
    const { entries } = this.#log(log);
    return entries.slice(from, Math.max(from, end)).map(({ payload, meta }, i) => ({
      log,
      seq: from + i,
      id: entryId(log, from + i),
      previous: entryId(log, from + i - 1),
      meta: meta ?? Buffer.alloc(0),
      payload,
      payloadLength: payload?.length ?? 10,
    }));
  }
}
