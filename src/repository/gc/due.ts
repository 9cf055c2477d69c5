// When garbage collection pays by itself (spec/repository.md, "Garbage collection"): when so much has come in small
// segments that merging it is worth what is fixed about it. A pack is then rewritten only when what came since has grown to
// be half as large: an entry is moved a number of times that grows with the logarithm of how many there are.
import type { LogId } from '../../format/ids.js';
import { SEGMENT_ENTRIES_WRITTEN } from '../../format/limits.js';
import type { RunRecord } from '../index/run-record.js';
import type { Repository } from '../repository.js';
import { placeOf } from '../store/segments.js';
import { collectGarbage, type GcReport } from './gc.js';
import type { GcPolicy } from './plan.js';
import { UNITS_MIN, unitsOf } from './units.js';

/** The index, which is written anew, has no more than so many records for each unit ... */
const RECORDS_PER_UNIT = 16;
/** ... and the newest pack no more than so many bytes. */
const PACK_BYTES_PER_UNIT = 32_768;

/** Garbage collection of the newest packs, if it pays; else a note of what was counted. Only under the lock. */
export function collectIfDue(repository: Repository, policy: () => GcPolicy): GcReport | undefined {
  const { tidied, packs, lastArrival } = repository;
  const fresh = repository.arrivedAfter(tidied.arrival).filter((run) => hasNeighbour(repository, run));
  const units = fresh.reduce((sum, run) => sum + unitsOf(run), tidied.units);
  const isWorthIt = units >= UNITS_MIN && units >= repository.recordCount / RECORDS_PER_UNIT;
  const newest = packs.list().at(-1) ?? 0;
  const isLargely = units >= packs.size(newest) / PACK_BYTES_PER_UNIT;
  if (isWorthIt && isLargely) return collectGarbage(repository, policy(), { all: false });
  // what is small in a pack of large ones stays so until the whole pack's turn comes
  const noted = isWorthIt ? { units: 0, sealed: newest } : { units, sealed: tidied.sealed };
  repository.noteGc({ arrival: lastArrival, ...noted });
  return undefined;
}

/** Whether the segment before its own ends where that begins, and both fit into one. */
function hasNeighbour(repository: Repository, run: RunRecord): boolean {
  const before = runAt(repository, run.log, run.first - 1);
  // runs of one segment are no neighbours: payloads are missing between them
  if (!before || placeOf(before) === placeOf(run)) return false;
  return endOf(repository, run) - firstOf(repository, before) <= SEGMENT_ENTRIES_WRITTEN;
}

/** Where the first run of its segment begins. */
function firstOf(repository: Repository, run: RunRecord): number {
  let { first } = run;
  for (
    let more = runAt(repository, run.log, first - 1);
    isOfSame(run, more);
    more = runAt(repository, run.log, first - 1)
  )
    first = more.first;
  return first;
}

/** Where the last run of its segment ends. */
function endOf(repository: Repository, run: RunRecord): number {
  let { end } = run;
  for (let more = runAt(repository, run.log, end); isOfSame(run, more); more = runAt(repository, run.log, end))
    end = more.end;
  return end;
}

function isOfSame(run: RunRecord, more: RunRecord | undefined): more is RunRecord {
  return more !== undefined && placeOf(more) === placeOf(run);
}

/** The held run with that entry; introductions are no neighbours of anything. */
function runAt(repository: Repository, log: LogId, seq: number): RunRecord | undefined {
  return seq > 0 ? repository.runs(log, seq, seq + 1)[0] : undefined;
}
