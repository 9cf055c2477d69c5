// Comparing what a medium gives back with what was written to it (spec/drive.md, "Writing").
import { createHash, type Hash } from 'node:crypto';
import { blobDigest } from '../../format/bundle/members.js';
import { type Bundle, openBundle } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import type { OpenFile } from '../import/source.js';
import { ChunkNotes, type ChunkOnDrive } from './chunks.js';

/** Passes a small file that holds these bytes. @throws SatchelError `io` */
export function assertHolds(written: OpenFile, bytes: Buffer): void {
  if (written.size !== bytes.length || !written.read(0, bytes.length).equals(bytes)) throw differs(written);
}

/** A bundle as it was read back. */
export interface ReadBack {
  readonly bundle: Bundle;
  /** Of the whole file. */
  readonly digest: Digest;
  /** Its chunks of attachments. */
  readonly chunks: readonly ChunkOnDrive[];
}

/**
 * Passes a bundle of our own that is what was written: its manifest, which our key signed, tells the digest of every
 * member. All of it is read once, and what it holds need not be verified again.
 * @throws SatchelError `io` when it is anything else
 */
export function readBack(written: OpenFile, size: number): ReadBack {
  if (written.size !== size) throw differs(written);
  try {
    return compared(written, openBundle(written));
  } catch (error) {
    if (error instanceof SatchelError && error.exit >= 20 && error.exit < 30) throw differs(written, error);
    throw error;
  }
}

/** Passes a file that has just these bytes: so what is sealed is compared without any key. @throws SatchelError `io` */
export function assertDigest(written: OpenFile, size: number, digest: Digest): void {
  if (written.size !== size) throw differs(written);
  const whole = createHash('sha256');
  feed(written, [whole], 0, size);
  if (whole.digest('hex') !== digest) throw differs(written);
}

/** The bundle, every member compared with its digest. */
function compared(source: OpenFile, bundle: Bundle): ReadBack {
  const whole = createHash('sha256');
  const notes = new ChunkNotes();
  let at = 0;
  for (const { name, offset, size, sha256 } of bundle.members) {
    feed(source, [whole], at, offset);
    const member = createHash('sha256');
    const chunk = blobDigest(name);
    if (chunk) {
      const bytes = source.read(offset, size);
      notes.add(chunk, bytes);
      for (const hash of [whole, member]) hash.update(bytes);
    } else feed(source, [whole, member], offset, offset + size);
    if (member.digest('hex') !== sha256) throw differs(source);
    at = offset + size;
  }
  feed(source, [whole], at, source.size);
  return { bundle, digest: whole.digest('hex') as Digest, chunks: notes.all };
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
