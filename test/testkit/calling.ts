// Two replicas of which one calls the other: over whatever pipe, encrypted (spec/stream.md, "Calls").
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { SatchelError } from '../../src/format/error.js';
import type { PersonId } from '../../src/format/ids.js';
import { answerCall, type CallOptions, call } from '../../src/sync/stream/call.js';
import { CallBook } from '../../src/sync/stream/call-keys.js';
import { openDesk } from '../../src/sync/stream/desk.js';
import type { BytePipe } from '../../src/sync/stream/pipe.js';
import { runStream } from '../../src/sync/stream/stream.js';
import type { StreamClock } from '../../src/sync/stream/stream-clock.js';
import type { StreamReport } from '../../src/sync/stream/stream-report.js';
import { type DuplexPair, duplexPair } from './pipes.js';
import type { Replica } from './replica.js';
import { PATIENT } from './streaming.js';

/** How a call ended: what came of the stream, or why there was none. */
export type Called = Pick<StreamReport, 'failure'> & { readonly report?: StreamReport };

/** How it is made. */
export interface CallingOptions {
  readonly clock?: StreamClock;
  readonly people?: readonly PersonId[];
}

/** One that calls at `a`, the other one answers at `b`. */
export async function callOver(
  caller: Replica,
  answerer: Replica,
  { a, b }: Pick<DuplexPair, 'a' | 'b'> = duplexPair(),
  options: CallingOptions = {},
): Promise<readonly [Called, Called]> {
  return Promise.all([speakCalled(caller, a, call, options), speakCalled(answerer, b, answerCall, options)]);
}

/** One side of it. */
export async function speakCalled(
  replica: Replica,
  duplex: Duplex,
  open: (duplex: Duplex, options: CallOptions) => Promise<BytePipe>,
  { clock = PATIENT, people }: CallingOptions = {},
): Promise<Called> {
  const desk = openDesk(replica.repository, { author: () => replica.author(), quotas: replica.quotas });
  const book = new CallBook(desk, people);
  try {
    const pipe = await open(duplex, { name: 'call', book, random: randomBytes, limitMs: 10_000, clock });
    const report = await runStream(desk, pipe, { clock });
    return { failure: report.failure, report };
  } catch (failure) {
    if (!(failure instanceof SatchelError)) throw failure;
    return { failure };
  }
}
