// Answering at a socket of this computer (spec/cli.md, "serve").
import type { Server, Socket } from 'node:net';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { isMissing, onDisk } from '../../repository/files.js';
import { type BytePipe, pipeOf } from './pipe.js';

/** So many are spoken to at once; whoever comes then is turned away. */
const PEERS_MAX = 32;
/** Read and written by its owner alone. */
const OTHERS_MASK = 0o177;

/**
 * Listens at the path until the signal, and has each who comes spoken to. Resolves when nobody is spoken to any more. What goes
 * wrong with one of them is handed to `failed`, and ends nothing for the others.
 * @throws SatchelError `io` when something else is there, or somebody answers there already
 */
export async function listenAt(
  path: string,
  signal: AbortSignal,
  answer: (pipe: BytePipe) => Promise<void>,
  failed: (error: unknown) => void,
): Promise<void> {
  const { createServer } = await import('node:net');
  const open = new Set<Promise<void>>();
  const server = createServer((socket) => {
    if (open.size >= PEERS_MAX || signal.aborted) {
      socket.destroy();
      return;
    }
    const answered = answer(pipeOf(`unix:${path}`, socket, socket))
      .catch(failed)
      .finally(() => open.delete(answered));
    open.add(answered);
  });
  await listen(server, path);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // the name goes with it
  server.close();
  await Promise.all(open);
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    await listening(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isLeftBehind(path)))
      throw notThere(path, error);
    onDisk(`removing ${path}`, () => disk.remove(path));
    await listening(server, path).catch((again: unknown) => {
      throw notThere(path, again);
    });
  }
}

/** It is named while listen() runs, so that nobody else ever gets to it. */
function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(OTHERS_MASK);
    try {
      server.listen(path, () => {
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

function notThere(path: string, cause: unknown): SatchelError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? 'something is there already' : code;
  return new SatchelError('io', `nobody can be answered at ${path}: ${why}`, {
    cause,
    hint: 'name a path that is free, in a directory of your own',
  });
}
