// Text broken into lines that fit.
import { widthOf } from './width.js';

/** The line as lines of at most `columns`, broken at spaces, within a word only when it is longer than a line. */
export function wrapLine(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<= )(?=[^ ])/)) {
    if (current !== '' && widthOf(current + word.trimEnd()) > columns) {
      if (current.trim() !== '') lines.push(current.trimEnd());
      current = '';
    }
    const pieces = splitWord(word, columns);
    lines.push(...pieces.slice(0, -1).map((piece) => current + piece));
    current = (pieces.length > 1 ? '' : current) + (pieces.at(-1) ?? '');
  }
  if (current !== '') lines.push(current.trimEnd());
  return lines;
}

/** A word cut into pieces that fit. */
function splitWord(word: string, columns: number): string[] {
  if (widthOf(word.trimEnd()) <= columns) return [word];
  const pieces: string[] = [];
  let piece = '';
  let width = 0;
  for (const character of word) {
    const columnsOfOne = widthOf(character);
    if (width + columnsOfOne > columns && piece !== '') {
      pieces.push(piece);
      [piece, width] = ['', 0];
    }
    piece += character;
    width += columnsOfOne;
  }
  return [...pieces, piece];
}
