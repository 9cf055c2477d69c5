// The one check behind the parser (spec/cli.md, "Command line"): from what it found to what a command is called with.
import { SatchelError } from '../../format/error.js';
import { type Command, camel, type Option, type Positional } from './command.js';
import { quoteWord } from './next.js';
import type { Options, Parsed } from './parser-rules.js';
import { GLOBAL_OPTIONS } from './table/globals.js';

/** Arguments by property name, as declared by the command and the global options. */
export type ParsedArgs = Readonly<Record<string, unknown>>;

/** Every option that the command takes. */
export function optionsOf(command: Command): Options {
  return { ...command.options, ...GLOBAL_OPTIONS };
}

/**
 * The arguments of a command, each in its place.
 * @throws SatchelError `usage` for a value that is empty, missing, given twice or not what it must be, and for a word too many
 */
export function argumentsOf(command: Command, parsed: Parsed): ParsedArgs {
  return {
    ...optionValues(command, parsed),
    ...positionalValues(command, [...wordsOf(command, parsed), ...(parsed['--'] ?? [])]),
  };
}

/** The words behind the command's name. To the parser dashes without a name are a word; they are no option of ours. */
function wordsOf(command: Command, parsed: Parsed): string[] {
  const length = command.name.split(' ').length;
  const called = parsed._.slice(0, length).join(' ');
  if (called !== command.name && called !== command.alias) {
    throw new SatchelError('usage', `"${command.name}" stands where an option takes it for its value`, {
      hint: `options of a command go behind it: satchel ${command.name} [OPTIONS]`,
    });
  }
  const words = parsed._.slice(length);
  const dashes = words.find((word) => word.startsWith('--'));
  if (dashes === undefined) return words;
  throw new SatchelError('usage', `unknown option ${dashes}`, {
    hint: `run "satchel ${command.name} --help"; text that begins with "-" goes after "--"`,
  });
}

function optionValues(command: Command, parsed: Parsed): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(optionsOf(command))) {
    const isFlag = option.kind === 'flag';
    values[camel(name)] = isFlag ? flagValue(name, command, parsed) : optionValue(name, option, command, parsed);
  }
  return values;
}

/** The parser takes what hangs on a letter (`-q-`) for its value, and anything but "true" for false. */
function flagValue(name: string, command: Command, parsed: Parsed): boolean {
  if (parsed[name] === false) throw wrong(`--${name} takes no value`, command);
  return parsed[name] === true;
}

function optionValue(name: string, option: Option, command: Command, parsed: Parsed): unknown {
  const given = parsed[name] === undefined ? [] : [parsed[name]].flat().map(String);
  if (given.includes('')) throw wrong(`--${name} needs a value`, command);
  for (const item of given) checkChoice(`--${name}`, option.choices, item, command);
  if (option.kind === 'list') return given;
  if (given.length > 1) throw wrong(`--${name} was given ${given.length} times, expected once`, command);
  const [text] = given;
  if (option.kind !== 'number' || text === undefined) return text;
  if (!/^\d{1,9}$/.test(text)) throw wrong(`--${name} expects a whole number, found "${text}"`, command);
  return Number(text);
}

function positionalValues(command: Command, words: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  let rest = words;
  for (const { name, value, arity, choices } of command.positionals) {
    const isMany = arity === 'some' || arity === 'any';
    const taken = isMany ? rest : rest.slice(0, 1);
    rest = rest.slice(taken.length);
    if (taken.length === 0 && (arity === 'one' || arity === 'some')) throw wrong(`${value} is missing`, command);
    for (const item of taken) checkChoice(value, choices, item, command);
    values[camel(name)] = isMany ? taken : taken[0];
  }
  if (rest.length > 0) throw tooMany(rest, command);
  return values;
}

function tooMany(rest: readonly string[], command: Command): SatchelError {
  const places = command.positionals.map(({ value }) => value);
  const message = `unexpected argument "${rest[0]}", expected ${places.length === 0 ? 'no arguments' : places.join(' ')}`;
  const meant = rest.length > 1 ? undefined : MEANT_OPTION[command.name];
  if (meant === undefined) return wrong(message, command);
  const hint = `did you mean: satchel ${command.name} ${meant} ${quoteWord(rest[0] ?? '')}`;
  return new SatchelError('usage', message, { hint });
}

/** What a word too many is most likely to be for. */
const MEANT_OPTION: Readonly<Record<string, string>> = { export: '-o', card: '-o', read: '-t' };

function checkChoice(what: string, choices: Positional['choices'], value: string, command: Command): void {
  if (choices === undefined || choices.includes(value)) return;
  throw wrong(`${what} is "${value}", expected ${choices.join(', ')}`, command);
}

function wrong(message: string, command: Command): SatchelError {
  return new SatchelError('usage', message, { hint: `run "satchel ${command.name} --help"` });
}
