// Which command a command line names (spec/cli.md, "Command line"): found before its arguments are, which only it can judge.
import { SatchelError } from '../format/error.js';
import type { Command, Option } from './command.js';
import { nearest } from './nearest.js';
import { COMMANDS, findCommand, groupOf } from './table/commands.js';
import { GLOBAL_OPTIONS } from './table/globals.js';

/** What was asked for: to run a command with these words, or to be told something. */
export type Invocation =
  | { readonly kind: 'run'; readonly command: Command; readonly words: readonly string[] }
  | { readonly kind: 'help'; readonly topic: Command | string | undefined }
  | { readonly kind: 'version' };

/**
 * Splits a command line into the command and the words for it.
 * @throws SatchelError `usage` when there is no such command
 */
export function resolveInvocation(argv: readonly string[]): Invocation {
  const first = splitWord(argv);
  if (first.word === undefined) return withoutCommand(first.rest);
  if (first.word === 'help') return { kind: 'help', topic: helpTopic(first.rest) };
  const group = groupOf(first.word);
  if (group.length === 0) return asked(findCommand(first.word) ?? throwUnknown(first.word, first.rest), first.rest);
  const second = splitWord(first.rest);
  if (second.word === undefined) return inGroup(first.word, second.rest);
  return asked(
    findCommand(`${first.word} ${second.word}`) ?? throwUnknown(`${first.word} ${second.word}`),
    second.rest,
  );
}

/** Whether the user wants JSON, known even when the rest of the line is wrong. */
export function wantsJson(argv: readonly string[]): boolean {
  return beforeDashes(argv).includes('--json');
}

/** Whether nothing is to be said, as far as that can be told before parsing. */
export function wantsQuiet(argv: readonly string[]): boolean {
  const words = beforeDashes(argv);
  return words.includes('--quiet') || words.some((word) => /^-[A-Za-z]*q[A-Za-z]*$/.test(word));
}

function asked(command: Command, words: readonly string[]): Invocation {
  return wantsHelp(words) ? { kind: 'help', topic: command } : { kind: 'run', command, words };
}

function withoutCommand(words: readonly string[]): Invocation {
  if (words.includes('--version') || words.includes('-V')) return { kind: 'version' };
  const word = words.find((candidate) => !isGlobal(candidate));
  if (words.length === 0 || wantsHelp(words)) return { kind: 'help', topic: undefined };
  const found = word === undefined ? 'no command given' : `unknown option ${word}`;
  throw new SatchelError('usage', found, { hint: 'run "satchel --help" for all commands' });
}

function isGlobal(word: string): boolean {
  const name = /^--([^=]*)/s.exec(word)?.[1];
  return name === undefined ? !word.startsWith('-') || /^-[qC]/.test(word) : Object.hasOwn(GLOBAL_OPTIONS, name);
}

function inGroup(word: string, rest: readonly string[]): Invocation {
  if (wantsHelp(rest)) return { kind: 'help', topic: word };
  const members = groupOf(word).map((command) => command.name.slice(word.length + 1));
  throw new SatchelError('usage', `"${word}" needs one of: ${members.join(', ')}`, {
    hint: `run "satchel ${word} --help"`,
  });
}

function helpTopic(words: readonly string[]): Command | string | undefined {
  const name = words.filter((word) => !word.startsWith('-')).join(' ');
  if (name === '' || groupOf(name).length > 0) return name || undefined;
  return findCommand(name) ?? throwUnknown(name);
}

function throwUnknown(name: string, rest: readonly string[] = []): never {
  const second = splitWord(rest).word;
  const groups = new Set(Object.keys(COMMANDS).flatMap((known) => (known.includes(' ') ? known.split(' ')[0] : [])));
  const near =
    nearest(name, [...Object.keys(COMMANDS), 'help', 'log']) ??
    (second && nearest(`${name} ${second}`, Object.keys(COMMANDS))) ??
    nearest(
      name,
      [...groups].filter((word) => word !== undefined),
    );
  const hint = near ? `did you mean "satchel ${near}"?` : 'run "satchel --help" for all commands';
  throw new SatchelError('usage', `unknown command "${name}"`, { hint });
}

function wantsHelp(words: readonly string[]): boolean {
  return beforeDashes(words).some((word) => word === '--help' || word === '-h');
}

function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

/** Takes out the first word that is neither an option nor the value of a global one. */
function splitWord(words: readonly string[]): { readonly word: string | undefined; readonly rest: readonly string[] } {
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
