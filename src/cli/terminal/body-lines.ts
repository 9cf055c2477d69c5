// What somebody wrote, as lines that nobody can take for the program's or another author's: each is marked at its left
// edge and ends before the terminal would wrap it (spec/cli.md, "Escaping"). Escaped first, then cut, then marked.
import { escapeBlock } from './escape.js';
import { splitText, wrapLine } from './wrap.js';

/** Stands before each line of a text; ASCII, because every terminal draws it in one column. */
const MARK = '|';
/** Before the rest of a line that was cut, where nothing may be left out or confused with the author's own lines. */
const MARK_CONTINUED = '+';
const MARK_COLUMNS = 2;
const TEXT_COLUMNS_MIN = 8;

/** The text in marked lines of at most `columns`, wrapped at words; blank lines at its end are left out. */
export function bodyLines(text: string, columns: number): string[] {
  const room = roomIn(columns);
  return escapeBlock(text.trimEnd()).flatMap((line) => wrapLine(line, room).map((part) => marked(MARK, part)));
}

/** The text to its last character in marked lines of at most `columns`: `|` begins a line of it, `+` goes on with one. */
export function wholeLines(text: string, columns: number): string[] {
  return cutLines(escapeBlock(text), columns);
}

/** Escaped lines in marked lines of at most `columns`, with nothing left out. */
export function cutLines(lines: readonly string[], columns: number): string[] {
  const room = roomIn(columns);
  return lines.flatMap((line) =>
    splitText(line, room).map((part, at) => marked(at === 0 ? MARK : MARK_CONTINUED, part)),
  );
}

function roomIn(columns: number): number {
  return Math.max(TEXT_COLUMNS_MIN, columns - MARK_COLUMNS);
}

function marked(mark: string, part: string): string {
  return part === '' ? mark : `${mark} ${part}`;
}
