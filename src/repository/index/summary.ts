// What the index knows of a whole log, folded from its runs (spec/repository.md, "Index").
import { type DeviceKey, type EntryId, type LogId, NO_ENTRY, type PersonId, type TopicId } from '../../format/ids.js';
import type { IntroductionRecord } from './introduction-record.js';
import type { RunRecord } from './run-record.js';

/** A log as far as it is held here. */
export interface LogSummary {
  readonly log: LogId;
  /** From the verified introduction; undefined while that is missing. */
  readonly topic: TopicId | undefined;
  readonly person: PersonId | undefined;
  readonly device: DeviceKey | undefined;
  /** Whether it continues an older log of the person; undefined when that is not known. */
  readonly continues: boolean | undefined;
  /** The highest held length and the id there; 0 and zeros when nothing is held. */
  readonly end: number;
  readonly id: EntryId;
  /** The largest readable clock, -1 when there is none. */
  readonly maxClock: number;
  /** Entries held. */
  readonly entries: number;
  /** Of these, entries that are neither introduction nor housekeeping. */
  readonly messages: number;
  /** Of these, those that are shown to nobody. */
  readonly events: number;
  /** What is stored counts so many bytes towards quotas, entries that are not held among it. */
  readonly bytes: number;
  /** Whether any of it refers to blobs. */
  readonly blobs: boolean;
  /** Whether any of it says again what stands in older logs, or retracts it there. */
  readonly copies: boolean;
  readonly retractsIn: boolean;
  /** Whether any of it edits other messages, reacts to them, or mentions somebody. */
  readonly links: boolean;
  /** Its introduction is veiled: topic, person and device are known where it could be opened. */
  readonly veiled: boolean;
  /** Something in it is sealed for members of a private topic. */
  readonly sealed: boolean;
  /** Some of its entries are sealed, and a key that was not here could open them. */
  readonly waits: boolean;
  /** Number of the commit that last brought some of it. */
  readonly arrival: number;
}

/** A log of which nothing is known yet. */
export function emptySummary(log: LogId): LogSummary {
  return {
    log,
    topic: undefined,
    person: undefined,
    device: undefined,
    continues: undefined,
    end: 0,
    id: NO_ENTRY,
    maxClock: -1,
    entries: 0,
    messages: 0,
    events: 0,
    bytes: 0,
    blobs: false,
    copies: false,
    links: false,
    retractsIn: false,
    veiled: false,
    sealed: false,
    waits: false,
    arrival: 0,
  };
}

/** The summary after one more run. */
export function withRun(summary: LogSummary, run: RunRecord): LogSummary {
  // what was stripped takes its place on the disk all the same, and its metadata counts
  if (run.unheld) {
    const retractsIn = summary.retractsIn || run.retractsIn;
    return { ...summary, bytes: summary.bytes + run.bytes, blobs: summary.blobs || run.blobs, retractsIn };
  }
  const isLater = run.end > summary.end;
  return {
    ...summary,
    end: isLater ? run.end : summary.end,
    id: isLater ? run.id : summary.id,
    maxClock: run.clocks ? Math.max(summary.maxClock, run.maxClock) : summary.maxClock,
    entries: summary.entries + run.end - run.first,
    messages: summary.messages + run.messages,
    events: summary.events + run.events,
    bytes: summary.bytes + run.bytes,
    blobs: summary.blobs || run.blobs,
    copies: summary.copies || run.copies,
    links: summary.links || run.links,
    retractsIn: summary.retractsIn || run.retractsIn,
    veiled: summary.veiled || run.veiled,
    sealed: summary.sealed || run.sealed,
    waits: summary.waits || run.waits,
    arrival: Math.max(summary.arrival, run.arrival),
  };
}

/** The summary once its introduction is known. */
export function withIntroduction(summary: LogSummary, introduction: IntroductionRecord): LogSummary {
  const { topic, person, device, continues } = introduction;
  return { ...summary, topic, person, device, continues };
}

/** What tells whether a log is veiled. */
export type VeiledMarks = Pick<LogSummary, 'veiled' | 'sealed' | 'topic'>;

/**
 * Whether the log is veiled: its introduction is, or, as long as that is not here, something in it is sealed. One of which nothing
 * is here is not.
 */
export function isVeiledLog(log: VeiledMarks | undefined): boolean {
  return log !== undefined && (log.veiled || (log.sealed && log.topic === undefined));
}

/** Whether the log is veiled and nobody could tell here, yet, where it belongs. */
export function isUnplaced(log: VeiledMarks | undefined): boolean {
  return isVeiledLog(log) && log?.topic === undefined;
}
