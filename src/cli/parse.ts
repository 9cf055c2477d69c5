// From the words of the command line to a command and its arguments (spec/cli.md, "Command line"). The only user of yargs.
//
// Only its parser is used, and only the options of the command that was named are told to it: all of yargs costs as much
// as Node's start.
// Options are brought into their long form first, because yargs drops a bare "-", splits "-tgarden" into seven
// options, and swallows a word "true" after a flag.
import { Parser } from 'yargs/helpers';
import { SatchelError } from '../format/error.js';
import { type Command, camel, type Option, type Positional } from './command.js';
import { nearest } from './nearest.js';
import { quoteWord } from './next.js';
import { GLOBAL_OPTIONS } from './table/globals.js';

/** Arguments by property name, as declared by the command and the global options. */
export type ParsedArgs = Readonly<Record<string, unknown>>;

type Options = Readonly<Record<string, Option>>;

// No word of a command line can contain a zero byte, so this cannot be mistaken for one.
const BARE_DASH = '\0-';

/**
 * The arguments of one command, checked against its declaration.
 * @throws SatchelError `usage`
 */
export function parseArguments(command: Command, words: readonly string[]): ParsedArgs {
  const options: Options = { ...command.options, ...GLOBAL_OPTIONS };
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  const after = end < 0 ? [] : words.slice(end + 1);
  const parsed = runYargs(
    before.flatMap((word) => longForm(word, options, command)),
    options,
    command,
  );
  return {
    ...optionValues(parsed, options),
    ...positionalValues([...parsed._.map(restoreDash), ...after], command),
  };
}

interface Parsed {
  readonly _: readonly (string | number)[];
  readonly [name: string]: unknown;
}

function runYargs(words: readonly string[], options: Options, command: Command): Parsed {
  const namesOf = (isFlag: boolean): string[] =>
    Object.keys(options).filter((name) => (options[name]?.kind === 'flag') === isFlag);
  const { argv, error } = Parser.detailed([...words], {
    boolean: namesOf(true),
    string: namesOf(false),
    narg: Object.fromEntries(namesOf(false).map((name) => [name, 1])),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    },
  });
  if (error) throw usageError(error.message, command);
  return argv;
}

/** One word in the forms `--name=value`, `--name` (its value follows) or as it was. */
function longForm(word: string, options: Options, command: Command): readonly string[] {
  if (word === '-') return [BARE_DASH];
  if (word.startsWith('--')) return [longOption(word, options, command)];
  return /^-[^\d.]/s.test(word) ? shortOptions(word, options, command) : [word];
}

function longOption(word: string, options: Options, command: Command): string {
  const [, name = '', value] = /^--([^=]*)(=.*)?$/s.exec(word) ?? [];
  if (!Object.hasOwn(options, name)) throw unknownOption(`--${name}`, options, command);
  if (options[name]?.kind !== 'flag') return word;
  if (value !== undefined) throw usageError(`--${name} takes no value`, command);
  return `--${name}=true`;
}

function shortOptions(word: string, options: Options, command: Command): string[] {
  const long: string[] = [];
  for (let at = 1; at < word.length; at++) {
    const found = Object.entries(options).find(([, option]) => option.short === word[at]);
    if (!found) throw unknownOption(at === 1 ? word : `-${word[at]}`, options, command);
    const [name, option] = found;
    if (option.kind !== 'flag') return [...long, valueOption(name, word.slice(at + 1))];
    long.push(`--${name}=true`);
  }
  return long;
}

function valueOption(name: string, attached: string): string {
  return attached === '' ? `--${name}` : `--${name}=${attached.replace(/^=/, '')}`;
}

function optionValues(parsed: Parsed, options: Options): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    values[camel(name)] = option.kind === 'flag' ? flagValue(parsed[name]) : textValue(name, option, parsed[name]);
  }
  return values;
}

function flagValue(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function textValue(name: string, option: Option, value: unknown): unknown {
  const given = value === undefined ? [] : [value].flat().map((item) => restoreDash(String(item)));
  if (given.includes('')) throw new SatchelError('usage', `--${name} needs a value`);
  for (const item of given) checkChoice(`--${name}`, option.choices, item);
  if (option.kind === 'list') return given;
  if (given.length > 1) throw new SatchelError('usage', `--${name} was given ${given.length} times, expected once`);
  return option.kind === 'number' ? numberValue(name, given[0]) : given[0];
}

function numberValue(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new SatchelError('usage', `--${name} expects a whole number, found "${text}"`);
  return Number(text);
}

function positionalValues(words: readonly string[], command: Command): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  let rest = words;
  for (const positional of command.positionals) {
    const many = positional.arity === 'some' || positional.arity === 'any';
    const taken = many ? rest : rest.slice(0, 1);
    rest = rest.slice(taken.length);
    if (taken.length === 0 && (positional.arity === 'one' || positional.arity === 'some')) {
      throw usageError(`${positional.value} is missing`, command);
    }
    for (const item of taken) checkChoice(positional.value, positional.choices, item);
    values[camel(positional.name)] = many ? taken : taken[0];
  }
  if (rest.length > 0) throw tooMany(rest, command.positionals, command);
  return values;
}

function tooMany(rest: readonly string[], positionals: readonly Positional[], command: Command): SatchelError {
  const expected = positionals.length === 0 ? 'no arguments' : positionals.map(({ value }) => value).join(' ');
  const error = usageError(`unexpected argument "${rest[0]}", expected ${expected}`, command);
  const meant = MEANT_OPTION[command.name];
  if (meant === undefined || rest.length > 1) return error;
  return new SatchelError('usage', error.message, {
    hint: `did you mean: satchel ${command.name} ${meant} ${quoteWord(rest[0] ?? '')}`,
  });
}

/** What a word too many is most likely to be for. */
const MEANT_OPTION: Readonly<Record<string, string>> = { export: '-o', card: '-o', read: '-t' };

function checkChoice(what: string, choices: readonly string[] | undefined, value: string): void {
  if (choices === undefined || choices.includes(value)) return;
  throw new SatchelError('usage', `${what} is "${value}", expected ${choices.join(', ')}`);
}

function restoreDash(word: string | number): string {
  return word === BARE_DASH ? '-' : String(word);
}

function unknownOption(word: string, options: Options, command: Command): SatchelError {
  const known = Object.keys(options).map((name) => `--${name}`);
  const near = nearest(word, known);
  const hint = near ? `did you mean ${near}?` : undefined;
  if (hint) return new SatchelError('usage', `unknown option ${word}`, { hint });
  const asText = command.positionals.length > 0 ? '; text that begins with "-" goes after "--"' : '';
  return new SatchelError('usage', `unknown option ${word}`, { hint: `run "satchel ${command.name} --help"${asText}` });
}

function usageError(message: string, command: Command): SatchelError {
  const said = message.replace(/^Not enough arguments following: (.*)$/s, '--$1 needs a value').trim();
  return new SatchelError('usage', said, { hint: `run "satchel ${command.name} --help"` });
}
