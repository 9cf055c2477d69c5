// What a segment holds behind the freeze of its log: verified, and not kept (spec/log.md, "Freeze").
import type { EntryId, LogId } from '../../format/ids.js';
import { type Segment, walkSegment } from '../../format/log/segment.js';

/** A verified segment that reaches beyond the freeze. */
export interface Behind {
  readonly log: LogId;
  readonly freeze: number;
  /** As it came. */
  readonly segment: Segment;
}

/** One entry of it. */
export interface BehindEntry {
  readonly seq: number;
  readonly id: EntryId;
  readonly meta: Buffer;
  /** Absent when it was dropped. */
  readonly payload: Buffer | undefined;
}

/** Its entries behind the freeze, ascending. */
export function entriesBehind({ segment, freeze }: Behind): BehindEntry[] {
  const entries: BehindEntry[] = [];
  walkSegment(segment, (seq, { meta, payload }, { id }) => {
    if (seq >= freeze) entries.push({ seq, id, meta, payload });
  });
  return entries;
}
