// What a file is that is no bundle, or no longer the one that was written: for the words of a refusal, never for what is
// taken (spec/bundle.md, "Reading").

import { MANIFEST_NAME } from './bundle/members.js';
import { isZero, TAR_BLOCK } from './bundle/tar.js';
import type { ByteSource } from './source.js';

/** A file that is something else. */
export interface FileKind {
  /** With its article: "a zip archive". */
  readonly name: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Bytes looked at, at most. */
const WINDOW = 1_048_576;
/** Characters beyond ASCII in binary data that is text all the same: by chance there are none. */
const FOREIGN_MIN = 8;
const PIECE = 65_536;
/** More behind the end is not told apart. */
const TAIL_MAX = 16 * WINDOW;

/** Whether what begins so may be a tar file that is no bundle, or something packed with gzip. */
export function mayBeArchive(head: Buffer): boolean {
  const bytes = head.toString('latin1', 0, TAR_BLOCK);
  return bytes.startsWith(GZIP_MAGIC) || (bytes.startsWith(TAR_MAGIC, TAR_MAGIC_AT) && !bytes.startsWith(BUNDLE_START));
}

/** Whether what begins so may be text: no NUL is in it, but in UTF-16. */
export function mayBeText(head: Buffer): boolean {
  return head.length > 0 && (!head.includes(0) || (head[0] === 0xff && head[1] === 0xfe));
}

/** What the file seems to be; undefined when it looks like nothing known. */
export function kindOfFile(source: ByteSource): FileKind | undefined {
  const head = source.read(0, Math.min(source.size, TAR_BLOCK));
  if (head.length === 0) return { name: 'an empty file', hint: AGAIN };
  if (isZero(head)) return { name: 'a file that begins with zeros', hint: AGAIN };
  const bytes = head.toString('latin1');
  const text = bytes.replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  return BINARY_KINDS.find(({ magic }) => bytes.startsWith(magic))?.kind ?? tarKind(bytes) ?? textKind(text);
}

/**
 * Whether a transfer took the file for text: it put a carriage return before each line feed, or wrote each byte above 127
 * as a character of two bytes. `manifestEnd` is the place behind the manifest of what began as a bundle.
 */
export function wasChangedAsText(source: ByteSource, manifestEnd: number): boolean {
  const bytes = source.read(0, Math.min(source.size, WINDOW));
  return hasOnlyPairedLineFeeds(bytes) || isTextBeyond(bytes.subarray(manifestEnd));
}

/** What the bytes from there to the end of the file are, if they are all of one kind. */
export function kindOfTail(source: ByteSource, from: number): ' of zeros' | ' of white space' | undefined {
  if (source.size - from > TAIL_MAX) return undefined;
  let zeros = true;
  let blanks = true;
  for (let at = from; at < source.size && (zeros || blanks); at += PIECE) {
    const piece = source.read(at, Math.min(PIECE, source.size - at));
    zeros &&= piece.every((byte) => byte === 0);
    blanks &&= piece.every((byte) => BLANKS.includes(byte));
  }
  if (zeros) return ' of zeros';
  return blanks ? ' of white space' : undefined;
}

const BLANKS: readonly number[] = [0x09, 0x0a, 0x0d, 0x1a, 0x20];
const AGAIN = 'copy it again';
const UNPACK = 'unpack it, then import what is in it';

const TAKEN = 'give it to "satchel import" by its name, which takes out what is in it; to look at that, unpack it';
const GZIP_MAGIC = '\x1f\x8b';
const TAR_MAGIC = 'ustar';
const TAR_MAGIC_AT = 257;
const BUNDLE_START = `${MANIFEST_NAME}\0`;

const packed = (name: string): FileKind => ({ name, hint: UNPACK });
const SEALED: FileKind = { name: 'a file encrypted with age', hint: 'decrypt it first, with "age -d"' };

const AS_TEXT: FileKind = {
  name: 'one that was changed on its way, as if it were text',
  hint: 'have it sent again as a binary file, or in a zip archive',
};

const BINARY_KINDS: readonly { readonly magic: string; readonly kind: FileKind }[] = [
  { magic: 'PK\x03\x04', kind: packed('a zip archive') },
  { magic: 'PK\x05\x06', kind: packed('a zip archive') },
  { magic: GZIP_MAGIC, kind: { name: 'a gzip file', hint: TAKEN } },
  { magic: 'BZh', kind: packed('a bzip2 file') },
  { magic: '\xfd7zXZ\0', kind: packed('an xz file') },
  { magic: '\x28\xb5\x2f\xfd', kind: packed('a zstd file') },
  { magic: '7z\xbc\xaf\x27\x1c', kind: packed('a 7z archive') },
  { magic: 'Rar!\x1a', kind: packed('a rar archive') },
  { magic: 'age-encryption.org/', kind: SEALED },
  { magic: '\xff\xfem\0a\0n\0i\0f\0e\0s\0t\0', kind: AS_TEXT },
  { magic: '\xfe\xff\0m\0a\0n\0i\0f\0e\0s\0t', kind: AS_TEXT },
];

function tarKind(bytes: string): FileKind | undefined {
  return bytes.startsWith(TAR_MAGIC, TAR_MAGIC_AT) ? { name: 'a tar file of something else', hint: TAKEN } : undefined;
}

/** What "manifest.json" and NUL begin with in base64; wherever lines break, it is in the first one. */
const BASE64_START = 'bWFuaWZlc3QuanNvbg';
const MAIL_START =
  /^(?:From |(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|Date|Subject|From|To|Content-Type|Content-Transfer-Encoding):)/i;
const HTML_START = /^<(?:!doctype html|html|head|body)\b/i;

function textKind(text: string): FileKind | undefined {
  if (text.startsWith('-----BEGIN AGE ')) return SEALED;
  if (text.startsWith(BASE64_START)) return { name: 'a bundle in base64', hint: 'decode it first, with "base64 -d"' };
  if (text.startsWith('begin ')) return { name: 'a uuencoded file', hint: 'decode it first' };
  if (HTML_START.test(text)) {
    return { name: 'a web page', hint: 'it came in the place of the file: download that again' };
  }
  if (!MAIL_START.test(text)) return undefined;
  return { name: 'a mail', hint: 'save the file attached to it, and import that' };
}

/** A bundle's first line feed ends its manifest, behind a brace. */
function hasOnlyPairedLineFeeds(bytes: Buffer): boolean {
  const first = bytes.indexOf(0x0a);
  for (let at = first; at >= 0; at = bytes.indexOf(0x0a, at + 1)) if (bytes[at - 1] !== 0x0d) return false;
  return first > 0;
}

function isTextBeyond(bytes: Buffer): boolean {
  try {
    // a character that the window cuts in two waits for its end
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    let foreign = 0;
    for (const character of text) if (character > '\u007f' && ++foreign >= FOREIGN_MIN) return true;
    return false;
  } catch {
    return false;
  }
}
