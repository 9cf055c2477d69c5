// Standard input as a whole, and pipes that were named instead of it.
import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { SatchelError } from '../../format/error.js';
import { diskError } from '../../repository/files.js';

const PIECE_SIZE = 65_536;

/**
 * All of standard input.
 * @throws SatchelError `too-large` when it has more than `maxBytes`, `io`
 */
export function readInput(maxBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for (let piece = readPiece(); piece.length > 0; piece = readPiece()) {
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes > maxBytes) throw new SatchelError('too-large', `standard input has more than ${maxBytes} bytes`);
  }
  return Buffer.concat(pieces);
}

/** What comes out of a named pipe, as it comes. */
export function openPipe(name: string): Readable {
  return fs.createReadStream(name);
}

function readPiece(): Buffer {
  const buffer = Buffer.allocUnsafe(PIECE_SIZE);
  for (;;) {
    try {
      return buffer.subarray(0, fs.readSync(0, buffer));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Windows reports the end of a pipe so.
      if (code === 'EOF') return Buffer.alloc(0);
      if (code !== 'EAGAIN') throw diskError('reading standard input', error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
