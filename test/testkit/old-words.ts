// What can be told of the words of a command line before it is known which command they are for (spec/cli.md,
// "Command line").
import type { Option } from '../../src/cli/command/command.js';
import { GLOBAL_OPTIONS } from '../../src/cli/command/table/globals.js';

/** Whether help is wanted. */
export function wantsHelp(words: readonly string[]): boolean {
  return beforeDashes(words).some((word) => word === '--help' || word === '-h');
}

/** Takes out the first word that is neither an option nor the value of a global one. */
export function splitWord(words: readonly string[]): {
  readonly word: string | undefined;
  readonly rest: readonly string[];
} {
  let at = 0;
  while (at < words.length && isOption(words[at])) at += takesNext(words[at]) ? 2 : 1;
  return { word: words[at], rest: [...words.slice(0, at), ...words.slice(at + 1)] };
}

function isOption(word: string | undefined): boolean {
  return word?.startsWith('-') === true && word !== '--';
}

function takesNext(word = ''): boolean {
  return Object.entries<Option>(GLOBAL_OPTIONS).some(([name, option]) => {
    if (option.kind === 'flag') return false;
    return word === `--${name}` || (option.short !== undefined && /^-\w+$/.test(word) && word.endsWith(option.short));
  });
}

function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}
