// The first half of taking a segment: all that can be said of it by itself, from its bytes alone. Nothing is asked of what is
// held, so it does not matter who does it, when, or how often (spec/repository.md, "Storing a segment").
import { SatchelError } from '../format/error.js';
import type { EntryId } from '../format/ids.js';
import {
  decodeSegment,
  decodeSegmentHeader,
  type Segment,
  type SegmentHeader,
  verifySegment,
} from '../format/log/segment.js';
import type { Found } from './index/found-runs.js';
import { Ingest, type Interpreter, type Known } from './index/ingest.js';
import { RangeSet } from './index/range-set.js';
import { retractsIn } from './index/retracted.js';

/** What is found in a segment whose chain and last head are right, as if nothing else of its log were known. */
export interface Findings extends Found {
  readonly header: SegmentHeader;
  /** Id of its last entry. */
  readonly id: EntryId;
}

/** A whole segment that its log key did not sign, or that holds other entries than it says. */
export interface Refused {
  readonly header: SegmentHeader;
  readonly refusal: SatchelError;
}

/**
 * Verifies the segment in these bytes: checksum, body, chain and last head.
 * @throws SatchelError `bad-segment`, `bad-checksum`, `over-limit`, `newer-version` when it cannot even be unpacked
 */
export function verify(bytes: Buffer, interpreter: Interpreter): Findings | Refused {
  const segment = decodeSegment(bytes);
  try {
    return findingsOf(segment, interpreter);
  } catch (refusal) {
    if (refusal instanceof SatchelError) return { header: decodeSegmentHeader(bytes), refusal };
    throw refusal;
  }
}

/**
 * The same of a segment that is unpacked already.
 * @throws SatchelError `bad-segment`, `over-limit`, `bad-chain`
 */
export function findingsOf(segment: Segment, interpreter: Interpreter): Findings {
  const ingest = new Ingest(segment, knownWithin(segment), interpreter);
  const id = verifySegment(segment, ingest.visit);
  return { header: decodeSegmentHeader(segment.bytes), id, ...ingest.found(id) };
}

/** What the segment itself says of what is missing in it. What has expired only somebody can tell who knows the date. */
function knownWithin(segment: Segment): Known {
  let retracted: RangeSet | undefined;
  const isRetracted = (seq: number): boolean => {
    retracted ??= new RangeSet(retractsIn(segment));
    return retracted.has(seq);
  };
  const rest = { isHousekeeping: () => false, now: Number.NEGATIVE_INFINITY, freeze: Number.POSITIVE_INFINITY };
  return { isHeld: () => false, isExplained: isRetracted, ...rest };
}
