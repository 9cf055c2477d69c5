// The content of a sealed file as a file of its own, decrypted straight to a copy without a name (spec/sealed.md, "Opening").
import { createHash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import type { SealedHeader } from '../../format/sealed/header.js';
import { openPayload, salvagePayload } from '../../format/sealed/payload.js';
import type { ByteSource } from '../../format/source.js';
import type { FileKey } from '../../identity/file-keys.js';
import { type OpenFile, type SpooledFile, spool } from './source.js';

/** What opens a sealed file. */
export interface Unsealing extends FileKey {
  readonly header: SealedHeader;
}

/**
 * Decrypts an open sealed file to `directory`, in one read of it. The copy has the sealed file's name and digest, by which
 * the file is known wherever it lies.
 * @throws SatchelError `bad-bundle` when it does not open to its end, `changed` when it is another file by now, `over-limit`,
 *   `io`, `no-space`
 */
export function spoolSealed(source: OpenFile, unsealing: Unsealing, directory: string): SpooledFile {
  return spoolBy(openPayload, source, unsealing, directory);
}

/**
 * The same with what opens of a damaged one, at its place.
 * @throws SatchelError `changed`, `over-limit`, `io`, `no-space`
 */
export function salvageSealed(source: OpenFile, unsealing: Unsealing, directory: string): SpooledFile {
  return spoolBy(salvagePayload, source, unsealing, directory);
}

/** What can be said of a file of that many bytes that no key here opens. */
export function sealedForOthers({ recipients }: SealedHeader, size: number): SatchelError {
  const devices = recipients === 1 ? 'one device' : `at most ${recipients} devices`;
  const hint = 'only who it was made for can look inside';
  return new SatchelError('sealed', `sealed, ${size} bytes, for ${devices}; no key here opens it`, { hint });
}

function spoolBy(
  opens: typeof openPayload,
  source: OpenFile,
  { header, fileKey, sealedTo }: Unsealing,
  directory: string,
): SpooledFile {
  const headerEnd = header.bytes.length;
  if (!source.read(0, headerEnd).equals(header.bytes)) throw changed(source.name);
  const hash = createHash('sha256').update(header.bytes);
  const hashed: ByteSource = {
    size: source.size,
    read: (offset, length) => {
      const bytes = source.read(offset, length);
      hash.update(bytes);
      return bytes;
    },
  };
  const copy = spool(source.name, directory, (each) => opens(hashed, { headerEnd, fileKey }, each));
  if (!source.hasChanged()) return { ...copy, sealedTo, digest: hash.digest('hex') as Digest };
  copy.close();
  throw changed(source.name);
}

function changed(name: string): SatchelError {
  const hint = 'do it again when nobody writes to it';
  return new SatchelError('changed', `${name} changed while it was read`, { hint });
}
