// How many columns text takes on a terminal (spec/cli.md, "Escaping"). Terminals differ, so there are two answers: the
// usual one, by which columns are aligned, and the largest that any of them gives, by which lines are cut and wrapped.
// Written out, because the packages for it build an Intl.Segmenter when loaded, an eighth of Node's start-up time.
import { unicodePattern } from '../../format/unicode-pattern.js';

// The usual answer. Wide: East Asian wide and full-width characters, and emoji; none: combining marks.
const NARROW = /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2190-\u21ff]*$/;
const SGR = new RegExp(`${String.fromCharCode(0x1b)}\\[[\\d;]*m`, 'g');
const none = unicodePattern(String.raw`^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]`);
const modifier = unicodePattern(String.raw`^\p{Emoji_Modifier}`);
const emoji = unicodePattern(String.raw`^\p{Emoji_Presentation}`);
const regional = unicodePattern(String.raw`^\p{Regional_Indicator}`);
const pictograph = unicodePattern(String.raw`^\p{Extended_Pictographic}`);
const wide = unicodePattern(
  String.raw`^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]`,
);

// The largest answer: nothing joins or combines, and two columns are possible for all but printable ASCII and the letters
// and marks of alphabets.
const ONE = String.raw`\x20-\x7e\u00a0\u00aa\u00b5\u00ba\u00c0-\u10ff\u1200-\u1fff\u2c00-\u2dff\ua4d0-\ua95f\ua980-\uabff\ufb00-\ufdfb\ufe70-\ufefc`;
const ONE_EACH = new RegExp(`^[${ONE}]*$`);
const ONE_COLUMN = new RegExp(`^[${ONE}]`);

const JOINER = '\u200d';
const SELECTOR = '\ufe0f';
const ELLIPSIS = '…';

/** Columns of escaped text on most terminals, colours not counted. */
export function widthOf(text: string): number {
  const plain = text.replace(SGR, '');
  if (NARROW.test(plain)) return plain.length;
  let width = 0;
  let before = '';
  for (const character of plain) {
    width += columnsOf(character, before);
    before = character;
  }
  return width;
}

/** Columns of escaped text on whatever terminal, at most; colours not counted. */
export function largestWidthOf(text: string): number {
  const plain = text.replace(SGR, '');
  if (ONE_EACH.test(plain)) return plain.length;
  let width = 0;
  for (const character of plain) width += largestColumnsOf(character);
  return width;
}

/** Columns of one character on whatever terminal, at most. */
export function largestColumnsOf(character: string): number {
  return ONE_COLUMN.test(character) ? 1 : 2;
}

/** The text in at most `columns` on whatever terminal, its end replaced by an ellipsis when it is longer. */
export function truncate(text: string, columns: number): string {
  const room = columns - largestColumnsOf(ELLIPSIS);
  let width = 0;
  let keptUnits = 0;
  for (const character of text) {
    width += largestColumnsOf(character);
    if (width > columns) return `${text.slice(0, keptUnits).trimEnd()}${ELLIPSIS}`;
    if (width <= room) keptUnits += character.length;
  }
  return text;
}

/** The text with spaces up to `columns`, as most terminals draw it. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

function columnsOf(character: string, before: string): number {
  if (character === SELECTOR) return pictograph().test(before) && columnsOf(before, '') === 1 ? 1 : 0;
  if (none().test(character)) return 0;
  if (before === JOINER && pictograph().test(character)) return 0;
  if (modifier().test(character) && pictograph().test(before)) return 0;
  if (regional().test(character)) return 1;
  return emoji().test(character) || wide().test(character) ? 2 : 1;
}
