// By which rules the words of a command line are taken apart (spec/cli.md, "Command line"): the same for yargs, which has the
// last word, and for the parser that yargs itself uses, which takes the lines that are well formed.
import type { Option } from './command.js';

/** Options by name. */
export type Options = Readonly<Record<string, Option>>;

/**
 * What the parser found: values by option (`true` for a flag; a list when it was given several times), words, and what
 * stands behind `--`.
 */
export interface Parsed {
  readonly [option: string]: unknown;
  readonly _: string[];
  readonly '--'?: string[] | undefined;
}

/** Nothing is guessed: a value is text as it was typed, and an option is what was declared. */
export const CONFIGURATION = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'populate--': true,
  'strip-aliased': true,
} as const;

/** One option as the parser knows it. Without a number of values, a flag would take "true" or "false" behind it as its own. */
export interface Rule {
  readonly type: 'boolean' | 'string';
  readonly nargs: 0 | 1;
  readonly alias: readonly string[];
  readonly default?: string;
}

/** What stands among the words for an option that is named like a place where the parser, or yargs, keeps its own. */
const TAKEN_NAME = '--_';

/** The rules for these options, and one that finds out `--_` and `--$0`: what they are given would become a word. */
export function rulesOf(options: Options): ReadonlyMap<string, Rule> {
  const declared = Object.entries(options).map(([name, { kind, short }]): [string, Rule] => {
    const alias = short === undefined ? [] : [short];
    return [name, kind === 'flag' ? { type: 'boolean', nargs: 0, alias } : { type: 'string', nargs: 1, alias }];
  });
  return new Map([...declared, ['_', { type: 'string', nargs: 0, alias: ['$0'], default: TAKEN_NAME }]]);
}

/** The words with a value that hangs on its letter (`-tgarden`, `-n5`) set off by "=": the parser takes only some without. */
export function respell(argv: readonly string[], options: Options): string[] {
  const letters = (isFlag: boolean): string =>
    Object.values(options)
      .filter(({ kind, short }) => short !== undefined && (kind === 'flag') === isFlag)
      .map(({ short }) => short)
      .join('');
  const hanging = new RegExp(`^(-[${letters(true)}]*[${letters(false)}])(?=[^=])`, 's');
  const end = argv.indexOf('--');
  return argv.map((word, at) => (end < 0 || at < end ? word.replace(hanging, '$1=') : word));
}
