// A bundle's bytes the way a bad disk hands them out: piece by piece, in buffers that share memory with other data.
import type { ByteSource } from '../../src/format/source.js';

/** The bytes as a source that reads `pieceSize` bytes at a time and returns what it read amid garbage. */
export function splitSource(bytes: Buffer, pieceSize: number): ByteSource {
  return {
    size: bytes.length,
    read(offset, length) {
      const pool = Buffer.alloc(length + 2 * MARGIN, 0xa5);
      const end = Math.min(offset + length, bytes.length);
      for (let at = offset; at < end; at += pieceSize) {
        bytes.copy(pool, MARGIN + at - offset, at, Math.min(at + pieceSize, end));
      }
      return pool.subarray(MARGIN, MARGIN + Math.max(end - offset, 0));
    },
  };
}

/** Odd, so that nothing is aligned. */
const MARGIN = 13;
