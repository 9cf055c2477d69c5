// Command lines of every command, as people and scripts could type them, with what each means; and the same with a mistake in it.
import { type Command, camel, type Option, type Positional } from '../../src/cli/command/command.js';
import { COMMANDS } from '../../src/cli/command/table/commands.js';
import { GLOBAL_OPTIONS } from '../../src/cli/command/table/globals.js';
import type { Chance } from './chance.js';

/** A command line, and what it is to call: a command with these arguments, by the names of the table. */
export interface MeantLine {
  readonly argv: readonly string[];
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What is wrong with a line. */
export type Mistake = (typeof MISTAKES)[number];
export const MISTAKES = [
  'unknown option',
  'unknown letter',
  'option without value',
  'empty value',
  'option twice',
  'flag with value',
  'no number',
  'no choice',
  'word missing',
  'word too many',
  'unknown command',
  'half a command',
  'negated flag',
  'odd dashes',
] as const;

const ALL = Object.values<Command>(COMMANDS);
/** Words that a parser could take for something else. */
const ODD_WORDS = [
  'x',
  'garden',
  'two words',
  '-',
  '-5',
  '-.5',
  '-12.75',
  '0x10',
  '007',
  '1e3',
  'true',
  'false',
  'a=b',
  '=',
  'a.b',
  '"quoted"',
  "'quoted'",
  'line\nbreak',
  'help',
  'post',
  'contact',
  'add',
  '_',
  '$0',
  '__proto__',
  'constructor',
  'ü',
  '~',
  'no-json',
  'é-è',
];
/** What stands as a value behind "=", where dashes do not matter. */
const ODD_VALUES = [...ODD_WORDS, '--json', '-x', '--', '---', '-q=', '==', ' '];

type Part = readonly string[];

/** A line with nothing wrong: each option at most once in one of its spellings, words among them or behind "--". */
export function goodLine(chance: Chance, command: Command = chance.pick(ALL)): MeantLine {
  const args: Record<string, unknown> = {};
  const globals = optionParts(chance, GLOBAL_OPTIONS, args, 0.25);
  const own = optionParts(chance, command.options, args, 0.5);
  const words = positionalWords(chance, command.positionals, args);
  const [before, after] = splitAt(globals, chance);
  const end = chance.happens(0.2) ? chance.below(words.length + 1) : words.length;
  const isEnded = end < words.length || chance.happens(0.1);
  const mixed = mix(
    chance,
    [...own, ...after],
    words.slice(0, end).map((word) => [word]),
  );
  const behind = isEnded ? ['--', ...words.slice(end)] : [];
  return { argv: [...before.flat(), ...namePart(chance, command), ...mixed.flat(), ...behind], command, args };
}

/** A line with one thing wrong; undefined when this command gives no occasion for it. */
export function badLine(chance: Chance, mistake: Mistake): readonly string[] | undefined {
  const { argv, command } = goodLine(chance);
  const valued = Object.entries<Option>({ ...command.options, ...GLOBAL_OPTIONS }).filter(
    ([, { kind }]) => kind !== 'flag',
  );
  const flags = Object.entries<Option>({ ...command.options, ...GLOBAL_OPTIONS }).filter(
    ([, { kind }]) => kind === 'flag',
  );
  const end = argv.indexOf('--');
  const [head, tail] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end)];
  const added = (...words: string[]): readonly string[] => [...head, ...words, ...tail];
  const [name, option] = chance.pick(valued);
  const value = pickValue(chance, option, ODD_VALUES);
  switch (mistake) {
    case 'unknown option':
      return added(
        chance.pick([
          '--bogus',
          '--bogus=1',
          '--Json',
          '--topics.x',
          '--toString',
          '--__proto__',
          '--_',
          '--$0',
          '--version',
        ]),
      );
    case 'unknown letter':
      return added(chance.pick(['-x', '-qx', '-xq', '- ', '- milk', '-ü', '-V', '-q-', '-N5']));
    case 'option without value':
      return chance.happens(0.5) ? added(`--${name}`, '--json') : [...head, `--${name}`, ...(end < 0 ? [] : tail)];
    case 'empty value':
      return chance.happens(0.5) ? added(`--${name}=`) : added(`--${name}`, '');
    case 'option twice':
      return option.kind === 'list'
        ? undefined
        : added(`--${name}=${value}`, `--${name}`, pickValue(chance, option, ODD_WORDS));
    case 'flag with value':
      return added(`--${chance.pick(flags)[0]}=${chance.pick(['', 'true', 'false', 'x'])}`);
    case 'no number':
      return option.kind === 'number'
        ? added(`--${name}=${chance.pick(['x', '-5', '1.5', '1e3', '0x10', '1234567890', ' 5'])}`)
        : undefined;
    case 'no choice':
      return option.choices ? added(`--${name}=windows95`) : undefined;
    case 'word missing':
      return command.positionals.some(({ arity }) => arity === 'one' || arity === 'some')
        ? [...command.name.split(' '), '--json']
        : undefined;
    case 'word too many':
      return command.positionals.every(({ arity }) => arity === 'one' || arity === 'optional')
        ? added(...command.positionals.map(() => 'x'), 'x')
        : undefined;
    case 'unknown command':
      return chance.pick([
        ['pots', 'x'],
        ['contac', 'add', 'x'],
        ['contact', 'ad', 'x'],
        ['constructor'],
        ['--json', 'x'],
        ['help', 'pots'],
      ]);
    case 'half a command':
      return command.name.includes(' ')
        ? [...command.name.split(' ').slice(0, 1), ...chance.pick([[], ['--json'], ['-q']])]
        : ['--json', '-q'];
    case 'negated flag':
      return added(`--no-${chance.pick(flags)[0]}`);
    case 'odd dashes':
      return added(chance.pick(['---', '----', '---=x', '--=x', '--==', '---x']));
  }
}

/** Words, among which some that were made to look like options. */
export function anyLine(chance: Chance): readonly string[] {
  const names = [
    ...ALL.flatMap(({ name, options }) => [...name.split(' '), ...Object.keys(options)]),
    ...Object.keys(GLOBAL_OPTIONS),
  ];
  const called = chance.happens(0.6) ? chance.pick(ALL).name.split(' ') : [];
  const more = Array.from({ length: chance.below(5) }, () => {
    const name = chance.pick(names);
    const value = chance.pick(ODD_VALUES);
    return chance.pick([
      name,
      name,
      `--${name}`,
      `--${name}=${value}`,
      value,
      `-${chance.pick(['q', 't', 'n', 'C', 'o', 'x', 'qt', 'tq', 'h'])}`,
      `-n${value}`,
      `-t${value}`,
    ]);
  });
  return [...called, ...more];
}

function optionParts(
  chance: Chance,
  options: Command['options'],
  args: Record<string, unknown>,
  share: number,
): Part[] {
  const parts: Part[] = [];
  const entries = Object.entries(options);
  for (const [name, option] of chance.happens(0.3) ? entries.reverse() : entries) {
    const times = chance.happens(share) ? 1 + (option.kind === 'list' ? chance.below(3) : 0) : 0;
    const values = Array.from({ length: times }, () => pickValue(chance, option, ODD_VALUES));
    args[camel(name)] = meaningOf(option, values);
    parts.push(...values.map((value) => spelled(chance, name, option, value)));
  }
  return parts;
}

function meaningOf({ kind }: Option, values: readonly string[]): unknown {
  if (kind === 'flag') return values.length > 0;
  if (kind === 'list') return values;
  const [value] = values;
  return kind === 'number' && value !== undefined ? Number(value) : value;
}

function pickValue(chance: Chance, { kind, choices }: Option, odd: readonly string[]): string {
  if (choices) return chance.pick(choices);
  return kind === 'number' ? String(chance.pick([0, 1, 7, 123_456_789])) : chance.pick(odd);
}

/** One of the spellings that the specification allows. */
function spelled(chance: Chance, name: string, { kind, short }: Option, value: string): Part {
  if (kind === 'flag') return [short !== undefined && chance.happens(0.5) ? `-${short}` : `--${name}`];
  const isAlone = value === '-' || !value.startsWith('-') || /^-(\d+(\.\d+)?|\.\d+)$/.test(value);
  const long: Part[] = [[`--${name}=${value}`], ...(isAlone ? [[`--${name}`, value]] : [])];
  const hanging: Part[] = value.startsWith('=') ? [] : [[`-${short}${value}`]];
  const letter: Part[] =
    short === undefined ? [] : [[`-${short}=${value}`], ...hanging, ...(isAlone ? [[`-${short}`, value]] : [])];
  return chance.pick([...long, ...letter]);
}

function positionalWords(chance: Chance, positionals: readonly Positional[], args: Record<string, unknown>): string[] {
  let isOpen = true;
  return positionals.flatMap(({ name, arity, choices }) => {
    const count =
      arity === 'one' ? 1 : arity === 'optional' ? chance.below(2) : chance.below(3) + (arity === 'some' ? 1 : 0);
    const taken = isOpen
      ? Array.from({ length: count }, () => (choices ? chance.pick(choices) : chance.pick(ODD_WORDS)))
      : [];
    if (taken.length === 0) isOpen = false;
    args[camel(name)] = arity === 'some' || arity === 'any' ? taken : taken[0];
    return taken;
  });
}

function namePart(chance: Chance, { name, alias }: Command): Part {
  return alias !== undefined && chance.happens(0.3) ? [alias] : name.split(' ');
}

/** Keeps the order among words, as among options. */
function mix(chance: Chance, options: readonly Part[], words: readonly Part[]): Part[] {
  const mixed: Part[] = [];
  const left = [[...options], [...words]];
  while (left.some((list) => list.length > 0)) {
    const part = chance.pick(left.filter((list) => list.length > 0)).shift();
    if (part) mixed.push(part);
  }
  return mixed;
}

function splitAt(parts: readonly Part[], chance: Chance): [Part[], Part[]] {
  const at = chance.below(parts.length + 1);
  return [parts.slice(0, at), parts.slice(at)];
}
