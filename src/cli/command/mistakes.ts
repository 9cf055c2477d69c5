// What is wrong with a command line, and what to do about it (spec/cli.md, "Command line"): yargs finds it, this says it.
import { SatchelError } from '../../format/error.js';
import { nearest } from '../../topic/nearest.js';
import { optionsOf } from './arguments.js';
import type { Command } from './command.js';
import { COMMANDS, findCommand, firstWords, groupOf } from './table/commands.js';
import { GLOBAL_OPTIONS } from './table/globals.js';

/** A command line with something wrong in it. */
export interface WrongLine {
  readonly argv: readonly string[];
  /** Its words, the command first. */
  readonly words: readonly string[];
  /** The command that it calls, if that can be told. */
  readonly command: Command | undefined;
}

/** The error for a failure of yargs, which says what kind it is; `found` is what it understood of the line. */
export function explainMistake(
  message: string | null,
  line: WrongLine,
  found: Readonly<Record<string, unknown>>,
): SatchelError {
  const [, missing] = /^Not enough arguments following: (.*)$/s.exec(message ?? '') ?? [];
  if (missing !== undefined) return usage(`--${longName(missing, line)} needs a value`, line);
  const [, given] = /^Argument unexpected for: (.*)$/s.exec(message ?? '') ?? [];
  if (given !== undefined) return usage(`--${longName(given, line)} takes no value`, line);
  const unknown = Object.keys(found).find((key) => !SPECIAL.includes(key) && !Object.hasOwn(optionsIn(line), key));
  if (unknown !== undefined) return unknownOption(unknown, line);
  if (line.command === undefined) return noCommand(line);
  return usage(`not understood: ${message}`, line);
}

/** The error for a line that calls no command. */
export function noCommand({ words }: WrongLine): SatchelError {
  const [first, second] = words;
  if (first === undefined) return new SatchelError('usage', 'no command given', { hint: ALL_COMMANDS });
  const members = groupOf(first).map(({ name }) => name.slice(first.length + 1));
  if (members.length === 0 || second !== undefined) return unknownCommand(words);
  const message = `"${first}" needs one of: ${members.join(', ')}`;
  return new SatchelError('usage', message, { hint: `run "satchel ${first} --help"` });
}

const SPECIAL = ['_', '--', '$0'];
const ALL_COMMANDS = 'run "satchel --help" for all commands';

/** What other programs call it. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['send', 'post'],
  ['write', 'post'],
  ['reply', 'post --reply ID TEXT'],
  ['answer', 'post --reply ID TEXT'],
  ['find', 'search WORD'],
  ['grep', 'search WORD'],
  ['delete', 'retract'],
  ['unsend', 'retract'],
  ['inbox', 'status'],
  ['push', 'sync'],
  ['pull', 'sync'],
  ['fetch', 'import'],
  ['join', 'topic join'],
]);

function unknownCommand(words: readonly string[]): SatchelError {
  const [first = '', second = ''] = words;
  const isBegun = groupOf(first).length > 0 || findCommand(first) !== undefined;
  const name = isBegun ? `${first} ${second}` : first;
  const near =
    SYNONYMS.get(first) ??
    nearest(name, [...Object.keys(COMMANDS), 'help', 'log']) ??
    nearest(`${first} ${second}`, Object.keys(COMMANDS)) ??
    nearest(first, firstWords());
  const hint = near ? `did you mean "satchel ${near}"?` : ALL_COMMANDS;
  return new SatchelError('usage', `unknown command "${name}"`, { hint });
}

/** A letter that nobody declared is shown as it was typed, with what hangs on it. */
function unknownOption(key: string, line: WrongLine): SatchelError {
  const typed = line.argv.find((word) => word.startsWith(`-${key}`)) ?? `-${key}`;
  const word = [...key].length === 1 ? typed : `--${key}`;
  const near = nearest(
    word,
    Object.keys(optionsIn(line)).map((name) => `--${name}`),
  );
  if (near) return new SatchelError('usage', `unknown option ${word}`, { hint: `did you mean ${near}?` });
  if (!line.command) return new SatchelError('usage', `unknown option ${word}`, { hint: ALL_COMMANDS });
  const asText = line.command.positionals.length > 0 ? '; text that begins with "-" goes after "--"' : '';
  return new SatchelError('usage', `unknown option ${word}`, {
    hint: `run "satchel ${line.command.name} --help"${asText}`,
  });
}

function optionsIn({ command }: WrongLine): Command['options'] {
  return command ? optionsOf(command) : GLOBAL_OPTIONS;
}

function longName(key: string, line: WrongLine): string {
  const [name = key] = Object.entries(optionsIn(line)).find(([, { short }]) => short === key) ?? [];
  return name;
}

function usage(message: string, { command }: WrongLine): SatchelError {
  return new SatchelError('usage', message, { hint: command ? `run "satchel ${command.name} --help"` : ALL_COMMANDS });
}
