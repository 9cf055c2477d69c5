// Sealing a bundle: written plainly to a copy without a name first, then encrypted to its place while it is hashed
// (spec/sealed.md, "Writing").
import { createHash } from 'node:crypto';
import { paddingFor } from '../../format/bundle/padding.js';
import type { Digest } from '../../format/ids.js';
import { sealPayload } from '../../format/sealed/payload.js';
import type { ByteSource } from '../../format/source.js';
import { createHeader, type NewHeader } from '../../identity/age.js';
import { writeFully } from '../../repository/store/fully.js';
import { type OpenFile, writeSpool } from '../import/source.js';
import type { Session } from '../session.js';
import { mostIn, type Seal } from './seal.js';
import { type BundleParts, sizeOfBundle, writeBundle } from './write-bundle.js';

/** What one file is sealed with, and no other file. */
export interface Sealing {
  readonly seal: Seal;
  readonly header: NewHeader;
  /** 16 bytes. */
  readonly nonce: Buffer;
  /** Where the plain bundle lies meanwhile. */
  readonly directory: string;
}

/**
 * Makes the header, which takes the one thing that cannot be done while a file is written: waiting.
 * @throws SatchelError `bad-card` when nothing can be sealed to one of the keys
 */
export async function openSealing({ repository }: Session, seal: Seal): Promise<Sealing> {
  const { random } = repository.world;
  const header = await createHeader(seal.keys, random);
  return { seal, header, nonce: random(NONCE), directory: repository.layout.tmp };
}

/** The bundle with so much padding that its length says little; without, where it would pass what any bundle may have. */
export function withPadding(parts: BundleParts, seal: Seal): BundleParts {
  const padding = paddingFor((size) => sizeOfBundle({ ...parts, padding: size }), mostIn(seal));
  return { ...parts, padding: padding ?? 0 };
}

/**
 * The plain bundle, in a copy that only this process can read and that vanishes when it is closed.
 * @throws SatchelError `no-space` when the own disk has no room for it, `io`
 */
export function spoolPlain(name: string, parts: BundleParts, seed: Buffer, { seal, directory }: Sealing): OpenFile {
  return writeSpool(name, directory, (fd) => writeBundle(fd, withPadding(parts, seal), seed));
}

/** Encrypts the plain bundle into an empty open file; returns the size and the SHA-256 of what was written. */
export function writeSealed(
  fd: number,
  plain: ByteSource,
  { header, nonce }: Sealing,
): { readonly bytes: number; readonly digest: Digest } {
  const hash = createHash('sha256');
  let at = 0;
  const put = (bytes: Buffer): void => {
    hash.update(bytes);
    writeFully(fd, bytes, at);
    at += bytes.length;
  };
  put(header.bytes);
  for (const piece of sealPayload(plain, header.fileKey, nonce)) put(piece);
  return { bytes: at, digest: hash.digest('hex') as Digest };
}

const NONCE = 16;
