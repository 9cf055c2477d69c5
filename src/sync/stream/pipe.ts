// What a stream goes over: bytes that come, and bytes that go (spec/stream.md).
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A pair of byte pipes. */
export interface BytePipe {
  /** For reports and the journal, without secrets. */
  readonly name: string;
  /** What both ends of an encrypted channel compute of it, 32 bytes; absent where there is none. */
  readonly binding?: Buffer | undefined;
  /** What comes, in pieces; ends when the other side has closed. To be gone through once. */
  readonly incoming: AsyncIterable<Buffer>;
  /** Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>;
  /** Nothing more is written; resolves when all has gone. */
  end(): Promise<void>;
  /** Ends both directions at once, whatever is on the way. */
  destroy(): void;
}

/** The pipe of two streams of Node; the same one twice for a socket. */
export function pipeOf(name: string, incoming: Readable, outgoing: Writable): BytePipe {
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
  };
  // whoever waits is told by what it waits for; nobody may be gone when it comes
  incoming.on('error', fail);
  outgoing.on('error', fail);
  return {
    name,
    incoming,
    write: async (bytes) => {
      if (failure) throw failure;
      if (!outgoing.write(bytes)) await orClosed(outgoing, 'drain');
    },
    end: async () => {
      if (failure || outgoing.writableFinished || outgoing.destroyed) return;
      outgoing.end();
      await orClosed(outgoing, 'finish').catch(() => {});
    },
    destroy: () => {
      incoming.destroy();
      outgoing.destroy();
    },
  };
}

/** Waits for the event; @throws Error when it cannot come any more */
async function orClosed(stream: Writable, event: 'drain' | 'finish'): Promise<void> {
  const given = new AbortController();
  const { signal } = given;
  try {
    const isClosed = await Promise.race([
      once(stream, event, { signal }).then(() => false),
      once(stream, 'close', { signal }).then(() => true),
    ]);
    if (isClosed) throw new Error('the pipe was closed');
  } finally {
    given.abort();
  }
}
