// Lines of the program, written so that nothing in them comes to stand at the left edge of a terminal but their own
// beginning (spec/cli.md, "Escaping"). Off a terminal a fact is one line, whatever its length.
import type { Output } from './output.js';
import { foldLine } from './wrap.js';

/** Writes escaped lines, ended by a line break each; on a terminal what is too long goes on further in. */
export function writeText(output: Output, text: string): void {
  output.write(output.isTerminal ? folded(text, output.columns) : text);
}

function folded(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => fitted(line, columns))
    .join('\n');
}

/** A document for programs stays on its line; no line for people begins like one. */
function fitted(line: string, columns: number): string[] {
  return line.startsWith('{') ? [line] : foldLine(line, columns);
}
