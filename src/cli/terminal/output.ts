// Standard output and error. Off a terminal both are written with plain system calls: `process.stdout` loads the network
// and terminal modules, a tenth of Node's own start-up time, and reports a closed pipe too late for synchronous code.
import fs from 'node:fs';
import os from 'node:os';
import { SatchelError } from '../../format/error.js';
import { diskError } from '../../repository/files.js';

/** Thrown by a write whose reader has gone; `main` ends the program quietly. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** One of the two output streams. */
export interface Output {
  /** Whether a person watches. */
  readonly isTerminal: boolean;
  /** Width of the terminal, 80 when unknown. */
  readonly columns: number;
  /**
   * Writes text or bytes; small pieces are gathered until the next turn of the event loop or `flush`.
   * @throws OutputClosed when nobody reads any more
   */
  write(chunk: string | Uint8Array): void;
  /** Writes what was gathered. */
  flush(): void;
}

const GATHER_BYTES = 65_536;
const COLUMNS_DEFAULT = 80;

/**
 * Writes what is worth something only as a whole, `what` it is called.
 * @throws SatchelError `io` when nobody read it to its end: of a text that is no failure
 */
export function writeWhole(stdout: Output, what: string, write: () => void): void {
  try {
    write();
    stdout.flush();
  } catch (cause) {
    if (!(cause instanceof OutputClosed)) throw cause;
    throw new SatchelError('io', `nobody read the ${what} to its end`, { cause, hint: 'run the same command again' });
  }
}

/** Opens file descriptor 1 or 2 as output. */
export function openOutput(fd: 1 | 2): Output {
  return mayBeTerminal(fd) && streamOf(fd).isTTY ? terminalOutput(fd) : plainOutput(fd);
}

// Loading node:tty to ask costs milliseconds; files, pipes and the null device are never terminals.
function mayBeTerminal(fd: number): boolean {
  try {
    const status = fs.fstatSync(fd);
    return status.isCharacterDevice() && status.rdev !== fs.statSync(os.devNull).rdev;
  } catch {
    return false;
  }
}

function streamOf(fd: 1 | 2): NodeJS.WriteStream {
  return fd === 1 ? process.stdout : process.stderr;
}

function terminalOutput(fd: 1 | 2): Output {
  const stream = streamOf(fd);
  return {
    isTerminal: true,
    get columns() {
      return stream.columns || COLUMNS_DEFAULT;
    },
    write: (chunk) => void stream.write(chunk),
    flush: () => {},
  };
}

function plainOutput(fd: 1 | 2): Output {
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  const flush = (): void => {
    const chunks = gathered;
    [gathered, gatheredBytes] = [[], 0];
    if (chunks.length > 0) writeAll(fd, Buffer.concat(chunks));
  };
  const flushLater = (): void => {
    try {
      flush();
    } catch (error) {
      // nobody is there to catch it: the next write, or the flush at the end, throws it
      failure = error;
    }
  };
  let failure: unknown;
  return {
    isTerminal: false,
    columns: COLUMNS_DEFAULT,
    write(chunk) {
      if (failure !== undefined) throw failure;
      if (gatheredBytes === 0) setImmediate(flushLater);
      gathered.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
      gatheredBytes += chunk.length;
      if (gatheredBytes >= GATHER_BYTES) flush();
    },
    flush() {
      // a reader that has gone is no failure to whoever has nothing more to say
      if (failure !== undefined && !(failure instanceof OutputClosed)) throw failure;
      flush();
    },
  };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EPIPE' || code === 'EOF') throw new OutputClosed();
      if (code !== 'EAGAIN') throw outputError(error);
      waitAwhile();
    }
  }
}

/** Nobody knows how far the command was: to run it again may do a second time what it did. */
function outputError(cause: unknown): unknown {
  const error = diskError('writing the output', cause);
  if (!(error instanceof SatchelError)) return error;
  return new SatchelError(error.code, error.message, {
    cause,
    hint: 'only the report is lost: what the command does may be done; look before you run it again',
  });
}

// A pipe that another program made non-blocking is full; there is no synchronous way to wait for its reader.
function waitAwhile(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
