// Answering at a socket (spec/cli.md, "serve"): what goes wrong with one who comes is nothing to the others.
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { listenAt } from '../../../../src/sync/stream/listen.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

/** A connection there, once somebody listens. */
async function reach(place: string | number): Promise<Socket> {
  for (;;) {
    const socket = connect(place as string);
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
    { path: place },
    {
      signal: end.signal,
      answer: async (socket) => {
        answered++;
        socket.destroy();
        if (answered === 1) throw error;
      },
      failed: (failure) => failures.push(failure),
    },
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

it('who comes in crowds and proves nothing keeps nobody out, and nobody who has proved something is turned away', async () => {
  const end = new AbortController();
  const sockets: Socket[] = [];
  const known: Duplex[] = [];
  const asked = new EventEmitter();
  let port = 0;
  const ready = new Promise<void>((resolve) => {
    void listenAt(
      { host: '127.0.0.1', port: 0 },
      {
        signal: end.signal,
        answer: async (socket, proved) => {
          // the first says so
          if (known.length < 32 && sockets.length >= 40) {
            known.push(socket);
            proved();
          }
          asked.emit('one');
          socket.resume();
          await once(socket, 'close');
        },
        failed: (failure) => expect(failure).toBeUndefined(),
        ready: (at = 0) => {
          port = at;
          resolve();
        },
      },
    );
  });
  await ready;
  const come = async (): Promise<void> => {
    const there = once(asked, 'one');
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await Promise.race([there, once(socket, 'close')]);
  };
  // forty who prove nothing: each is answered, and the first have made room
  for (let i = 0; i < 40; i++) await come();
  await Promise.all(sockets.slice(0, 8).map((socket) => socket.closed || once(socket.resume(), 'close')));
  expect(sockets.slice(8).some(({ closed }) => closed)).toBe(false);
  // then those who are known, in the places of all the others, and one more, for whom there is none
  for (let i = 0; i < 32; i++) await come();
  expect(known).toHaveLength(32);
  await come();
  expect(known.some(({ closed }) => closed)).toBe(false);
  for (const socket of sockets) socket.destroy();
  end.abort();
});

it('who comes from elsewhere is not turned away for a crowd', async () => {
  const end = new AbortController();
  const asked = new EventEmitter();
  const port = await new Promise<number>((resolve) => {
    void listenAt(
      { host: '0.0.0.0', port: 0 },
      {
        signal: end.signal,
        answer: async (socket) => {
          asked.emit('one');
          socket.resume();
          await once(socket, 'close');
        },
        failed: (failure) => expect(failure).toBeUndefined(),
        ready: (at = 0) => resolve(at),
      },
    );
  });
  const come = async (localAddress: string): Promise<Socket> => {
    const there = once(asked, 'one');
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});
    await there;
    return socket.resume();
  };
  const elsewhere = await come('127.0.0.2');
  const crowd: Socket[] = [];
  for (let i = 0; i < 40; i++) crowd.push(await come('127.0.0.1'));
  await Promise.all(crowd.slice(0, 9).map((socket) => socket.closed || once(socket, 'close')));
  expect([elsewhere.closed, crowd.slice(9).some(({ closed }) => closed)]).toEqual([false, false]);
  for (const socket of [elsewhere, ...crowd]) socket.destroy();
  end.abort();
});
