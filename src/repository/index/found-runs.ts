// What a walk through a segment finds of its entries, and the index's records of it, once it is known where the segment lies
// (spec/repository.md, "Index").
import type { EntryId, LogId } from '../../format/ids.js';
import type { Range, RetractsIn } from '../../format/log/meta.js';
import type { Housekeeping } from './housekeeping.js';
import type { IntroductionRecord } from './introduction-record.js';
import type { RunRecord } from './run-record.js';

/** Entries of which it is asked whether they are housekeeping, at most. */
const ASKED_MAX = 256;

/** What is found in one segment. */
export interface Found {
  /** What its entry 0 introduces. */
  readonly introduction: IntroductionRecord | undefined;
  /** Its entries in order, without those that were known. */
  readonly runs: readonly FoundRun[];
  /** Ids within it, at its milestone lengths. */
  readonly milestones: readonly EntryId[];
  /** Ranges of its own log that its entries before the freeze retract. */
  readonly retracts: readonly Range[];
  /** What they retract in older logs. */
  readonly retractsIn: readonly RetractingIn[];
}

/** A run of entries, as in its {@link RunRecord}, but for where it lies. */
export interface FoundRun {
  readonly first: number;
  readonly end: number;
  readonly previous: EntryId;
  readonly id: EntryId;
  readonly unheld: boolean;
  /** Below 0 when no clock is readable. */
  readonly minClock: number;
  readonly maxClock: number;
  readonly messages: number;
  readonly events: number;
  readonly bytes: number;
  readonly acks: boolean;
  readonly retracts: boolean;
  readonly expires: boolean;
  readonly dropped: boolean;
  readonly blobs: boolean;
  /** What its entries retract of their own log. */
  readonly takesBack: readonly Range[];
  readonly copies: boolean;
  readonly links: boolean;
  readonly sealed: boolean;
  readonly waits: boolean;
  /** As ascending ranges. */
  readonly waiting: readonly Range[];
  readonly retractsIn: boolean;
  readonly veiled: boolean;
  readonly ascending: boolean;
  readonly housekeeping: Housekeeping;
}

/** What an entry retracts in an older log. */
export interface RetractingIn extends RetractsIn {
  readonly seq: number;
}

/** Where the segment lies. */
export interface Place {
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
  readonly arrival: number;
}

interface Besides {
  readonly place: Place;
  readonly takesBack: boolean;
  readonly milestones: readonly EntryId[] | undefined;
}

/** The records of what was found; `isHousekeeping` tells of the log's other entries. */
export function recordsOf(
  log: LogId,
  { runs, milestones }: Pick<Found, 'runs' | 'milestones'>,
  { place, isHousekeeping }: { readonly place: Place; isHousekeeping(seq: number): boolean },
): RunRecord[] {
  const isOne = (seq: number): boolean => isHousekeeping(seq) || isHousekeepingIn(runs, seq);
  return runs.map((run, i) =>
    recordOf(log, run, {
      place,
      // acks that take back older ones are many, and concern no message
      takesBack: !isHousekeepingOnly(run.takesBack, isOne),
      milestones: i === 0 ? milestones : undefined,
    }),
  );
}

/** Field by field: of each object that is made by spreading others the engine keeps a form, which is larger than the object. */
function recordOf(log: LogId, run: FoundRun, { place, takesBack, milestones }: Besides): RunRecord {
  const clocks = run.maxClock >= 0;
  return {
    log,
    first: run.first,
    end: run.end,
    previous: run.previous,
    id: run.id,
    pack: place.pack,
    offset: place.offset,
    length: place.length,
    minClock: clocks ? run.minClock : 0,
    maxClock: clocks ? run.maxClock : 0,
    messages: run.messages,
    events: run.events,
    bytes: run.bytes,
    arrival: place.arrival,
    acks: run.acks,
    retracts: run.retracts,
    expires: run.expires,
    dropped: run.dropped,
    clocks,
    unheld: run.unheld,
    blobs: run.blobs,
    housekeeping: run.housekeeping,
    ascending: run.ascending,
    copies: run.copies,
    links: run.links,
    retractsIn: run.retractsIn,
    veiled: run.veiled,
    sealed: run.sealed,
    waits: run.waits,
    waiting: run.waiting,
    takesBack,
    milestones,
  };
}

function isHousekeepingIn(runs: readonly FoundRun[], seq: number): boolean {
  const run = runs.find(({ first, end }) => first <= seq && seq < end);
  return run?.housekeeping.seqs.includes(seq) === true;
}

/** Whether it is known of every entry in the ranges that it is housekeeping; of very many it is not asked. */
function isHousekeepingOnly(ranges: readonly Range[], isHousekeeping: (seq: number) => boolean): boolean {
  let left = ASKED_MAX;
  return ranges.every(({ from, end }) => {
    left -= end - from;
    if (left < 0) return false;
    for (let seq = from; seq < end; seq++) if (!isHousekeeping(seq)) return false;
    return true;
  });
}
