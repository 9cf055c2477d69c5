// What whoever finds a file could find in it: every secret in every form, at every byte, and behind everything that could be
// the start of compressed data.
import fs from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';

/** Something that is not to be found. */
export interface Secret {
  /** What it is, for who reads that it was found. */
  readonly what: string;
  readonly bytes: Buffer;
}

/** A text, such as a message, a label, or a name. */
export function secretText(what: string, text: string): Secret {
  return { what: `${what} "${text}"`, bytes: Buffer.from(text) };
}

/** An id, given in hex: its first eight bytes would tell it. */
export function secretId(what: string, id: string): Secret {
  return { what: `${what} ${id.slice(0, 16)}`, bytes: Buffer.from(id.slice(0, 16), 'hex') };
}

/** Each file below a directory, and all of their names as one more. */
export function filesBelow(root: string): { readonly name: string; readonly bytes: Buffer }[] {
  const names = fs.readdirSync(root, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(path.join(root, name)).isFile());
  const found = files.map((name) => ({ name, bytes: fs.readFileSync(path.join(root, name)) }));
  return [{ name: 'names', bytes: Buffer.from(names.join('\n')) }, ...found];
}

/**
 * Which of the secrets the bytes show, by what they are. Looks at every byte of them; with `isPlain` not behind each for something
 * compressed, which takes long.
 */
export function foundIn(bytes: Buffer, secrets: readonly Secret[], { isPlain = false } = {}): string[] {
  const left = new Map(secrets.map((secret) => [secret.what, formsOf(secret.bytes)]));
  const found: string[] = [];
  const look = (where: Buffer): void => {
    for (const [what, forms] of left) {
      if (!forms.some((form) => where.includes(form))) continue;
      found.push(what);
      left.delete(what);
    }
  };
  look(bytes);
  for (let at = 0; !isPlain && at < bytes.length && left.size > 0; at++) look(unpacked(bytes.subarray(at)));
  return found.sort();
}

/** As it is, in hex, and in base64 wherever it begins in what was encoded. */
function formsOf(bytes: Buffer): Buffer[] {
  const hex = bytes.toString('hex');
  const texts = [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((before) => inBase64(bytes, before))];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

/** The letters that depend on these bytes alone, behind so many others. */
function inBase64(bytes: Buffer, before: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((before * 8) / 6);
  const end = Math.floor(((before + bytes.length) * 8) / 6);
  const letters = encoded.slice(first, end);
  return [letters, letters.replaceAll('+', '-').replaceAll('/', '_')];
}

/** What a brotli stream that begins here holds, as far as it is one; most bytes begin none. */
function unpacked(bytes: Buffer): Buffer {
  try {
    return brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: OUTPUT_MAX });
  } catch {
    return NOTHING;
  }
}

const NOTHING = Buffer.alloc(0);
const OUTPUT_MAX = 4_194_304;
