// Answering at a socket (spec/cli.md, "serve"): what goes wrong with one who comes is nothing to the others.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { listenAt } from '../../../../src/sync/stream/listen.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

/** A connection there, once somebody listens. */
async function reach(place: string): Promise<Socket> {
  for (;;) {
    const socket = connect(place);
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      await new Promise(setImmediate);
    }
  }
}

it('what fails with one is told, and the next one is answered', async () => {
  const place = path.join(scratchDirectory(), 's');
  const end = new AbortController();
  const failures: unknown[] = [];
  let answered = 0;
  const error = new Error('its hook');
  const over = listenAt(
    place,
    end.signal,
    async (pipe) => {
      answered++;
      pipe.destroy();
      if (answered === 1) throw error;
    },
    (failure) => failures.push(failure),
  );
  for (let i = 0; i < 2; i++) {
    const socket = await reach(place);
    socket.resume();
    await once(socket, 'close');
  }
  end.abort();
  await over;
  expect([answered, failures]).toEqual([2, [error]]);
});
