// Thousands who come to an open port and prove nothing: what is kept of them is nothing (spec/cli.md, "serve").
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { encodeCallFrame, encodeHints } from '../../src/format/stream/call.js';
import { answerCall } from '../../src/sync/stream/call.js';
import { callingOf } from '../../src/sync/stream/carriers.js';
import { openDesk } from '../../src/sync/stream/desk.js';
import { listenAt } from '../../src/sync/stream/listen.js';
import { TIMES } from '../../src/sync/stream/stream-options.js';
import { collect } from '../testkit/collect.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';

/** What each sends at once: nothing, another protocol, a call with hints of nobody. */
const SAID: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  Buffer.concat([encodeCallFrame('call'), encodeCallFrame('hints', encodeHints(randomBytes(16), [randomBytes(256)]))]),
];
const FIRST = 2_000;
const ALL = 6_000;
/** At once. */
const CROWD = 50;
/** What a collector leaves lying about, whatever was done. */
const SLACK = 1_000_000;

it(`memory after ${ALL} calls of nobody is that after ${FIRST}`, async () => {
  const [alice] = (await makeFriends(memoryDirectory(), ['alice', 'bob'], 't')) as [Replica, Replica];
  const desk = openDesk(alice.repository, { author: () => alice.author() });
  const over = new AbortController();
  const calling = callingOf('tcp', { desk, signal: over.signal }, TIMES);
  let refused = 0;
  const { port, ended } = await new Promise<{ readonly port: number; readonly ended: Promise<void> }>((resolve) => {
    const ended = listenAt(
      { host: '127.0.0.1', port: 0 },
      {
        signal: over.signal,
        answer: async (duplex) => {
          // what an assertion of vitest looks at stays until the test is over
          await answerCall(duplex, calling).catch((error: unknown) => {
            if (error instanceof SatchelError) refused++;
          });
        },
        failed: (error) => expect(error).toBeUndefined(),
        ready: (at = 0) => resolve({ port: at, ended }),
      },
    );
  });
  const come = async (i: number): Promise<void> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    const said = SAID[i % SAID.length] ?? Buffer.alloc(0);
    if (said.length > 0) socket.write(said);
    else socket.end();
    socket.resume();
    await once(socket, 'close');
  };
  const flood = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i += CROWD) await Promise.all(Array.from({ length: CROWD }, (_, j) => come(i + j)));
    collect();
    await new Promise(setImmediate);
    collect();
    return process.memoryUsage().heapUsed + process.memoryUsage().external;
  };
  const after = await flood(FIRST);
  const later = await flood(ALL - FIRST);
  console.log(`${refused} refused; ${after} bytes after ${FIRST}, ${later - after} more after ${ALL}`);
  expect(refused).toBe(ALL);
  expect(later - after).toBeLessThan(SLACK);
  over.abort();
  await ended;
});
