// What stands in records of their own before that of a run: the milestones of its segment, which of its entries are housekeeping
// where there are messages among them, and which wait for a key where others do not (spec/repository.md, "Index").
import { type EntryId, idBytes, type LogId, readId } from '../../format/ids.js';
import { CLOCK_LIMIT } from '../../format/limits.js';
import type { Range } from '../../format/log/meta.js';
import { type Housekeeping, NO_HOUSEKEEPING } from './housekeeping.js';
import { KIND, newRecord, RECORD_SIZE, seal } from './record-frame.js';

const MILESTONES_AT = 40;
const MILESTONE_COUNT_AT = 136;
const MILESTONES_IN_RECORD = 3;
const HOUSEKEEPING_CLOCK_AT = 40;
const HOUSEKEEPING_COUNT_AT = 46;
const HOUSEKEEPING_AT = 48;
const HOUSEKEEPING_IN_RECORD = 51;
const WAITING_COUNT_AT = 40;
const WAITING_AT = 42;
const WAITING_IN_RECORD = 26;
const ID_SIZE = 32;

/** What such records tell of a run. */
export interface DetailedRun {
  readonly log: LogId;
  readonly first: number;
  readonly end: number;
  readonly messages: number;
  readonly milestones?: readonly EntryId[] | undefined;
  readonly housekeeping?: Housekeeping | undefined;
  readonly waiting: readonly Range[];
}

/** The records that stand before that of a run. */
export function encodeDetails(run: DetailedRun): Buffer[] {
  return [...encodeMilestones(run), ...encodeHousekeeping(run), ...encodeWaiting(run)];
}

function encodeMilestones({ log, milestones = [] }: DetailedRun): Buffer[] {
  const records: Buffer[] = [];
  for (let i = 0; i < milestones.length; i += MILESTONES_IN_RECORD) {
    const bytes = newRecord(KIND.milestones, log);
    const ids = milestones.slice(i, i + MILESTONES_IN_RECORD);
    for (const [n, id] of ids.entries()) idBytes(id).copy(bytes, MILESTONES_AT + n * ID_SIZE);
    bytes[MILESTONE_COUNT_AT] = ids.length;
    records.push(seal(bytes));
  }
  return records;
}

function encodeHousekeeping({ log, first, messages, housekeeping = NO_HOUSEKEEPING }: DetailedRun): Buffer[] {
  if (messages === 0) return [];
  const records: Buffer[] = [];
  for (let i = 0; i < housekeeping.seqs.length; i += HOUSEKEEPING_IN_RECORD) {
    const bytes = newRecord(KIND.housekeeping, log);
    const seqs = housekeeping.seqs.slice(i, i + HOUSEKEEPING_IN_RECORD);
    bytes.writeUIntBE(storedClock(housekeeping), HOUSEKEEPING_CLOCK_AT, 6);
    bytes[HOUSEKEEPING_COUNT_AT] = seqs.length;
    for (const [n, seq] of seqs.entries()) bytes.writeUInt16BE(seq - first, HOUSEKEEPING_AT + 2 * n);
    records.push(seal(bytes));
  }
  return records;
}

function encodeWaiting(run: DetailedRun): Buffer[] {
  const { log, first, waiting } = run;
  const [all] = allOf(run);
  if (waiting.length === 1 && waiting[0]?.from === all.from && waiting[0].end === all.end) return [];
  const records: Buffer[] = [];
  for (let i = 0; i < waiting.length; i += WAITING_IN_RECORD) {
    const bytes = newRecord(KIND.waiting, log);
    const ranges = waiting.slice(i, i + WAITING_IN_RECORD);
    bytes[WAITING_COUNT_AT] = ranges.length;
    for (const [n, { from, end }] of ranges.entries()) {
      bytes.writeUInt16BE(from - first, WAITING_AT + 4 * n);
      bytes.writeUInt16BE(end - first, WAITING_AT + 4 * n + 2);
    }
    records.push(seal(bytes));
  }
  return records;
}

/** What can wait in a run: entry 0 is the introduction. */
function allOf({ first, end }: Pick<DetailedRun, 'first' | 'end'>): readonly [Range] {
  return [{ from: Math.max(first, 1), end }];
}

/** Whether the record at `at` tells more of the run whose record comes next. */
export function isDetail(bytes: Buffer, at: number): boolean {
  return bytes[at] === KIND.milestones || bytes[at] === KIND.housekeeping || bytes[at] === KIND.waiting;
}

/** The records right before a run's that belong to it. */
export function detailsBefore(records: Buffer, at: number): Buffer {
  let from = at;
  while (from > 0 && isDetail(records, from - RECORD_SIZE)) from -= RECORD_SIZE;
  return records.subarray(from, at);
}

/** The milestones that a run's details tell. */
export function milestonesIn(details: Buffer): EntryId[] {
  return recordsOf(details, KIND.milestones).flatMap((at) => {
    const count = Math.min(details[at + MILESTONE_COUNT_AT] ?? 0, MILESTONES_IN_RECORD);
    return Array.from({ length: count }, (_, n) => readId<EntryId>(details, at + MILESTONES_AT + n * ID_SIZE));
  });
}

/** The housekeeping that they tell, of a run that begins at `first`. */
export function housekeepingIn(details: Buffer, first: number): Housekeeping {
  const records = recordsOf(details, KIND.housekeeping);
  const seqs = records.flatMap((at) => {
    const count = Math.min(details[at + HOUSEKEEPING_COUNT_AT] ?? 0, HOUSEKEEPING_IN_RECORD);
    return Array.from({ length: count }, (_, n) => first + details.readUInt16BE(at + HOUSEKEEPING_AT + 2 * n));
  });
  const [any] = records;
  return {
    seqs,
    clock: any === undefined ? undefined : clockStored(details.readUIntBE(any + HOUSEKEEPING_CLOCK_AT, 6)),
  };
}

/** Which entries wait for a key, of a run in which some do: all of them where the details do not tell. */
export function waitingIn(details: Buffer, run: Pick<DetailedRun, 'first' | 'end'>): readonly Range[] {
  const records = recordsOf(details, KIND.waiting);
  if (records.length === 0) return allOf(run);
  const seqAt = (at: number): number => run.first + details.readUInt16BE(at);
  return records.flatMap((at) => {
    const count = Math.min(details[at + WAITING_COUNT_AT] ?? 0, WAITING_IN_RECORD);
    const places = Array.from({ length: count }, (_, n) => at + WAITING_AT + 4 * n);
    return places.map((place) => ({ from: seqAt(place), end: seqAt(place + 2) }));
  });
}

function recordsOf(details: Buffer, kind: number): number[] {
  const places = Array.from({ length: details.length / RECORD_SIZE }, (_, i) => i * RECORD_SIZE);
  return places.filter((at) => details[at] === kind);
}

/** One more than the clock; 0 when there is none, or there is no room for it: the last of all clocks is not noted. */
export function storedClock({ clock = -1 }: Housekeeping = NO_HOUSEKEEPING): number {
  return clock + 1 < CLOCK_LIMIT ? clock + 1 : 0;
}

/** What {@link storedClock} was given. */
export function clockStored(value: number): number | undefined {
  return value > 0 ? value - 1 : undefined;
}
