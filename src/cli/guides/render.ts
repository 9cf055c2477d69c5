// A page of Markdown as plain lines for a terminal: what docs/ is written in, and no more of the language than that.
import type { Style } from '../terminal/style.js';
import { wrapLine } from '../terminal/wrap.js';
import { listGuides } from './guides.js';

/** How it is rendered. */
export interface PageOptions {
  readonly style: Style;
  /** No line is wider, but for what stands to be copied. */
  readonly columns: number;
}

/** What is shown further in. */
const INDENT = '    ';
const BULLET = /^(\s*(?:[-*]|\d+\.) )(.*)$/;

/** Below the head of a table. */
const RULE = /^\|[-| :]+\|$/;

/** The lines of the page. */
export function renderPage(markdown: string, { style, columns }: PageOptions): string[] {
  const lines: string[] = [];
  let isCode = false;
  const source = markdown.trimEnd().split('\n');
  for (const [at, line] of source.entries()) {
    if (line.startsWith('```')) isCode = !isCode;
    else if (isCode) lines.push(`${INDENT}${line}`.trimEnd());
    else if (RULE.test(source[at + 1] ?? '')) lines.push(...headOf(line, { style, columns }));
    else lines.push(...linesOf(line, { style, columns }));
  }
  return lines;
}

/** The list of all guides. */
export function renderGuides({ style, columns }: PageOptions): string[] {
  const listed = listGuides().flatMap(({ name, situation }) => [
    `  satchel help ${name}`,
    ...wrapLine(situation, columns - 6).map((line) => style.dim(`      ${line}`)),
  ]);
  return [style.bold('Guides by situation:'), ...listed];
}

function linesOf(line: string, { style, columns }: PageOptions): string[] {
  if (/^!\[/.test(line)) return [];
  const [, heading] = /^#+ (.*)$/.exec(line) ?? [];
  if (heading !== undefined) return wrapLine(plain(heading), columns).map(style.bold);
  if (RULE.test(line)) return [];
  if (line.startsWith('|')) return rowOf(line, columns);
  const [, mark, item] = BULLET.exec(line) ?? [];
  if (mark !== undefined && item !== undefined) return hanging(mark, plain(item), columns);
  return line.startsWith(INDENT) ? [line] : wrapLine(plain(line), columns);
}

/** What stands in the columns of a table. */
function headOf(line: string, { style, columns }: PageOptions): string[] {
  const cells = cellsOf(line).filter((cell) => cell !== '');
  return cells.length === 0 ? [] : wrapLine(`${cells.join(', ')}:`, columns).map(style.dim);
}

/** A row of a table: what it is about, and below that the rest, a line for each cell. */
function rowOf(line: string, columns: number): string[] {
  const [first = '', ...rest] = cellsOf(line);
  const told = rest.filter((cell) => cell !== '').flatMap((cell) => hanging('  ', cell, columns));
  return first === '' ? told : [...hanging('- ', first, columns), ...told];
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => plain(cell.trim()));
}

function hanging(mark: string, text: string, columns: number): string[] {
  const further = ' '.repeat(mark.length);
  return wrapLine(text, columns - mark.length).map((one, at) => `${at === 0 ? mark : further}${one}`);
}

/** Links to other guides become the command that shows them; others keep what they lead to. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\(([^)]*)\)/g, (_, words: string, target: string) => linkText(words, target))
    .replaceAll('**', '')
    .replaceAll(/`([^`]*)`/g, '$1');
}

function linkText(words: string, target: string): string {
  const [, name] = /^([a-z-]+)\.md(?:#.*)?$/.exec(target) ?? [];
  if (name !== undefined && listGuides().some((guide) => guide.name === name)) return `${words} (satchel help ${name})`;
  return /^https?:/.test(target) && target !== words ? `${words} (${target})` : words;
}
