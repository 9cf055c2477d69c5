// Our use of age (age-encryption.org/v1): the device's identity, and files under a passphrase (spec/card.md,
// "Recipient"). The one owner of age-encryption, which is loaded at the first use.
import { SatchelError } from '../format/error.js';
import { hkdfSha256, hmacSha256, isSameCode } from '../format/platform.js';
import type { SealedHeader } from '../format/sealed/header.js';
import { type Stanza, wrapFileKey, X25519Identity } from './x25519.js';

/** A new native age identity, "AGE-SECRET-KEY-1...", from 32 random bytes. */
export async function createAgeIdentity(random: (size: number) => Buffer): Promise<string> {
  const { bech32 } = await import('@scure/base');
  return bech32.encodeFromBytes('age-secret-key-', random(32)).toUpperCase();
}

/**
 * The X25519 key (32 bytes) that files are encrypted to so that this identity opens them.
 * @throws SatchelError `damaged` when it is no age identity
 */
export async function recipientOf(identity: string): Promise<Buffer> {
  return (await identityOf(identity)).recipient;
}

/**
 * The identity as what opens sealed files.
 * @throws SatchelError `damaged` when it is no age identity
 */
export async function identityOf(identity: string): Promise<X25519Identity> {
  const { bech32 } = await import('@scure/base');
  const decoded = bech32.decodeUnsafe(identity.toLowerCase());
  const scalar = decoded && bech32.fromWordsUnsafe(decoded.words);
  if (decoded?.prefix !== 'age-secret-key-' || scalar?.length !== 32) {
    throw new SatchelError('damaged', 'the age identity among the secret keys is not one');
  }
  return new X25519Identity(scalar);
}

/** The bytes as an age file under a passphrase; `age -d` opens it. `workFactor` is the logarithm of scrypt's cost. */
export async function encryptUnderPassphrase(
  content: Uint8Array,
  passphrase: string,
  options: { workFactor?: number | undefined } = {},
): Promise<Buffer> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(options.workFactor ?? SCRYPT_WORK_FACTOR);
  return Buffer.from(await encrypter.encrypt(content));
}

/**
 * The content of an age file under a passphrase.
 * @throws SatchelError `wrong-passphrase` when it does not open the file, `damaged` when nothing would
 */
export async function decryptWithPassphrase(file: Uint8Array, passphrase: string): Promise<Buffer> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return Buffer.from(await decrypter.decrypt(file));
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('no identity matched')) {
      throw new SatchelError('wrong-passphrase', 'the passphrase does not open the secret keys', {
        cause,
        hint: AGAIN,
      });
    }
    throw new SatchelError('damaged', 'the file with the secret keys is damaged', { cause });
  }
}

/**
 * The key of a sealed file (16 bytes) by the first of these identities that its header has it for; undefined when it is
 * for none of them. Read here and not by the library, as headers are written: loading that is a fifth of what a command takes that
 * only opens the keys of private topics.
 * @throws SatchelError `bad-bundle` when somebody changed the header
 */
export async function fileKeyOf(
  header: SealedHeader,
  identities: readonly X25519Identity[],
  opened: (by: X25519Identity) => void = () => {},
): Promise<Buffer | undefined> {
  const stanzas = stanzasIn(header);
  for (const identity of identities) {
    const fileKey = identity.unwrapFileKey(stanzas);
    if (!fileKey) continue;
    opened(identity);
    if (isAuthentic(header, fileKey)) return Buffer.from(fileKey);
    const hint = 'copy it again, or have it sent again';
    throw new SatchelError('bad-bundle', 'the header of the sealed file is damaged', { hint });
  }
  return undefined;
}

/** What a header has for each recipient; it was read as one of the one form. */
function stanzasIn({ bytes, recipients }: SealedHeader): readonly Stanza[] {
  const lines = bytes.toString('latin1').split('\n');
  return Array.from({ length: recipients }, (_, i) => ({
    args: (lines[1 + 2 * i] ?? '').split(' ').slice(1),
    body: Buffer.from(lines[2 + 2 * i] ?? '', 'base64'),
  }));
}

/** Whether the code at the end of a header is made with the file's key over all before it. */
function isAuthentic({ bytes }: SealedHeader, fileKey: Uint8Array): boolean {
  const text = bytes.toString('latin1');
  const end = text.lastIndexOf(' ');
  const code = Buffer.from(text.slice(end + 1).trimEnd(), 'base64');
  return isSameCode(code, codeOf(bytes.subarray(0, end), fileKey));
}

/** The authentication code of a header that ends with its three dashes. */
function codeOf(signed: Uint8Array, fileKey: Uint8Array): Buffer {
  const key = hkdfSha256(fileKey, { salt: Buffer.alloc(0), info: 'header', length: 32 });
  return hmacSha256(key, [signed]);
}

/** A header for new recipients, and the key (16 bytes) that it holds for each of them. */
export interface NewHeader {
  readonly bytes: Buffer;
  readonly fileKey: Buffer;
}

/**
 * The header of a new sealed file for those keys (32 bytes each), in the order given. Written here and not by the library:
 * loading that takes longer than sealing a bundle of 100,000 messages.
 * @throws SatchelError `bad-card` for a key that nothing can be sealed to
 */
export async function createHeader(
  recipients: readonly Buffer[],
  random: (size: number) => Buffer,
): Promise<NewHeader> {
  const fileKey = random(FILE_KEY);
  const stanzas = recipients.map((recipient) => stanzaFor(recipient, fileKey, random));
  const signed = [VERSION, ...stanzas, '---'].join('\n');
  return { bytes: Buffer.from(`${signed} ${unpadded(codeOf(Buffer.from(signed), fileKey))}\n`), fileKey };
}

function stanzaFor(recipient: Buffer, fileKey: Buffer, random: (size: number) => Buffer): string {
  const stanza = wrapFileKey(new X25519Identity(random(32)), recipient, fileKey);
  if (!stanza) throw new SatchelError('bad-card', 'the recipient on a card is a key that nothing can be sealed to');
  return `-> ${stanza.args.join(' ')}\n${unpadded(stanza.body)}`;
}

/** Base64 as age has it. */
function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

const AGAIN =
  'run the same command again with another; if SATCHEL_PASSPHRASE_FILE is set, look into the file that it names';
const VERSION = 'age-encryption.org/v1';
const FILE_KEY = 16;

/** The header of a new file under a passphrase, and its key; `workFactor` is the logarithm of scrypt's cost. */
export async function createPassphraseHeader(
  passphrase: string,
  options: { workFactor?: number | undefined } = {},
): Promise<NewHeader> {
  const file = await encryptUnderPassphrase(new Uint8Array(), passphrase, options);
  const bytes = file.subarray(0, -EMPTY_PAYLOAD);
  return { bytes, fileKey: await fileKeyUnder(bytes, passphrase) };
}

/**
 * The key of a file under a passphrase, by its header.
 * @throws SatchelError `wrong-passphrase` when it does not open it, `bad-bundle` when nothing would
 */
export async function fileKeyUnder(header: Buffer, passphrase: string): Promise<Buffer> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return Buffer.from(await decrypter.decryptHeader(header));
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('no identity matched')) {
      throw new SatchelError('wrong-passphrase', 'the passphrase does not open the file', { cause, hint: AGAIN });
    }
    throw new SatchelError('bad-bundle', 'the header of the file is damaged', { cause, hint: 'copy it again' });
  }
}

/** Behind the header of a file without content: a nonce and a tag. The library seals no header alone. */
const EMPTY_PAYLOAD = 32;
const SCRYPT_WORK_FACTOR = 18;
