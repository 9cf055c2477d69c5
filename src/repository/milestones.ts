// Ids within long segments that the index remembers, so that whoever wants the id of one entry need not compute those of
// all before it (spec/repository.md, "Index").
import { MILESTONE_ENTRIES } from '../format/limits.js';
import type { Segment } from '../format/segment.js';

/** The lengths of the log, within a segment, at which ids are remembered: those of its heads, unless they lie too close. */
export function milestoneLengths({ first, count, heads }: Pick<Segment, 'first' | 'count' | 'heads'>): number[] {
  const lengths: number[] = [];
  let last = first;
  for (const { length } of heads) {
    // a stranger may have signed every entry
    if (length - last < MILESTONE_ENTRIES || length >= first + count) continue;
    lengths.push(length);
    last = length;
  }
  return lengths;
}
