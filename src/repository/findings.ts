// What another thread finds out about a segment beside us: all that can be said of it without knowing its log, so that it
// need not be decompressed and hashed here once more (spec/repository.md, "Taking a segment").
import { SatchelError } from '../format/error.js';
import type { EntryId } from '../format/ids.js';
import type { Range } from '../format/meta.js';
import { decodeSegment, verifySegment } from '../format/segment.js';
import { Ingest, type Interpreter, type Known, type Place } from './ingest.js';
import type { RunRecord } from './record.js';

/** What is found out about a segment whose checksum, chain and last head are right. */
export interface Findings {
  /** Id of its last entry. */
  readonly id: EntryId;
  /** Absent where only somebody who knows the log can tell: for an introduction, or when payloads were dropped. */
  readonly whole?: WholeRun | undefined;
}

/** A segment all of whose payloads are there. */
export interface WholeRun {
  /** Its entries, as if none of them were held; where it lies is not known yet. */
  readonly run: RunRecord;
  /** Ranges of its own log that its entries retract. */
  readonly retracts: readonly Range[];
}

/** Verifies a segment; undefined when it is not valid. */
export function findingsOf(bytes: Buffer, interpreter: Interpreter): Findings | undefined {
  try {
    const segment = decodeSegment(bytes);
    if (segment.first === 0) return { id: verifySegment(segment) };
    const ingest = new Ingest(segment, NOTHING_KNOWN, interpreter);
    const id = verifySegment(segment, ingest.visit);
    const [run] = ingest.finish(id, NO_PLACE).runs;
    const isWhole = run?.end === segment.first + segment.count && !run.dropped && !run.unheld;
    return { id, whole: isWhole ? { run, retracts: ingest.retracts } : undefined };
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

const NOTHING_KNOWN: Known = { isHeld: () => false, isRetracted: () => false, now: 0 };
const NO_PLACE: Place = { pack: 0, offset: 0, length: 0, arrival: 0 };
