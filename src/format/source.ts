// Bytes that can be read at any place: how the pure readers see a file (spec/bundle.md, "Reading").
import { SatchelError } from './error.js';

/** A file or anything like it. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** The bytes at `offset`, in a buffer that is not used again; fewer only if the file shrank meanwhile. */
  read(offset: number, length: number): Buffer;
}

/**
 * Exactly `length` bytes at `offset`.
 * @throws SatchelError `bad-tar` when the source ends before, `changed` when it became shorter while it was read
 */
export function readExactly(source: ByteSource, offset: number, length: number): Buffer {
  if (offset + length > source.size) throw cutOffAt(source);
  const bytes = source.read(offset, length);
  if (bytes.length !== length) throw new SatchelError('changed', 'file changed while it was read');
  return bytes;
}

/** The error for a file that ends before what it must have at its beginning. */
export function cutOffAt({ size }: ByteSource): SatchelError {
  return new SatchelError('bad-tar', `file is cut off at byte ${size}`, { hint: 'copy it again' });
}

/** Bytes in memory as a source. */
export function sourceOf(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
