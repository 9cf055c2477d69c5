// What others wrote, made harmless for a terminal (spec/cli.md, "Escaping"; spec/security.md).
//
// Replaced by a visible form such as \x1b or \u202e: C0 and C1 controls, DEL, everything of Unicode's category Cf (bidi
// controls, zero-width characters, tags), line and paragraph separators, variation selectors outside emoji, blank
// fillers, private-use and unassigned characters, and unpaired surrogates. No pattern here looks further than a few
// characters: the work grows with the text.
import { unicodePattern } from '../../format/unicode-pattern.js';

// One class for "harmless without looking closer", so that plain text costs one search.
const SUSPECT = /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff]/;
// `|` marks what others wrote; with it what is drawn like it
const BAR = /[|\u00a6\u01c0\u2223\u2502\u2503\u2758\u2759\u275a\u23b8\u23b9\uff5c\uffe8]/;
const BARS = new RegExp(BAR, 'g');
const BAR_FIRST = new RegExp(`^(?:${String.fromCharCode(0x1b)}\\[[\\d;]*m)*${BAR.source}`);
const forbidden = unicodePattern(
  String.raw`[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]`,
  'g',
);

/**
 * The text on one line: nothing in it moves the cursor, hides, or changes the order of what follows.
 * For names, labels, file names and messages of errors.
 */
export function escapeLine(text: string): string {
  return SUSPECT.test(text) ? text.replace(forbidden(), visible) : text;
}

/**
 * A name, on one line, that nobody can take for the end of one and the mark of a text: bars in it are visible forms too.
 */
export function escapeName(name: string): string {
  return escapeBars(escapeLine(name));
}

/** What is escaped already, without bars. */
export function escapeBars(text: string): string {
  return text.replace(BARS, visible);
}

/** The line, which may have colours, without a bar at its beginning, which would be taken for the mark of a text. */
export function escapeStart(line: string): string {
  return BAR_FIRST.test(line) ? line.replace(BAR, visible) : line;
}

/** Columns that the longest visible form of a bar takes more than the bar, if the line has any. */
export function barColumns(line: string): number {
  return BAR.test(line) ? 5 : 0;
}

/**
 * The text as lines: line breaks stay, tabs become spaces, all else is escaped as by {@link escapeLine}, except the
 * joiners that emoji and joining scripts need between two of their own characters.
 */
export function escapeBlock(text: string): string[] {
  return text.replace(/\r\n/g, '\n').split('\n').map(escapeBlockLine);
}

function escapeBlockLine(line: string): string {
  if (!SUSPECT.test(line)) return line;
  const spaced = line.replaceAll('\t', '    ');
  return spaced.replace(forbidden(), (found, at: number) => (joins(spaced, found, at) ? found : visible(found)));
}

/**
 * The value as JSON on one line, which means the same to a program and is harmless on a terminal: what `escapeLine`
 * makes visible stands there as `\u` and four digits.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return SUSPECT.test(text) ? text.replace(forbidden(), jsonEscape) : text;
}

/** Of a character beyond the first plane both halves. */
function jsonEscape(found: string): string {
  return found.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const EMOJI_SELECTOR = '\ufe0f';
const JOINERS = /^[\u200c\u200d]$/;
const beforeSelector = unicodePattern(String.raw`[\p{Emoji}]$`);
const beforeEmojiJoiner = unicodePattern(String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?$`);
const afterEmojiJoiner = unicodePattern(String.raw`^\p{Extended_Pictographic}`);
// Scripts whose spelling needs joiners (RFC 5892, A.1 and A.2, widened to whole scripts).
const JOINING =
  '[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Nkoo}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}]';
const LETTER = `(?=[\\p{L}\\p{M}])${JOINING}`;
const beforeJoiner = lazy(() => new RegExp(`${LETTER}$`, 'u'));
const afterJoiner = lazy(() => new RegExp(`^${LETTER}`, 'u'));

function joins(line: string, found: string, at: number): boolean {
  const before = line.slice(Math.max(0, at - 4), at);
  const after = line.slice(at + found.length, at + found.length + 2);
  if (found === EMOJI_SELECTOR) return beforeSelector().test(before);
  if (!JOINERS.test(found)) return false;
  if (found === '\u200d' && beforeEmojiJoiner().test(before) && afterEmojiJoiner().test(after)) return true;
  return beforeJoiner().test(before) && afterJoiner().test(after);
}

function visible(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
