// A bundle as text, for chats and mails (spec/bundle.md, "As text"): lines of base64 between two marks. A sealed file bears the
// marks of age, whose programs read it too. Read from whatever it was pasted into: quoted, wrapped anew, among other text.
import { SatchelError } from './error.js';

const LINE = 64;
const OPEN = 'SATCHEL BUNDLE';
const SEALED = 'AGE ENCRYPTED FILE';
const BEGIN = new RegExp(`-----BEGIN (${OPEN}|${SEALED})-----`, 'g');
/** What mail programs put before a line that they quote. */
const QUOTES = /^[\s>|]*/;

/** The text of a file of at most `ARMOR_MAX` bytes; `isSealed` tells which marks it bears. */
export function encodeArmor(bytes: Buffer, { isSealed }: { readonly isSealed: boolean }): string {
  const label = isSealed ? SEALED : OPEN;
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Whether text may have a file in it. */
export function hasArmor(text: string): boolean {
  return text.search(BEGIN) >= 0;
}

/**
 * The files in a text, in order.
 * @throws SatchelError `bad-bundle` for one that was cut off, or has something in it that is none of it
 */
export function decodeArmor(text: string): Buffer[] {
  return [...text.matchAll(BEGIN)].map((begin) => {
    const [mark, label] = begin;
    const from = begin.index + mark.length;
    const end = text.indexOf(`-----END ${label}-----`, from);
    if (end < 0) throw damaged('has no end: it was cut off');
    const lines = text.slice(from, end).split(/\r\n|\r|\n/);
    return decodeBase64(lines.map((line) => line.replace(QUOTES, '').trimEnd()).join(''));
  });
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  // whatever is missing, or stands between, leaves another text behind
  if (bytes.toString('base64') !== text) throw damaged('is not whole: something of it is missing, or was put between');
  return bytes;
}

function damaged(what: string): SatchelError {
  return new SatchelError('bad-bundle', `the bundle in this text ${what}`, {
    hint: 'copy it anew, from the line that begins it to the one that ends it, or ask for it as a file',
  });
}
