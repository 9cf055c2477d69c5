// Comparing what a medium gives back with what was written to it (spec/drive.md, "Writing"). A file is opened anew for it:
// some file systems answer from buffers of the handle that wrote it, others answer wrongly through that handle.
import { createHash, type Hash } from 'node:crypto';
import { type Bundle, openBundle } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import { type OpenFile, openFile } from '../import/source.js';

/** Passes a small file that holds these bytes. @throws SatchelError `io` */
export function assertHolds(file: string, bytes: Buffer): void {
  const source = openFile(file);
  try {
    if (source.size !== bytes.length || !source.read(0, bytes.length).equals(bytes)) throw differs(file);
  } finally {
    source.close();
  }
}

/**
 * Passes a bundle of our own that is what was written: its manifest, which our key signed, tells the digest of every
 * member. Returns the digest of the file.
 * @throws SatchelError `io` when it is anything else
 */
export function assertBundle(file: string, size: number): Digest {
  const source = openFile(file);
  try {
    if (source.size !== size) throw differs(file);
    return digestOf(file, source, openBundle(source));
  } catch (error) {
    if (error instanceof SatchelError && error.exit >= 20 && error.exit < 30) throw differs(file, error);
    throw error;
  } finally {
    source.close();
  }
}

/** The digest of the whole file, read once; every member's digest is compared on the way. */
function digestOf(file: string, source: OpenFile, { members }: Bundle): Digest {
  const whole = createHash('sha256');
  let at = 0;
  for (const { offset, size, sha256 } of members) {
    feed(source, [whole], at, offset);
    const member = createHash('sha256');
    feed(source, [whole, member], offset, offset + size);
    if (member.digest('hex') !== sha256) throw differs(file);
    at = offset + size;
  }
  feed(source, [whole], at, source.size);
  return whole.digest('hex') as Digest;
}

function feed(source: OpenFile, hashes: readonly Hash[], from: number, end: number): void {
  source.pass(from, end, (bytes) => {
    for (const hash of hashes) hash.update(bytes);
  });
}

function differs(file: string, cause?: SatchelError): SatchelError {
  return new SatchelError('io', `${file} does not read back as it was written`, {
    ...(cause && { cause }),
    hint: 'the medium may be failing: use another one',
  });
}
