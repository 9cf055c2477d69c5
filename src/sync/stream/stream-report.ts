// What came of a stream (spec/stream.md).
import type { SatchelError } from '../../format/error.js';
import type { Peer } from './greet.js';
import type { TakenCounts } from './intake.js';
import type { SentCounts } from './offer.js';

/** What came of a stream. */
export interface StreamReport {
  /** The pipe's. */
  readonly name: string;
  /** Who was there; undefined when nobody proved it. */
  readonly peer: Pick<Peer, 'person' | 'device' | 'card'> | undefined;
  readonly taken: TakenCounts;
  /** Of what was sent, what the other side has taken. */
  readonly sent: SentCounts;
  /** Frames of ours that were refused there, by their codes. */
  readonly refusedThere: readonly string[];
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly rounds: number;
  /** Why it ended before all was done. What was taken before stays. */
  readonly failure: SatchelError | undefined;
}

/** Of a stream over which nothing went. */
export const NOTHING_SENT: SentCounts = { entries: 0, messages: 0, blobs: 0, blobBytes: 0 };
/** Of one over which nothing came. */
export const NOTHING_TAKEN: TakenCounts = {
  fresh: 0,
  known: 0,
  skipped: 0,
  messages: 0,
  blobs: 0,
  blobBytes: 0,
  refused: [],
  cards: [],
  forked: [],
};
