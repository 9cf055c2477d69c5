// How many columns text takes on a terminal. Wide: East Asian wide and full-width characters, and emoji; none: combining
// marks. Written out, because the packages for it build an Intl.Segmenter when loaded, an eighth of Node's start-up time.

const NARROW = /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2190-\u21ff]*$/;
const SGR = new RegExp(`${String.fromCharCode(0x1b)}\\[[\\d;]*m`, 'g');
const NONE = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
const MODIFIER = /^\p{Emoji_Modifier}/u;
const EMOJI = /^\p{Emoji_Presentation}/u;
const REGIONAL = /^\p{Regional_Indicator}/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;

const JOINER = '\u200d';
const SELECTOR = '\ufe0f';

/** Columns of escaped text, colours not counted. */
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

/** The text in at most `columns`, its end replaced by an ellipsis when it is longer. */
export function truncate(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  // the usual text, without a look at each character, for which large tables have to be built
  if (NARROW.test(text)) return `${text.slice(0, Math.max(0, columns - 1)).trimEnd()}…`;
  let kept = '';
  let width = 0;
  let before = '';
  for (const character of text) {
    width += columnsOf(character, before);
    if (width > columns - 1) break;
    kept += character;
    before = character;
  }
  return `${kept.trimEnd()}…`;
}

/** The text with spaces up to `columns`. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

function columnsOf(character: string, before: string): number {
  if (character === SELECTOR) return PICTOGRAPH.test(before) && columnsOf(before, '') === 1 ? 1 : 0;
  if (NONE.test(character)) return 0;
  if (before === JOINER && PICTOGRAPH.test(character)) return 0;
  if (MODIFIER.test(character) && PICTOGRAPH.test(before)) return 0;
  if (REGIONAL.test(character)) return 1;
  return EMOJI.test(character) || WIDE.test(character) ? 2 : 1;
}
