// Ids within long segments that the index remembers, so that whoever wants the id of one entry need not compute those of
// all before it (spec/repository.md, "Index").
import { MILESTONE_ENTRIES } from '../../format/limits.js';
import type { Segment } from '../../format/log/segment.js';

/** The lengths of the log, within a segment, at which ids are remembered; not at its end, where its run says it. */
export function milestoneLengths({ first, count }: Pick<Segment, 'first' | 'count'>): number[] {
  return Array.from(
    { length: Math.ceil(count / MILESTONE_ENTRIES) - 1 },
    (_, i) => first + (i + 1) * MILESTONE_ENTRIES,
  );
}
