// How a stream is run, and how long is waited for what (spec/stream.md, "Time").
import type { PersonId } from '../../format/ids.js';
import type { StreamClock } from './stream-clock.js';

/** How long is waited for what. */
export interface StreamTimes {
  /** For the other side to prove who it is, ms. */
  readonly greetingMs: number;
  /** For anything at all, ms. */
  readonly silenceMs: number;
  /** For more, before what came is made durable, ms. */
  readonly pauseMs: number;
}

/** How a stream is run. */
export interface StreamOptions {
  readonly clock?: StreamClock;
  readonly times?: Partial<StreamTimes>;
  /** Only these people may be at the other end; absent: every contact, and oneself. */
  readonly for?: readonly PersonId[] | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** As the specification has them, for who listens where many may come. */
export const TIMES: StreamTimes = { greetingMs: 10_000, silenceMs: 120_000, pauseMs: 200 };

/** For a pipe that was opened: something may have to be typed first, or the way be long. */
export const OPENED_TIMES: StreamTimes = { ...TIMES, greetingMs: 60_000 };
