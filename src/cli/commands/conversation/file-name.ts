// File names out of strangers' words, for the disks of every system (spec/cli.md, "get").
import { FILE_NAME_MAX } from '../../../format/limits.js';
import { unicodePattern } from '../../../format/unicode-pattern.js';

/** Bytes of a name that is written here: room is left for a number, and some file systems take less than 255. */
const SAFE_BYTES_MAX = 200;
/** Of a name that is too long so much of its end is kept, from a dot on. */
const ENDING_BYTES_MAX = 24;
/** What a name is called of which nothing can be used. */
const NAMELESS = 'attachment';

/** Separators, what other systems forbid, and whatever is not seen or turns the order of what is. */
const forbidden = unicodePattern(
  String.raw`[/\\:*?"<>|\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]`,
  'g',
);
/** Names that are devices on Windows, whatever follows a dot. */
const DEVICE =
  /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$|clock\$) *(\.|$)/i;

/**
 * A name that stays in its folder, is visible, and can be written on any system: no separators, no control or bidi
 * characters, no dot or dash at the front, no dot or space at the end, no device, at most 200 bytes.
 */
export function safeFileName(given: string): string {
  const visible = given.normalize('NFC').replace(forbidden(), '_');
  const trimmed = endedVisibly(visible.trimStart()).replace(/^[.\-~]+/, (marks) => '_'.repeat(marks.length));
  // cutting can bring a space or dot to the end
  const short = endedVisibly(shortName(trimmed, SAFE_BYTES_MAX));
  if (/^_*$/.test(short)) return NAMELESS;
  return DEVICE.test(short) ? `_${short}` : short;
}

/** The name without spaces and dots at its end: looked for from there, so that no run of them is walked again and again. */
function endedVisibly(name: string): string {
  let end = name.length;
  while (end > 0 && /[\s.]/.test(name.charAt(end - 1))) end--;
  return name.slice(0, end);
}

/** The name with a number before its ending: `photo (2).jpg`. */
export function numberedName(name: string, number: number): string {
  const { stem, ending } = parts(name);
  return `${stem} (${number})${ending}`;
}

/** What an attachment can be called of a file with this name. */
export function attachmentName(fileName: string): string {
  return shortName(fileName.toWellFormed(), FILE_NAME_MAX);
}

/** The name cut in the middle to so many bytes. */
function shortName(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const { stem, ending } = parts(name);
  let room = maxBytes - Buffer.byteLength(ending);
  let kept = '';
  for (const character of stem) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return kept + ending;
}

function parts(name: string): { readonly stem: string; readonly ending: string } {
  const ending = /(?<=.)(\.tar)?\.[^.\s]+$/.exec(name)?.[0] ?? '';
  const isUsual = ending !== '' && Buffer.byteLength(ending) <= ENDING_BYTES_MAX;
  return isUsual ? { stem: name.slice(0, -ending.length), ending } : { stem: name, ending: '' };
}
