// Two replicas that speak over a stream.
import { openDesk } from '../../src/sync/stream/desk.js';
import { runStream } from '../../src/sync/stream/stream.js';
import type { StreamClock } from '../../src/sync/stream/stream-clock.js';
import type { StreamOptions } from '../../src/sync/stream/stream-options.js';
import type { StreamReport } from '../../src/sync/stream/stream-report.js';
import { type PipePair, pipePair } from './pipes.js';
import type { Replica } from './replica.js';

/** A clock on which no limit passes, but for the pause before a batch is taken: that is over when nothing more is at hand. */
export const PATIENT: StreamClock = {
  after: (ms, done) => {
    if (ms > PAUSE_MS) return () => {};
    const soon = setImmediate(done);
    return () => clearImmediate(soon);
  },
};

/** One whose limits pass soon: for streams that a bad pipe leaves waiting for what never comes. */
export const IMPATIENT: StreamClock = {
  after: (ms, done) => {
    if (ms <= PAUSE_MS) return PATIENT.after(ms, done);
    const timer = setTimeout(done, SOON_MS);
    return () => clearTimeout(timer);
  },
};

const PAUSE_MS = 1_000;
const SOON_MS = 300;

/** One side of a stream. */
export function speak(replica: Replica, pipe: PipePair['a'], options: StreamOptions = {}): Promise<StreamReport> {
  const desk = openDesk(replica.repository, { author: () => replica.author(), quotas: replica.quotas });
  return runStream(desk, pipe, { clock: PATIENT, ...options });
}

/** A stream between two; their reports. */
export async function stream(
  a: Replica,
  b: Replica,
  pipes: PipePair = pipePair(),
  options: StreamOptions = {},
): Promise<readonly [StreamReport, StreamReport]> {
  const [first, second] = await Promise.all([speak(a, pipes.a, options), speak(b, pipes.b, options)]);
  return [first, second];
}
