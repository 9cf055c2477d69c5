// Help of one screen, for the program, a group or a command (spec/cli.md, "Help"); all of it comes from the table.

import type { Style } from '../terminal/style.js';
import { widthOf } from '../terminal/width.js';
import { wrapLine } from '../terminal/wrap.js';
import type { Command, Option, Positional } from './command.js';
import { groupOf, SECTIONS } from './table/commands.js';
import { ANSWERED_OPTIONS, GLOBAL_OPTIONS } from './table/globals.js';

/** The help text for a command, a group's name, or the whole program, in lines of at most `columns`. */
export function renderHelp(topic: Command | string | undefined, style: Style, columns = 80): string {
  const text = helpText(topic, style);
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, columns))
    .join('\n');
}

function helpText(topic: Command | string | undefined, style: Style): string {
  if (topic === undefined) return overview(style);
  return typeof topic === 'string' ? groupHelp(topic, style) : commandHelp(topic, style);
}

/** What does not fit goes on below the second column; on a narrow terminal, a little to the right. */
function wrapped(line: string, columns: number): string[] {
  // An example is to be copied as it is.
  if (widthOf(line) <= columns || /^ {2}satchel /.test(line)) return [line];
  const [left = ''] = /^ +\S.*? {2,}(?=\S)/.exec(line) ?? [];
  if (left === '') return hanging(line, (/^ */.exec(line) ?? [''])[0], columns);
  if (columns - left.length >= SUMMARY_MIN)
    return hanging(line.slice(left.length), left, columns, ' '.repeat(left.length));
  return [left.trimEnd(), ...hanging(line.slice(left.length), NARROW_INDENT, columns)];
}

function hanging(text: string, first: string, columns: number, indent = first): string[] {
  const lines = wrapLine(text.trimStart(), Math.max(1, columns - indent.length));
  return lines.map((line, at) => `${at === 0 ? first : indent}${line}`);
}

/** Columns that a summary needs beside its command or option. */
const SUMMARY_MIN = 30;
const NARROW_INDENT = '          ';

/** How the command is written: `satchel post [OPTIONS] [TEXT...]`. */
function usageOf(command: Command): string {
  const options = Object.keys(command.options).length > 0 ? ['[OPTIONS]'] : [];
  return ['satchel', command.name, ...options, ...command.positionals.map(placeOf)].join(' ');
}

function overview(style: Style): string {
  const rows = SECTIONS.map(({ title, commands }) => ({ title, rows: Object.values(commands).map(summaryRow) }));
  const width = widest(rows.flatMap((section) => section.rows));
  return lines(
    'satchel carries conversations between computers that share no network.',
    '',
    `${style.bold('Usage:')} satchel COMMAND [OPTIONS] [ARGUMENTS]`,
    ...rows.flatMap((section) => ['', style.bold(`${section.title}:`), ...aligned(section.rows, width)]),
    '',
    style.bold('Example:'),
    '  satchel init --name Ana && satchel card -o ana.card',
    '',
    'More about a command: satchel help COMMAND',
  );
}

function groupHelp(word: string, style: Style): string {
  return lines(
    `${style.bold('Usage:')} satchel ${word} COMMAND`,
    '',
    ...aligned(groupOf(word).map(summaryRow)),
    '',
    ...examples(groupOf(word).slice(0, 2), style),
    '',
    `More about a command: satchel help ${word} COMMAND`,
  );
}

function commandHelp(command: Command, style: Style): string {
  const known = command.positionals.map((positional): Row => [positional.value, positional.summary]);
  const options = Object.entries<Option>(command.options).map(optionRow);
  const globals = Object.entries<Option>({ ...GLOBAL_OPTIONS, help: ANSWERED_OPTIONS.help }).map(optionRow);
  const width = widest([...known, ...options, ...globals]);
  return lines(
    `${style.bold('Usage:')} ${usageOf(command)}`,
    ...(command.alias === undefined ? [] : [`       satchel ${command.alias} is the same`]),
    '',
    sentence(command.summary),
    ...(command.about === undefined ? [] : [command.about]),
    ...section('Arguments', known, width, style),
    ...section('Options', options, width, style),
    ...section('Everywhere', globals, width, style),
    '',
    ...examples([command], style),
  );
}

type Row = readonly [string, string];

function section(title: string, rows: readonly Row[], width: number, style: Style): string[] {
  return rows.length === 0 ? [] : ['', style.bold(`${title}:`), ...aligned(rows, width)];
}

function examples(commands: readonly Command[], style: Style): string[] {
  const all = commands.flatMap((command) => command.examples);
  return [
    style.bold(all.length === 1 ? 'Example:' : 'Examples:'),
    ...all.flatMap(({ line, does }) => [`  ${line}`, style.dim(`      ${does}`)]),
  ];
}

function summaryRow(command: Command): Row {
  return [[command.name, ...command.positionals.map(placeOf)].join(' '), command.summary];
}

function placeOf(positional: Positional): string {
  const { value, arity } = positional;
  if (arity === 'one') return value;
  if (arity === 'optional') return `[${value}]`;
  return arity === 'some' ? `${value}...` : `[${value}...]`;
}

function optionRow([name, option]: readonly [string, Option]): Row {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return [`${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.summary];
}

function aligned(rows: readonly Row[], width = widest(rows)): string[] {
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function widest(rows: readonly Row[]): number {
  return Math.max(0, ...rows.map(([left]) => left.length));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
