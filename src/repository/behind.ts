// What a segment holds behind the freeze of its log: verified, and not kept (spec/log.md, "Freeze").
import type { LogId } from '../format/ids.js';
import type { Segment } from '../format/segment.js';

/** A verified segment that reaches beyond the freeze. */
export interface Behind {
  readonly log: LogId;
  readonly freeze: number;
  /** As it came. */
  readonly segment: Segment;
}
