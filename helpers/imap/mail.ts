// A file as a mail, and back: its name is the subject, its bytes are the body, in base64.
import { randomUUID } from 'node:crypto';
import { isSafeName } from '../../src/sync/medium/names.js';

/** The header that tells a mail of ours from all others, and how many bytes its file has. */
const SIZE_HEADER = 'satchel-size';
/** Header lines by which a file is listed. */
export const LISTED_HEADERS: readonly string[] = ['subject', SIZE_HEADER];

const ROW_BYTES = 57;
const ROWS = 4_096;
const DIGIT = 4;

/** What a mail says of the file in it. */
export interface MailedFile {
  readonly name: string;
  readonly size: number;
}

/** The mail of a file, as a server stores it. Nobody's address is in it, and each is another mail even where the file is the same. */
export function encodeMail(name: string, bytes: Buffer): Buffer {
  const head = [
    'From: satchel <satchel@satchel.invalid>',
    `Subject: ${name}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@satchel.invalid>`,
    `Satchel-Size: ${bytes.length}`,
    'MIME-Version: 1.0',
    'Content-Type: application/octet-stream',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n')), ...rowsOf(bytes)]);
}

/** In lines of 76 letters; many of them at once, as a file may be large. */
function rowsOf(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES * ROWS) {
    const letters = bytes.toString('base64', at, Math.min(bytes.length, at + ROW_BYTES * ROWS));
    pieces.push(Buffer.from(letters.replace(/.{1,76}/g, '$&\r\n')));
  }
  return pieces;
}

/** Which file is in a mail with these header lines; undefined for any other mail. */
export function parseListed(headers: Buffer): MailedFile | undefined {
  const fields = new Map<string, string>();
  for (const line of headers.toString('latin1').split(/\r?\n/)) {
    const [, key = '', value = ''] = /^([!-9;-~]{1,100}):(.*)$/.exec(line) ?? [];
    if (key !== '') fields.set(key.toLowerCase(), value.trim());
  }
  const name = fields.get('subject') ?? '';
  const size = fields.get(SIZE_HEADER) ?? '';
  return isSafeName(name) && /^\d{1,15}$/.test(size) ? { name, size: Number(size) } : undefined;
}

/** Turns the body of a mail into the bytes of its file, piece by piece. */
export class BodyDecoder {
  #rest = '';

  /** The bytes that are whole by now. */
  add(body: Buffer): Buffer {
    const letters = `${this.#rest}${body.toString('latin1').replaceAll(/\s/g, '')}`;
    const whole = letters.length - (letters.length % DIGIT);
    this.#rest = letters.slice(whole);
    return Buffer.from(letters.slice(0, whole), 'base64');
  }
}
