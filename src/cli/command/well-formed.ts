// Command lines that are well formed, as nearly all are: taken apart by the parser that yargs uses itself, under the same rules
// (test/unit/cli/command/command-line.slow.test.ts compares them), because yargs takes as long to load as most commands to run.
import parser from 'yargs-parser';
import { SatchelError } from '../../format/error.js';
import { argumentsOf, optionsOf, type ParsedArgs } from './arguments.js';
import type { Command } from './command.js';
import { CONFIGURATION, type Options, type Parsed, respell, rulesOf } from './parser-rules.js';
import { ANSWERED_OPTIONS, GLOBAL_OPTIONS } from './table/globals.js';

/** What can be told before it is known which command a line is for, also of a wrong one. */
export interface Look {
  /** Words that are neither options nor values of global ones: the command first. */
  readonly words: readonly string[];
  /** Options that every command takes, help and version. */
  readonly given: Parsed;
}

/** What a command line says by its words and global options. */
export function lookAt(argv: readonly string[]): Look {
  const options = { ...GLOBAL_OPTIONS, ...ANSWERED_OPTIONS };
  const { found: given } = parseWords(argv, options, { 'unknown-options-as-args': true });
  return { words: given._.filter((word) => !word.startsWith('-')), given };
}

/** The arguments of a command; undefined when something is wrong with the line: what, yargs says. */
export function takeWellFormed(command: Command, argv: readonly string[]): ParsedArgs | undefined {
  const options = optionsOf(command);
  const { found, error } = parseWords(argv, options);
  if (error || Object.keys(found).some((key) => key !== '_' && key !== '--' && !Object.hasOwn(options, key))) {
    return undefined;
  }
  try {
    return argumentsOf(command, found);
  } catch (failure) {
    if (failure instanceof SatchelError) return undefined;
    throw failure;
  }
}

/** What the parser finds in the words. */
export function parseWords(
  argv: readonly string[],
  options: Options,
  more = {},
): { found: Parsed; error: Error | null } {
  const rules = [...rulesOf(options)];
  const named = (wanted: string): string[] => rules.filter(([, { type }]) => type === wanted).map(([name]) => name);
  const { argv: found, error } = parser.detailed(respell(argv, options), {
    boolean: named('boolean'),
    string: named('string'),
    narg: Object.fromEntries(rules.map(([name, { nargs }]) => [name, nargs])),
    alias: Object.fromEntries(rules.map(([name, { alias }]) => [name, [...alias]])),
    default: Object.fromEntries(rules.flatMap(([name, rule]) => (rule.default ? [[name, rule.default]] : []))),
    configuration: { ...CONFIGURATION, ...more },
  });
  return { found: found as unknown as Parsed, error };
}
