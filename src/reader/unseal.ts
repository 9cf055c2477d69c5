// Opening what is encrypted with age: with identities and passphrases that somebody typed or dropped into the page, which stay
// in its memory (spec/sealed.md, "Opening").
import { SatchelError } from '../format/error.js';
import { isSealed, readPassphraseHeader, readSealedHeader } from '../format/sealed/header.js';
import { openPayload } from '../format/sealed/payload.js';
import { type ByteSource, sourceOf } from '../format/source.js';
import { fileKeyUnder } from '../identity/age.js';
import { sealedForOthers } from '../sync/import/sealed-file.js';

/** What opens sealed files here. */
export interface Keys {
  /** "AGE-SECRET-KEY-1...", each once. */
  readonly identities: ReadonlySet<string>;
  readonly passphrases: ReadonlySet<string>;
}

/** More than one of a file of secret keys, and than anybody types. */
const IDENTITIES_MAX = 256;
const IDENTITY = /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/gi;

/** The age identities in a text: one that was pasted, a file of `age-keygen`, or the secret keys of a repository. */
export function identitiesIn(text: string): string[] {
  const found = [...text.matchAll(IDENTITY)].map(([identity]) => identity.toUpperCase());
  return [...new Set(found)].slice(0, IDENTITIES_MAX);
}

/**
 * The content of a file: as it is, or of what is sealed.
 * @throws SatchelError `sealed` when no key opens it, `locked` when a passphrase would; what is wrong with the file
 */
export async function contentOf(source: ByteSource, keys: Keys): Promise<ByteSource> {
  if (!isSealed(source)) return source;
  const underPassphrase = readPassphraseHeader(source);
  const header = underPassphrase ?? readSealedHeader(source).bytes;
  const fileKey = underPassphrase ? await keyUnder(header, keys) : await keyFor(source, keys);
  const pieces: Buffer[] = [];
  openPayload(source, { headerEnd: header.length, fileKey }, (piece) => void pieces.push(piece));
  return sourceOf(Buffer.concat(pieces));
}

async function keyUnder(header: Buffer, { passphrases }: Keys): Promise<Buffer> {
  let failure = new SatchelError('locked', 'encrypted under a passphrase', { hint: 'type the passphrase' });
  for (const passphrase of passphrases) {
    try {
      return await fileKeyUnder(header, passphrase);
    } catch (error) {
      if (!(error instanceof SatchelError) || error.code !== 'wrong-passphrase') throw error;
      failure = error;
    }
  }
  throw failure;
}

async function keyFor(source: ByteSource, { identities }: Keys): Promise<Buffer> {
  const header = readSealedHeader(source);
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return Buffer.from(await decrypter.decryptHeader(header.bytes));
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('no identity matched')) {
      throw sealedForOthers(header, source.size);
    }
    const hint = 'copy it again, or have it sent again';
    throw new SatchelError('bad-bundle', 'the header of the sealed file is damaged', { hint, cause });
  }
}
