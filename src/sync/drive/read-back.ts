// Comparing what a medium gives back with what was written to it (spec/drive.md, "Writing").
import { createHash, type Hash } from 'node:crypto';
import { type Bundle, openBundle } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import type { OpenFile } from '../import/source.js';

/** Passes a small file that holds these bytes. @throws SatchelError `io` */
export function assertHolds(written: OpenFile, bytes: Buffer): void {
  if (written.size !== bytes.length || !written.read(0, bytes.length).equals(bytes)) throw differs(written);
}

/**
 * Passes a bundle of our own that is what was written: its manifest, which our key signed, tells the digest of every
 * member. Returns the digest of the file.
 * @throws SatchelError `io` when it is anything else
 */
export function assertBundle(written: OpenFile, size: number): Digest {
  if (written.size !== size) throw differs(written);
  try {
    return digestOf(written, openBundle(written));
  } catch (error) {
    if (error instanceof SatchelError && error.exit >= 20 && error.exit < 30) throw differs(written, error);
    throw error;
  }
}

/** The digest of the whole file, read once; every member's digest is compared on the way. */
function digestOf(source: OpenFile, { members }: Bundle): Digest {
  const whole = createHash('sha256');
  let at = 0;
  for (const { offset, size, sha256 } of members) {
    feed(source, [whole], at, offset);
    const member = createHash('sha256');
    feed(source, [whole, member], offset, offset + size);
    if (member.digest('hex') !== sha256) throw differs(source);
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

function differs({ name }: OpenFile, cause?: SatchelError): SatchelError {
  return new SatchelError('io', `${name} does not read back as it was written`, {
    ...(cause && { cause }),
    hint: 'the medium may be failing: use another one',
  });
}
