// Help of one screen, for the program, a group or a command (spec/cli.md, "Help"): yargs lays out what the table says.

import type { Style } from '../terminal/style.js';
import type { Command, Option, Positional } from './command.js';
import type { Options } from './parser-rules.js';
import { type CommandName, findCommand, groupOf, SECTIONS } from './table/commands.js';
import { ANSWERED_OPTIONS, GLOBAL_OPTIONS } from './table/globals.js';
import { emptyTree } from './tree.js';

/** The help text for a command, a group's name, or the whole program, in lines of at most `columns`. */
export async function renderHelp(topic: Command | string | undefined, style: Style, columns = 80): Promise<string> {
  const text = (await partsOf(topic, style, columns)).join('\n\n');
  return `${text.replace(HEADING, (heading) => style.bold(heading))}\n`;
}

/** What stands at the left edge and ends with a colon. */
const HEADING = /^[A-Z][a-z ]+:/gm;

function partsOf(topic: Command | string | undefined, style: Style, columns: number): Promise<string[]> {
  if (topic === undefined) return overview(columns);
  return typeof topic === 'string' ? groupHelp(topic, style, columns) : commandHelp(topic, style, columns);
}

async function overview(columns: number): Promise<string[]> {
  const commands = SECTIONS.map((section) => Object.values(section.commands));
  const width = widest(commands.flat().map(placesOf));
  const lists = SECTIONS.map(({ title }, at) => listOf(title, commands[at] ?? [], { columns, width }));
  return [
    await usageText('COMMAND [OPTIONS] [ARGUMENTS]', [ABOUT], columns),
    ...(await Promise.all(lists)),
    'Example:\n  satchel init --name Ana && satchel card -o ana.card',
    'More about a command:\n  satchel help COMMAND',
    'Guides by situation:\n  satchel help guides',
  ];
}

/** What is used every day, for whoever types the name of the program alone. */
export function everydayText(style: Style, columns: number): Promise<string> {
  return listAlone('Every day', EVERYDAY, style, columns);
}

/** The same for whoever has no repository yet: nothing else can be done. */
export function beginningText(style: Style, columns: number): Promise<string> {
  return listAlone('To begin', BEGINNING, style, columns);
}

async function listAlone(title: string, names: readonly CommandName[], style: Style, columns: number): Promise<string> {
  const commands = names.flatMap((name) => findCommand(name) ?? []);
  const list = await listOf(title, commands, { columns, width: widest(commands.map(placesOf)) });
  const text = [list, `More:\n${MORE.join('\n')}`].join('\n\n');
  return text.replace(HEADING, (heading) => style.bold(heading));
}

const MORE = [
  '  satchel help --all    all commands',
  '  satchel help COMMAND  one of them',
  '  satchel help guides   by situation',
];

const BEGINNING: readonly CommandName[] = ['init', 'restore', 'device request'];

const EVERYDAY: readonly CommandName[] = [
  'status',
  'read',
  'post',
  'edit',
  'react',
  'get',
  'sync',
  'export',
  'import',
  'card',
  'contact add',
  'topic join',
];

const ABOUT = 'Carries conversations between computers that share no network.';

async function groupHelp(word: string, style: Style, columns: number): Promise<string[]> {
  const members = groupOf(word);
  return [
    await usageText(`${word} COMMAND`, [], columns),
    await listOf('Commands', members, { columns, width: widest(members.map(placesOf)) }),
    examplesOf(members.slice(0, 2), style),
    `More about a command:\n  satchel help ${word} COMMAND`,
  ];
}

async function commandHelp(command: Command, style: Style, columns: number): Promise<string[]> {
  const { name, alias, summary, about, positionals } = command;
  const options = Object.keys(command.options).length > 0 ? ['[OPTIONS]'] : [];
  const same = alias === undefined ? [] : [`"satchel ${alias}" is the same.`];
  const told = [
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...(about === undefined ? [] : [about]),
    ...same,
  ];
  return [
    await usageText([name, ...options, ...positionals.map(placeOf)].join(' '), told, columns),
    await argumentsText(command, columns),
    examplesOf([command], style),
  ];
}

function usageText(usage: string, about: readonly string[], columns: number): Promise<string> {
  const parts = about.length === 0 ? [] : ['', ...about];
  return emptyTree()
    .wrap(columns)
    .usage([`Usage: satchel ${usage}`, ...parts].join('\n'))
    .getHelp();
}

/** Arguments and options, aligned among each other: yargs aligns each group for itself, so names are filled up. */
async function argumentsText({ positionals, options }: Command, columns: number): Promise<string> {
  const tree = emptyTree().wrap(columns);
  const groups: readonly (readonly [string, Options])[] = [
    ['Options:', options],
    ['Everywhere:', { ...GLOBAL_OPTIONS, help: ANSWERED_OPTIONS.help }],
  ];
  const labels = groups.flatMap(([, group]) => Object.entries(group).map(labelOf));
  const width = widest([...positionals.map(({ value }) => value), ...labels.map((label) => `${DASHES}${label}`)]);
  for (const { value, summary } of positionals) tree.positional(value.padEnd(width), { describe: summary });
  for (const [group, members] of groups) {
    for (const [name, option] of Object.entries(members)) {
      const key = labelOf([name, option]).padEnd(width - DASHES.length);
      tree.option(key, { group, describe: option.summary, alias: option.short === undefined ? [] : [option.short] });
    }
  }
  return tree.getHelp();
}

/** What stands before the name of an option. */
const DASHES = '-x, --';

/** An option's name and what its value is. */
function labelOf([name, { value }]: readonly [string, Option]): string {
  return value === undefined ? name : `${name} ${value}`;
}

async function listOf(
  title: string,
  commands: readonly Command[],
  { columns, width }: { readonly columns: number; readonly width: number },
): Promise<string> {
  const tree = emptyTree().scriptName('').wrap(columns);
  for (const command of commands) tree.command(placesOf(command).padEnd(width), command.summary);
  const [, list = ''] = (await tree.getHelp()).split('Commands:');
  return `${title}:${list}`;
}

/** A command with its arguments. */
function placesOf({ name, positionals }: Command): string {
  return [name, ...positionals.map(placeOf)].join(' ');
}

function placeOf({ value, arity }: Positional): string {
  if (arity === 'one') return value;
  if (arity === 'optional') return `[${value}]`;
  return arity === 'some' ? `${value}...` : `[${value}...]`;
}

/** Not laid out: an example is to be copied as it is. */
function examplesOf(commands: readonly Command[], style: Style): string {
  const all = commands.flatMap((command) => command.examples);
  const lines = all.flatMap(({ line, does }) => [`  ${line}`, style.dim(`      ${does}`)]);
  return [all.length === 1 ? 'Example:' : 'Examples:', ...lines].join('\n');
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
