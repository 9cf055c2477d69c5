// A conversation as a mailbox that mail programs read, in the form mboxrd (spec/cli.md, "Reading elsewhere"). All of it is
// ASCII: no line of a text can begin with "From ", and none is too long.
import type { EntryId } from '../../format/ids.js';
import type { AttachmentView, MessageView } from '../../topic/reading/view.js';
import type { Viewer } from '../../topic/reading/viewer.js';
import { attachmentLine } from '../report/attachment-lines.js';
import { gapLine } from '../report/messages.js';
import { escapeLine } from '../terminal/escape.js';
import { beforeText, behindText, type Conversation, nameOf, type Surroundings, sinceAnswered } from './readable.js';

/** A name that no mail is ever sent to (RFC 2606). */
const HOST = 'satchel.invalid';
/** Of a person's or topic's id so many digits are its address. */
const ADDRESS_DIGITS = 20;
const BASE64_COLUMNS = 76;
/** Of a line of text, before what may be added at either end. */
const TEXT_COLUMNS = 73;
/** Bytes whose base64 fills so many columns. */
const LINE_BYTES = (BASE64_COLUMNS / 4) * 3;
/** Bytes of a name within one encoded word, which has at most 75 characters (RFC 2047). */
const WORD_BYTES = 42;

/** The mailbox, piece by piece. */
export function* mboxOf(conversations: readonly Conversation[], around: Surroundings): Generator<string> {
  for (const { viewer, messages } of conversations) {
    for (const ordered of messages()) yield* mailOf(viewer.view(ordered), viewer, around);
  }
}

function* mailOf(view: MessageView, viewer: Viewer, around: Surroundings): Generator<string> {
  const here = view.attachments.flatMap((attachment, at) => {
    const content = around.contentOf(view, at + 1);
    return content ? [{ attachment, content }] : [];
  });
  const lacking = view.attachments.filter((one) => !here.some(({ attachment }) => attachment === one));
  yield `${headOf(view, viewer)}\n`;
  const text = textPart(view, [...sinceAnswered(view, viewer), ...behindText(view, around)], lacking);
  if (here.length === 0) {
    yield `${text}\n`;
    return;
  }
  const boundary = `=_satchel_${view.id.slice(0, ADDRESS_DIGITS)}`;
  yield `Content-Type: multipart/mixed; boundary="${boundary}"\n\n--${boundary}\n${text}`;
  for (const { attachment, content } of here) {
    yield `--${boundary}\n${attachmentHead(attachment)}\n\n`;
    yield* base64Lines(content);
  }
  yield `--${boundary}--\n\n`;
}

function headOf(view: MessageView, viewer: Viewer): string {
  const date = dateOf(view.time);
  const address = `${(view.author.person ?? 'unknown').slice(0, ADDRESS_DIGITS)}@${HOST}`;
  const label = escapeLine(viewer.topic.label);
  const parent = view.reply && viewer.at(view.reply) ? view.answers?.id : view.reply?.id;
  const notes = [
    view.timeDoubtful && 'the clock that wrote this can not have been right',
    view.author.contact === undefined && !view.own && 'by a stranger, under a name of their own choice',
  ].filter((note) => note !== false);
  return [
    `From ${address} ${asctime(date)}`,
    `From: ${encodedWords(nameOf(view))} <${address}>`,
    `To: ${encodedWords(label)} <${viewer.topic.topic.slice(0, ADDRESS_DIGITS)}@${HOST}>`,
    `Subject: ${encodedWords(parent === undefined ? label : `Re: ${label}`)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageId(view.id)}`,
    ...(parent === undefined ? [] : [`In-Reply-To: ${messageId(parent)}`, `References: ${messageId(parent)}`]),
    ...notes.map((note) => `X-Satchel-Note: ${note}`),
    'MIME-Version: 1.0',
  ].join('\n');
}

function messageId(id: EntryId): string {
  return `<${id}@${HOST}>`;
}

/** What mails can say: a time that no calendar of theirs has is 1970. */
function dateOf(time: number | undefined): Date {
  const date = new Date(time ?? 0);
  const year = date.getUTCFullYear();
  return year >= 1900 && year <= 9999 ? date : new Date(0);
}

function asctime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
}

function textPart(view: MessageView, behind: readonly string[], lacking: readonly AttachmentView[]): string {
  const said = [...beforeText(view), ...linesOf(view.text ?? '')];
  const notes = [
    ...(view.gap ? [gapLine(view)] : []),
    ...behind,
    ...lacking.map((attachment) => `attached, and not in this file: ${attachmentLine(attachment)}`),
  ];
  const lines = notes.length === 0 ? said : [...said, '-- ', ...notes];
  return [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    ...lines.map(quotedPrintable),
    '',
  ].join('\n');
}

/** As they were written: in their encoded form nothing in them can do harm. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.toWellFormed().split(/\r?\n/);
}

/** A line of text in lines of at most 76 characters (RFC 2045, 6.7), none of which is taken for the start of a mail. */
function quotedPrintable(line: string): string {
  const codes = [...Buffer.from(line, 'utf8')].map((byte, at, all) => {
    const isPlain = (byte > 32 && byte < 127 && byte !== 61) || (byte === 32 && at < all.length - 1);
    return isPlain ? String.fromCharCode(byte) : hexCode(byte);
  });
  const lines: string[] = [];
  let current = '';
  for (const code of codes) {
    if (current.length + code.length > TEXT_COLUMNS) {
      lines.push(`${current}=`);
      current = '';
    }
    current += code;
  }
  return [...lines, current]
    .map((each) => (/^>*From /.test(each) ? hexCode(each.charCodeAt(0)) + each.slice(1) : each))
    .join('\n');
}

function hexCode(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Words as a header may have them (RFC 2047). */
function encodedWords(text: string): string {
  if (/^[\w ]+$/.test(text) && text.trim() === text && text.length <= WORD_BYTES) return text;
  const words: string[] = [];
  let word = '';
  for (const letter of text) {
    if (Buffer.byteLength(word + letter) > WORD_BYTES) {
      words.push(word);
      word = '';
    }
    word += letter;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\n ');
}

function attachmentHead({ name, mediaType }: AttachmentView): string {
  // what holds other parts must not be in base64
  const isPlain = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) && !/^(multipart|message)\//i.test(mediaType);
  const coded = encodeURIComponent(name.toWellFormed()).replace(/['()*!]/g, (sign) =>
    hexCode(sign.charCodeAt(0)).replace('=', '%'),
  );
  return [
    `Content-Type: ${isPlain ? mediaType : 'application/octet-stream'}`,
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment;',
    ` filename*=utf-8''${coded}`,
  ].join('\n');
}

function* base64Lines(content: Iterable<Buffer>): Generator<string> {
  let rest = Buffer.alloc(0);
  for (const chunk of content) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % LINE_BYTES);
    yield base64Of(bytes.subarray(0, whole));
    rest = bytes.subarray(whole);
  }
  yield base64Of(rest);
}

function base64Of(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,76}/g, '$&\n');
}
