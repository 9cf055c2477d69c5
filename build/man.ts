// The manual page, dist/satchel.1, in roff: commands as they declare themselves, environment and exit statuses as the
// specification tells them (spec/cli.md).
import type { Command, Option, Positional } from '../src/cli/command/command.js';
import { SECTIONS } from '../src/cli/command/table/commands.js';
import { ANSWERED_OPTIONS, GLOBAL_OPTIONS } from '../src/cli/command/table/globals.js';
import { VERSION } from '../src/cli/command/version.js';

/** What the page is made of besides the commands. */
export interface ManualParts {
  /** The text of spec/cli.md. */
  readonly spec: string;
  /** What it was made of, seconds since 1970; undefined where nobody knows. */
  readonly committed: number | undefined;
}

/**
 * The page.
 * @throws Error when the specification has no such tables any more
 */
export function manualPage({ spec, committed }: ManualParts): string {
  const date = committed === undefined ? '' : new Date(committed * 1_000).toISOString().slice(0, 10);
  const lines = [
    `.TH SATCHEL 1 "${date}" "satchel ${VERSION}" "User Commands"`,
    '.SH NAME',
    'satchel \\- carry conversations and logs between computers that share no network',
    '.SH SYNOPSIS',
    '.B satchel',
    '.I COMMAND',
    '[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]',
    '.SH DESCRIPTION',
    'Messages are written into logs on this device, put into files that can be carried by a stick, a mail or a courier, and',
    'taken in on other computers, in any order, late or twice. Each command explains itself on one screen with',
    '.BR "satchel help" .',
    '.SH COMMANDS',
    ...SECTIONS.flatMap(({ title, commands }) => [
      `.SS ${text(title)}`,
      ...Object.values(commands).flatMap(commandLines),
    ]),
    '.SH GLOBAL OPTIONS',
    ...optionLines({ ...GLOBAL_OPTIONS, ...ANSWERED_OPTIONS }),
    '.SH ENVIRONMENT',
    ...tableLines(spec, 'Environment'),
    '.SH EXIT STATUS',
    ...tableLines(spec, 'Exit codes'),
    '.SH FILES',
    ...item(['.I ~/.satchel'], 'the repository, unless another directory is named: keys, what is held, and settings'),
    '.SH SEE ALSO',
    '.B satchel help guides',
    'lists pages by situation, which',
    '.B satchel help',
    '.I GUIDE',
    'shows without a network.',
    '.PP',
    'The pages in the directories docs and spec of the package: what to type by situation, and every format.',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, alias, summary, about, positionals, options, examples }: Command): string[] {
  const places = positionals.map(placeOf).join(' ');
  const told = [`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, ...(about?.split('\n') ?? [])];
  const same = alias === undefined ? [] : [`The same as \\fBsatchel ${text(alias)}\\fR.`];
  return [
    ...item([`\\fB${text(name)}\\fR ${places}`.trim()], ...told),
    ...same,
    '.RS',
    ...positionals.flatMap(({ value, summary: about }) => item([`.I ${text(value)}`], about)),
    ...optionLines(options),
    ...examples.flatMap(({ line, does }) => item([`\\f(CR${text(line)}\\fR`], does)),
    '.RE',
  ];
}

function placeOf({ value, arity }: Positional): string {
  const name = `\\fI${text(value)}\\fR`;
  if (arity === 'one') return name;
  if (arity === 'optional') return `[${name}]`;
  return arity === 'some' ? `${name}...` : `[${name}...]`;
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  return Object.entries(options).flatMap(([name, { short, value, summary }]) => {
    const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map((one) => `\\fB${text(one)}\\fR`);
    return item([`${names.join(', ')}${value === undefined ? '' : ` \\fI${text(value)}\\fR`}`], summary);
  });
}

/** The rows of the first table below a heading; what is a link or code there is plain here. */
function tableLines(page: string, heading: string): string[] {
  const section = page.split(`\n### ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  if (rows.length === 0) throw new Error(`there is no table "${heading}" in spec/cli.md`);
  return rows.flatMap((row) => {
    const [, name = '', meaning = ''] = row.split('|').map(plain);
    return item([`\\fB${text(name)}\\fR`], meaning);
  });
}

function plain(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();
}

/** A term and what is said of it. */
function item(term: readonly string[], ...told: readonly string[]): string[] {
  return ['.TP', ...term, ...told.map(text)];
}

/** Text that roff prints as it is: what begins a line there, each "-" and "\", and what is not ASCII, means something else. */
function text(words: string): string {
  const escaped = Array.from(words.replaceAll('\\', '\\e').replaceAll('-', '\\-'), character).join('');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function character(one: string): string {
  const code = one.codePointAt(0) ?? 0;
  return code < 0x80 ? one : `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
