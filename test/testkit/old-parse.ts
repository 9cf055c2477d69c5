// From the words of the command line to a command and its arguments (spec/cli.md, "Command line").
//
// Every command declares its options, so there is nothing to guess: a parser for all programs costs more than most commands
// take, and test/unit/cli/parse.test.ts compares this one with yargs.

import { type Command, camel, type Option, type Positional } from '../../src/cli/command/command.js';
import { nearest } from '../../src/cli/command/nearest.js';
import { quoteWord } from '../../src/cli/command/next.js';
import { GLOBAL_OPTIONS } from '../../src/cli/command/table/globals.js';
import { SatchelError } from '../../src/format/error.js';

/** Arguments by property name, as declared by the command and the global options. */
export type ParsedArgs = Readonly<Record<string, unknown>>;

type Options = Readonly<Record<string, Option>>;

/** One word by itself, or an option with the value that is attached to it. */
type Token =
  | { readonly word: string }
  | { readonly word?: undefined; readonly name: string; readonly value: string | undefined };

/**
 * The arguments of one command, checked against its declaration.
 * @throws SatchelError `usage`
 */
export function parseArguments(command: Command, words: readonly string[]): ParsedArgs {
  const options: Options = { ...command.options, ...GLOBAL_OPTIONS };
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  const after = end < 0 ? [] : words.slice(end + 1);
  const { given, rest } = gather(
    before.flatMap((word) => tokensOf(word, options, command)),
    options,
    command,
  );
  return {
    ...optionValues(given, options),
    ...positionalValues([...rest, ...after], command),
  };
}

interface Gathered {
  /** Values by option, as often as it was given; of a flag each is empty. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

/** Gives each option that has no value attached the word behind it. */
function gather(tokens: readonly Token[], options: Options, command: Command): Gathered {
  const given = new Map<string, string[]>();
  const rest: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.word !== undefined) {
      rest.push(token.word);
      continue;
    }
    const isFlag = options[token.name]?.kind === 'flag';
    const value = token.value ?? (isFlag ? '' : tokens[++at]?.word);
    if (value === undefined) throw usageError(`--${token.name} needs a value`, command);
    given.set(token.name, [...(given.get(token.name) ?? []), value]);
  }
  return { given, rest };
}

/** What one word stands for: itself, an option, or several of one letter. */
function tokensOf(word: string, options: Options, command: Command): readonly Token[] {
  if (word.startsWith('--')) return [longOption(word, options, command)];
  // what looks like a number is a value, as in "-n -5"
  return /^-[^\d.]/s.test(word) ? shortOptions(word, options, command) : [{ word }];
}

function longOption(word: string, options: Options, command: Command): Token {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (!Object.hasOwn(options, name)) throw unknownOption(`--${name}`, options, command);
  if (options[name]?.kind === 'flag' && value !== undefined) throw usageError(`--${name} takes no value`, command);
  return { name, value };
}

function shortOptions(word: string, options: Options, command: Command): Token[] {
  const tokens: Token[] = [];
  for (let at = 1; at < word.length; at++) {
    const found = Object.entries(options).find(([, option]) => option.short === word[at]);
    if (!found) throw unknownOption(at === 1 ? word : `-${word[at]}`, options, command);
    const [name, option] = found;
    if (option.kind !== 'flag') return [...tokens, { name, value: attached(word.slice(at + 1)) }];
    tokens.push({ name, value: undefined });
  }
  return tokens;
}

function attached(text: string): string | undefined {
  return text === '' ? undefined : text.replace(/^=/, '');
}

function optionValues(given: Gathered['given'], options: Options): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    values[camel(name)] = option.kind === 'flag' ? given.has(name) : optionValue(name, option, given.get(name) ?? []);
  }
  return values;
}

function optionValue(name: string, option: Option, given: readonly string[]): unknown {
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

function unknownOption(word: string, options: Options, command: Command): SatchelError {
  const known = Object.keys(options).map((name) => `--${name}`);
  const near = nearest(word, known);
  const hint = near ? `did you mean ${near}?` : undefined;
  if (hint) return new SatchelError('usage', `unknown option ${word}`, { hint });
  const asText = command.positionals.length > 0 ? '; text that begins with "-" goes after "--"' : '';
  return new SatchelError('usage', `unknown option ${word}`, { hint: `run "satchel ${command.name} --help"${asText}` });
}

function usageError(message: string, command: Command): SatchelError {
  return new SatchelError('usage', message, { hint: `run "satchel ${command.name} --help"` });
}
