// Answering at a socket of this computer, or at a port (spec/cli.md, "serve").
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { isMissing, onDisk } from '../../repository/files.js';

/** Where somebody listens: a socket with a name, or a port at an address, 0 for any that is free. */
export type ListenPlace = { readonly path: string } | { readonly host: string; readonly port: number };

/** What is done with who comes. */
export interface Answering {
  /** Ends it: nobody more is answered. */
  readonly signal: AbortSignal;
  /** Speaks to one, and says when that one has proved to be known. */
  answer(pipe: Duplex, proved: () => void): Promise<void>;
  /** Hears what goes wrong with one of them, which ends nothing for the others. */
  failed(error: unknown): void;
  /** Hears when whoever comes is answered; with the port, where there is one. */
  ready?(port: number | undefined): void;
}

/** So many are spoken to at once. */
const PEERS_MAX = 32;
/** Read and written by its owner alone. */
const OTHERS_MASK = 0o177;

/**
 * Listens there until the signal, and has each who comes spoken to. Resolves when nobody is spoken to any more. Where as many are
 * there as may be, of those who have proved nothing yet the first of the address with the most of them makes room; without one, whoever comes is turned away.
 * @throws SatchelError `io` when something else is there, or somebody answers there already
 */
export async function listenAt(place: ListenPlace, { signal, answer, failed, ready }: Answering): Promise<void> {
  const { createServer } = await import('node:net');
  const open = new Map<Socket, { isProved: boolean; over: Promise<void> }>();
  const server = createServer({ noDelay: true }, (socket) => {
    if (signal.aborted || (open.size >= PEERS_MAX && !makeRoom(open))) {
      socket.destroy();
      return;
    }
    const one = { isProved: false, over: Promise.resolve() };
    open.set(socket, one);
    const proved = (): void => {
      one.isProved = true;
    };
    one.over = answer(socket, proved)
      .catch(failed)
      .finally(() => open.delete(socket));
  });
  await listen(server, place);
  const at = server.address();
  ready?.(typeof at === 'object' ? (at satisfies AddressInfo | null)?.port : undefined);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // the name goes with it
  server.close();
  await Promise.all([...open.values()].map(({ over }) => over));
}

/** Whether somebody could be turned away: who comes in crowds and proves nothing keeps nobody out, from elsewhere at once. */
function makeRoom(open: Map<Socket, { readonly isProved: boolean }>): boolean {
  const crowds = new Map<string | undefined, Socket[]>();
  for (const [socket, { isProved }] of open) {
    if (isProved) continue;
    const { remoteAddress } = socket;
    crowds.set(remoteAddress, [...(crowds.get(remoteAddress) ?? []), socket]);
  }
  const [largest] = [...crowds.values()].sort((a, b) => b.length - a.length);
  const socket = largest?.[0];
  if (!socket) return false;
  socket.destroy();
  return open.delete(socket);
}

async function listen(server: Server, place: ListenPlace): Promise<void> {
  try {
    await listening(server, place);
  } catch (error) {
    if (!('path' in place)) throw notThere(`port ${place.port} of ${place.host}`, error, hintOfPort(error));
    const { path } = place;
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isLeftBehind(path)))
      throw notThere(path, error);
    onDisk(`removing ${path}`, () => disk.remove(path));
    await listening(server, place).catch((again: unknown) => {
      throw notThere(path, again);
    });
  }
}

/** It is named while listen() runs, so that nobody else ever gets to it. */
function listening(server: Server, place: ListenPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(OTHERS_MASK);
    try {
      server.listen(place, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

/** Whether it is a socket at which nobody answers: whoever did was killed. */
async function isLeftBehind(path: string): Promise<boolean> {
  const stat = onDisk(`reading ${path}`, () => {
    try {
      return disk.stat(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
  if (!stat || stat.isFile() || stat.isDirectory()) return false;
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket: Socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
}

function notThere(place: string, cause: unknown, hint = FREE_PATH): SatchelError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? 'something is there already' : code;
  return new SatchelError('io', `nobody can be answered at ${place}: ${why}`, {
    cause,
    hint,
  });
}

function hintOfPort(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ELSEWHERE.includes(code)
    ? 'name an address of this computer, or 0.0.0.0 for all of them'
    : 'name a port that is free';
}

/** What a system says of an address that is not its own, or of a name without any. */
const ELSEWHERE = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'];
const FREE_PATH = 'name a path that is free, in a directory of your own';
