// What another thread finds out about a segment beside us: all that can be said of it without knowing its log, so that it
// need not be decompressed and hashed here once more (spec/repository.md, "Storing a segment").
import { SatchelError } from '../format/error.js';
import type { EntryId } from '../format/ids.js';
import type { Range } from '../format/log/meta.js';
import { decodeSegment, type Segment, verifySegment } from '../format/log/segment.js';
import { Ingest, type Interpreter, type Known, type Place, type RetractingIn } from './index/ingest.js';
import { RangeSet } from './index/range-set.js';
import { retractsIn } from './index/retracted.js';
import type { RunRecord } from './index/run-record.js';

/** What is found out about a segment whose checksum, chain and last head are right. */
export interface Findings {
  /** Id of its last entry. */
  readonly id: EntryId;
  /** Absent where only somebody who knows log or date can tell: for an introduction, or when what is missing may have expired. */
  readonly runs?: FoundRuns | undefined;
}

/** The runs of a segment of whose log nothing else is known. */
export interface FoundRuns {
  /** Its entries in order, as if none of them were held; where they lie is not known yet. */
  readonly runs: readonly [RunRecord, ...RunRecord[]];
  /** Ranges of its own log that its entries retract. */
  readonly retracts: readonly Range[];
  /** What they retract in older logs. */
  readonly retractsIn: readonly RetractingIn[];
}

/** Verifies a segment; undefined when it is not valid. */
export function findingsOf(bytes: Buffer, interpreter: Interpreter): Findings | undefined {
  try {
    const segment = decodeSegment(bytes);
    if (segment.first === 0) return { id: verifySegment(segment) };
    const ingest = new Ingest(segment, knownWithin(segment), interpreter);
    const id = verifySegment(segment, ingest.visit);
    const [first, ...more] = ingest.finish(id, NO_PLACE).runs;
    if (!first || [first, ...more].some((run) => run.unheld && run.expires)) return { id };
    return { id, runs: { runs: [first, ...more], retracts: ingest.retracts, retractsIn: ingest.retractsIn } };
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

/** What the segment itself says of what is missing in it. */
function knownWithin(segment: Segment): Known {
  let retracted: RangeSet | undefined;
  const isRetracted = (seq: number): boolean => {
    retracted ??= new RangeSet(retractsIn(segment));
    return retracted.has(seq);
  };
  const rest = { isHousekeeping: () => false, now: 0, freeze: Number.POSITIVE_INFINITY };
  return { isHeld: () => false, isRetracted, ...rest };
}

const NO_PLACE: Place = { pack: 0, offset: 0, length: 0, arrival: 0 };
