// Text broken into lines that fit on whatever terminal, by the largest width that each character can have there
// (spec/cli.md, "Escaping"). The work grows with the text, whatever it is made of.
import { barColumns, escapeStart } from './escape.js';
import { largestColumnsOf, largestWidthOf } from './width.js';

/** Columns at which a line of the program goes on, and by how many further in when it is indented itself. */
const CONTINUED_AT = 4;
const CONTINUED_BY = 2;
/** Narrower than this nothing can be read: then lines are longer than the terminal. */
const COLUMNS_MIN = 8;

/** The line as lines of at most `columns`, broken at spaces, within a word only when it is longer than a line. */
export function wrapLine(line: string, columns: number): string[] {
  if (largestWidthOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = '';
  let width = 0;
  for (const word of line.split(/(?<= )(?=[^ ])/)) {
    const ink = word.trimEnd();
    const inkColumns = largestWidthOf(ink);
    if (current !== '' && width + inkColumns > columns) {
      if (current.trim() !== '') lines.push(current.trimEnd());
      current = '';
      width = 0;
    }
    const pieces = inkColumns > columns ? splitText(ink, columns) : [ink];
    const last = pieces.pop() ?? '';
    lines.push(...pieces);
    const blanks = word.slice(ink.length);
    current += last + blanks;
    width += largestWidthOf(last) + largestWidthOf(blanks);
  }
  if (current !== '') lines.push(current.trimEnd());
  return lines;
}

/** The text cut into pieces that fit, with nothing left out. */
export function splitText(text: string, columns: number): string[] {
  if (ASCII.test(text)) return slicesOf(text, Math.max(1, columns));
  const pieces: string[] = [];
  let from = 0;
  let at = 0;
  let width = 0;
  for (const [part] of text.matchAll(COLOUR_OR_CHARACTER)) {
    const columnsOfOne = part.length > 2 ? 0 : largestColumnsOf(part);
    if (width + columnsOfOne > columns && at > from) {
      pieces.push(text.slice(from, at));
      from = at;
      width = 0;
    }
    at += part.length;
    width += columnsOfOne;
  }
  return [...pieces, text.slice(from)];
}

/** The same where every character takes one column: megabytes of a manifest are mostly that. */
function slicesOf(text: string, columns: number): string[] {
  const count = Math.max(1, Math.ceil(text.length / columns));
  return Array.from({ length: count }, (_, i) => text.slice(i * columns, (i + 1) * columns));
}

/** A line of the program in lines of at most `columns`: what it goes on with is further in, so that it begins no line. */
export function foldLine(line: string, columns: number): string[] {
  if (largestWidthOf(line) <= columns) return [line];
  const continued = continuedAt(line, columns);
  const room = Math.max(COLUMNS_MIN, columns - continued - barColumns(line));
  // a command stays whole where it can, to be copied
  const command = line.lastIndexOf(': satchel ');
  const parts = command < 0 ? [line] : [line.slice(0, command + 1), line.slice(command + 2)];
  const lines = parts.flatMap((part) => wrapLine(part, room));
  // further in, a bar would be taken for the mark of a text
  return lines.map((one, at) => (at === 0 ? one : `${' '.repeat(continued)}${escapeStart(one)}`));
}

function continuedAt(line: string, columns: number): number {
  const indent = line.search(/[^ ]|$/);
  return indent === 0 || 3 * indent > columns ? CONTINUED_AT : indent + CONTINUED_BY;
}

const ASCII = /^[\x20-\x7e]*$/;
const COLOUR_OR_CHARACTER = new RegExp(`${String.fromCharCode(0x1b)}\\[[\\d;]*m|[^]`, 'gu');
