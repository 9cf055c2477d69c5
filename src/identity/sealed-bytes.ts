// Small sealed files that are no bundles, whole in memory (spec/sealed.md).
import { SatchelError } from '../format/error.js';
import { isSealed, readSealedHeader } from '../format/sealed/header.js';
import { openPayload, sealPayload } from '../format/sealed/payload.js';
import { sourceOf } from '../format/source.js';
import { createHeader } from './age.js';
import type { FileKeys } from './file-keys.js';

/** The bytes as a sealed file for these keys, 32 bytes each. */
export async function sealBytes(
  content: Buffer,
  recipients: readonly Buffer[],
  random: (size: number) => Buffer,
): Promise<Buffer> {
  const { bytes, fileKey } = await createHeader(recipients, random);
  return Buffer.concat([bytes, ...sealPayload(sourceOf(content), fileKey, random(NONCE_BYTES))]);
}

/**
 * What is in a sealed file.
 * @throws SatchelError `sealed` when no key here opens it, `bad-bundle` when it is none, or damaged
 */
export async function openSealedBytes(file: Buffer, keys: FileKeys): Promise<Buffer> {
  const source = sourceOf(file);
  if (!isSealed(source)) throw new SatchelError('bad-bundle', 'this is no sealed file', { hint: 'copy it again' });
  const header = readSealedHeader(source);
  const found = await keys(header);
  if (!found) {
    const hint = 'it was made for another device';
    throw new SatchelError('sealed', 'no key here opens it', { hint });
  }
  const pieces: Buffer[] = [];
  openPayload(source, { headerEnd: header.bytes.length, fileKey: found.fileKey }, (piece) => pieces.push(piece));
  return Buffer.concat(pieces);
}

const NONCE_BYTES = 16;
