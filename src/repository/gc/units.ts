// What there is to merge, in units (spec/repository.md, "Garbage collection"). Asked at the end of every command that wrote
// something, so this is apart from the collecting itself.
import { SEGMENT_ENTRIES_WRITTEN } from '../../format/limits.js';
import type { RunRecord } from '../index/run-record.js';
import type { Repository } from '../repository.js';

/** Units from which on garbage collection may pay. */
export const UNITS_MIN = 64;
/** A segment that can be merged counts as one unit, and as one more for every so many bytes of it. */
const UNIT_BYTES = 8_192;
/** Runs that are counted again at each command, at most. */
const COUNTED_AGAIN_MAX = 256;

/** Whether so much has come that garbage collection is worth the lock: cheap, and rather too often than too rarely. */
export function mayPay(repository: Repository): boolean {
  const { arrival, units } = repository.tidied;
  const fresh = repository.arrivedAfter(arrival);
  if (fresh.length > COUNTED_AGAIN_MAX) return true;
  return fresh.reduce((sum, run) => sum + unitsOf(run), units) >= UNITS_MIN;
}

/** What merging a run is worth; introductions, and what comes first behind them, have nothing before them to merge with. */
export function unitsOf({ first, end, length, unheld }: RunRecord): number {
  const isSmall = first > 1 && !unheld && end - first < SEGMENT_ENTRIES_WRITTEN;
  return isSmall ? 1 + Math.floor(length / UNIT_BYTES) : 0;
}
