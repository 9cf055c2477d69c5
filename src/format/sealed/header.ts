// The header of a sealed file: an age file to X25519 recipients and to nothing else, so that it has one form
// (spec/sealed.md, "Header"). Told apart and bounded before any key is tried; what opens it is identity/age.ts.
import { SatchelError } from '../error.js';
import { SCRYPT_WORK_MAX, SEALED_HEADER_MAX, SEALED_RECIPIENTS_MAX } from '../limits.js';
import type { ByteSource } from '../source.js';

/** A header of the one form. */
export interface SealedHeader {
  /** From the first byte of the file to the line feed before its payload. */
  readonly bytes: Buffer;
  /** To how many keys the file is sealed, at least 1. */
  readonly recipients: number;
}

/** Whether the file is a sealed one, of whatever version. */
export function isSealed(source: ByteSource): boolean {
  return source.read(0, Math.min(source.size, MAGIC.length)).toString('latin1') === MAGIC;
}

/** Bytes of the header of a file that is sealed to so many keys. */
export function sealedHeaderSize(recipients: number): number {
  return VERSION.length + 1 + recipients * STANZA_SIZE + END_SIZE;
}

/**
 * The header at the beginning of a sealed file.
 * @throws SatchelError `newer-version` for another version of age or another kind of recipient, `over-limit` for more than
 *   128 recipients or 64 KiB, `bad-bundle` when it is malformed or was made under a passphrase
 */
export function readSealedHeader(source: ByteSource): SealedHeader {
  const lines = new Lines(source);
  if (lines.next() !== VERSION) throw newer('it was encrypted by a newer version of age');
  for (let recipients = 0; ; recipients += 1) {
    const line = lines.next();
    if (line.startsWith('---')) return ended(line, recipients, lines.read);
    if (recipients === SEALED_RECIPIENTS_MAX) throw tooLong(`it is sealed to more than ${SEALED_RECIPIENTS_MAX} keys`);
    assertStanza(line);
    if (!KEY.test(lines.next())) throw bad('the body of a recipient is malformed');
  }
}

/**
 * The header of a file under a passphrase, up to the line feed before its payload; undefined when it is for keys.
 * @throws SatchelError `over-limit` when opening it would take long, `bad-bundle` when it is malformed
 */
export function readPassphraseHeader(source: ByteSource): Buffer | undefined {
  const lines = new Lines(source);
  if (lines.next() !== VERSION) throw newer('it was encrypted by a newer version of age');
  const [arrow, type, salt, work, ...rest] = lines.next().split(' ');
  if (arrow !== '->' || type !== 'scrypt') return undefined;
  if (rest.length > 0 || !SALT.test(salt ?? '') || !WORK.test(work ?? ''))
    throw bad('its passphrase line is malformed');
  if (Number(work) > SCRYPT_WORK_MAX) throw tooLong(`its passphrase would take more work than 2^${SCRYPT_WORK_MAX}`);
  if (!KEY.test(lines.next())) throw bad('the body of its passphrase line is malformed');
  const end = lines.next();
  if (!end.startsWith('--- ') || !KEY.test(end.slice(4))) throw bad('the last line of its header is malformed');
  return lines.read;
}

function ended(line: string, recipients: number, bytes: Buffer): SealedHeader {
  if (!line.startsWith('--- ') || !KEY.test(line.slice(4))) throw bad('the last line of its header is malformed');
  if (recipients === 0) throw bad('it is sealed to nobody');
  return { bytes, recipients };
}

function assertStanza(line: string): void {
  const [arrow, type, ...rest] = line.split(' ');
  if (arrow !== '->' || !type) throw bad('its header is malformed');
  if (type === 'scrypt') throw bad('it was encrypted under a passphrase, as no bundle is');
  if (type !== 'X25519') throw newer('it is sealed to a kind of key that this version does not know');
  if (rest.length !== 1 || !KEY.test(rest[0] ?? '')) throw bad('the key share of a recipient is malformed');
}

/** The lines of a header one after the other, as far as a header may reach. */
class Lines {
  readonly #bytes: Buffer;
  readonly #isCut: boolean;
  #at = 0;

  constructor(source: ByteSource) {
    this.#bytes = source.read(0, Math.min(source.size, SEALED_HEADER_MAX));
    this.#isCut = source.size <= SEALED_HEADER_MAX;
  }

  /** What has been read so far, line feeds included. */
  get read(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  next(): string {
    const end = this.#bytes.indexOf(LINE_FEED, this.#at);
    if (end < 0) throw this.#isCut ? bad('it is cut off in its header') : tooLong('its header is too long');
    const line = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return line;
  }
}

function bad(why: string): SatchelError {
  return new SatchelError('bad-bundle', `not a sealed bundle: ${why}`, { hint: 'have it sent again' });
}

function newer(why: string): SatchelError {
  return new SatchelError('newer-version', why, { hint: 'update satchel' });
}

function tooLong(why: string): SatchelError {
  return new SatchelError('over-limit', `not a sealed bundle: ${why}`);
}

const MAGIC = 'age-encryption.org/';
const VERSION = `${MAGIC}v1`;
const LINE_FEED = 0x0a;
/** A line with type and share, and one with the body. */
const STANZA_SIZE = '-> X25519 '.length + 2 * (43 + 1);
/** The line with the authentication code. */
const END_SIZE = '--- '.length + 43 + 1;
/** 32 bytes in base64 without padding: the last character has two bits that must be zero. */
const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/;
/** 16 bytes likewise: the last character has four such bits. */
const SALT = /^[A-Za-z0-9+/]{21}[AQgw]$/;
const WORK = /^[1-9][0-9]?$/;
