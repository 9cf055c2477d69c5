// When garbage collection pays by itself (spec/repository.md, "Garbage collection"): when so much has come in small
// segments that merging it is worth what is fixed about it. A pack is then rewritten only when what came since has grown to
// be half as large: an entry is moved a number of times that grows with the logarithm of how many there are.
import { SEGMENT_ENTRIES_WRITTEN } from '../format/limits.js';
import { collectGarbage, type GcReport } from './gc.js';
import type { GcPolicy } from './gc-plan.js';
import { UNITS_MIN, unitsOf } from './gc-units.js';
import type { RunRecord } from './record.js';
import type { Repository } from './repository.js';

/** The index, which is written anew, has no more than so many records for each unit ... */
const RECORDS_PER_UNIT = 16;
/** ... and the newest pack no more than so many bytes. */
const PACK_BYTES_PER_UNIT = 65_536;

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
  repository.noteTidied({ arrival: lastArrival, ...noted });
  return undefined;
}

/** Whether the run before it ends where it begins, and both fit into one segment. */
function hasNeighbour(repository: Repository, { log, first, end }: RunRecord): boolean {
  const [before] = first > 1 ? repository.runs(log, first - 1, first) : [];
  return before?.end === first && end - before.first <= SEGMENT_ENTRIES_WRITTEN;
}
