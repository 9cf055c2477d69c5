// One mail as the messages that it becomes (spec/cli.md, "Mailboxes").
import { createHash } from 'node:crypto';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { SatchelError } from '../../../format/error.js';
import { ATTACHMENTS_MAX, CLOCK_LIMIT, KEY_MAX, PAYLOAD_MAX } from '../../../format/limits.js';
import { attachmentName } from './file-name.js';

/** A file that comes with a mail. */
export interface MailFile {
  readonly name: string;
  /** Empty when the mail does not say. */
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A message that a mail becomes, or a part of it that found no room in the first one. */
export interface MailMessage {
  readonly text: string | undefined;
  readonly key: string;
  readonly time: number | undefined;
  /** The key of what it answers, which may never have been posted. */
  readonly answers: string | undefined;
  readonly files: readonly MailFile[];
}

/** How mails are posted. */
export interface MailOptions {
  /** Addresses of the user: their mails are the user's own words. In lower case. */
  readonly own: ReadonlySet<string>;
  /** The label of the topic: a subject that says no more is left out. */
  readonly label: string;
}

/** Clear of this, a text fits into an entry with whatever else stands there. */
const TEXT_BYTES_MAX = PAYLOAD_MAX - 8_192;
const NESTING_MAX = 64;
const PARTS_MAX = 1_000;
/** Of all parts together: what is encoded in them is decoded at a cost that grows with its square. */
const HEADERS_BYTES_MAX = 262_144;

/**
 * The messages of a mail, whose separator in a mailbox may tell its date.
 * @throws SatchelError `usage` when it can't be read, or says nothing
 */
export async function readMail(bytes: Buffer, separator: string, options: MailOptions): Promise<MailMessage[]> {
  const { mail, pages } = await parse(bytes);
  const key = keyOf(mail, bytes);
  const files = [...pages, ...filesOf(mail)];
  const body = (mail.text ?? '').replaceAll('\r\n', '\n').replaceAll('\0', '').trim();
  const whole = [...headLines(mail, options), ...(body === '' ? [] : ['', body])].join('\n').trim().toWellFormed();
  const text = shortened(whole);
  if (text !== whole) files.unshift({ name: 'mail.txt', mediaType: 'text/plain', bytes: Buffer.from(whole) });
  if (body === '' && onOneLine(mail.subject ?? '') === '' && files.length === 0)
    throw new SatchelError('usage', 'it says nothing');
  const parts = inParts(files);
  const time = timeOf(mail, separator);
  return parts.map((part, at) => ({
    text: at === 0 && text !== '' ? text : undefined,
    key: at === 0 ? key : shortKey(`${key} ${at + 1}`),
    time,
    answers: at === 0 ? idIn(mail.inReplyTo) : key,
    files: part,
  }));
}

/** A mail, and what of its text is in HTML alone. */
interface Parsed {
  readonly mail: Email;
  readonly pages: readonly MailFile[];
}

/** What the parser calls for each part with text; by itself it would make text of HTML, at a cost that grows with its square. */
interface Collecting {
  addTextEntry(alternative: object, type: 'plain' | 'html', part: { readonly value: string }): void;
}

async function parse(bytes: Buffer): Promise<Parsed> {
  if (partsIn(bytes) > PARTS_MAX) throw new SatchelError('usage', `it has more than ${PARTS_MAX} parts`);
  const parser = new PostalMime({
    maxNestingDepth: NESTING_MAX,
    maxHeadersSize: HEADERS_BYTES_MAX,
    forceRfc822Attachments: true,
  });
  const collecting = parser as unknown as Collecting;
  const addText = collecting.addTextEntry.bind(parser);
  const plain = new Set<object>();
  const html: { readonly alternative: object; readonly text: string }[] = [];
  collecting.addTextEntry = (alternative, type, part) => {
    if (type === 'html') html.push({ alternative, text: part.value });
    else {
      plain.add(alternative);
      addText(alternative, type, part);
    }
  };
  try {
    const mail = await parser.parse(bytes);
    const alone = html.filter(({ alternative }) => !plain.has(alternative));
    const pages = alone.map(({ text }) => ({ name: 'mail.html', mediaType: 'text/html', bytes: Buffer.from(text) }));
    return { mail, pages };
  } catch (cause) {
    throw new SatchelError('usage', `it can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** Lines that begin a part, of whichever other part: counted before anything is made of them. */
function partsIn(bytes: Buffer): number {
  const text = bytes.toString('latin1');
  const boundaries = new Set(
    Array.from(text.matchAll(/boundary\s{0,8}=\s{0,8}"?([^";\r\n]{1,200})/gi), ([, name]) => name?.trim()),
  );
  let count = 0;
  for (const [, name] of text.matchAll(/^--([^\r\n]{1,200})/gm)) if (boundaries.has(name?.trim())) count++;
  return count;
}

/** Its Message-ID, else what stands for its bytes: read again, it is the same. */
function keyOf(mail: Email, bytes: Buffer): string {
  return idIn(mail.messageId) ?? `sha256:${createHash('sha256').update(bytes).digest('base64url')}`;
}

function idIn(header: string | undefined): string | undefined {
  const id = /<([^<>\s]+)>/.exec(header ?? '')?.[1]?.toWellFormed();
  return id === undefined ? undefined : shortKey(id);
}

function shortKey(key: string): string {
  return Buffer.byteLength(key) <= KEY_MAX ? key : `sha256:${createHash('sha256').update(key).digest('base64url')}`;
}

/** Who wrote it, unless the user did, and what it is about, unless the topic says so. */
function headLines({ from, subject = '' }: Email, { own, label }: MailOptions): string[] {
  const [author] = mailboxesOf(from);
  const isOwn = author !== undefined && own.has(author.address.toLowerCase());
  const about = onOneLine(subject);
  const isSame = about.replace(/^(re|fwd?|aw|wg|sv|vs): */i, '').toLowerCase() === label.toLowerCase();
  return [...(isOwn ? [] : [`From: ${addressText(author)}`]), ...(about === '' || isSame ? [] : [`Subject: ${about}`])];
}

interface Mailbox {
  readonly name: string;
  readonly address: string;
}

function mailboxesOf(address: Address | undefined): readonly Mailbox[] {
  if (!address) return [];
  return address.group ?? [{ name: address.name, address: address.address ?? '' }];
}

function addressText(author: Mailbox | undefined): string {
  if (!author) return 'unknown';
  const name = onOneLine(author.name);
  const address = onOneLine(author.address);
  if (name === '' || name === address) return address || 'unknown';
  return address === '' ? name : `${name} <${address}>`;
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('\0', '').trim();
}

function filesOf({ attachments }: Email): MailFile[] {
  return attachments.map(({ filename, mimeType, content }, at) => ({
    name: attachmentName(filename?.trim() || `part-${at + 1}`),
    mediaType: /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(mimeType) ? mimeType : '',
    bytes: typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as Uint8Array),
  }));
}

/** The text, or the beginning of one that is too long, which comes along whole. */
function shortened(text: string): string {
  if (Buffer.byteLength(text) <= TEXT_BYTES_MAX) return text;
  // what is cut within a letter is held back
  const beginning = new TextDecoder().decode(Buffer.from(text).subarray(0, TEXT_BYTES_MAX), { stream: true });
  return `${beginning}\n… (all of it in mail.txt)`;
}

/** As many to a message as it may bring; one message where there are none. */
function inParts(files: readonly MailFile[]): (readonly MailFile[])[] {
  const count = Math.max(1, Math.ceil(files.length / ATTACHMENTS_MAX));
  return Array.from({ length: count }, (_, at) => files.slice(at * ATTACHMENTS_MAX, (at + 1) * ATTACHMENTS_MAX));
}

function timeOf({ date }: Email, separator: string): number | undefined {
  const times = [date, separator.replace(/^From \S* */, '')].map((text) => Date.parse(text ?? ''));
  return times.find((time) => Math.abs(time) < CLOCK_LIMIT);
}
