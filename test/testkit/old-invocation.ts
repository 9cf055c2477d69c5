// Which command a command line names (spec/cli.md, "Command line"): found before its arguments are, which only it can judge.

import type { Command } from '../../src/cli/command/command.js';
import { nearest } from '../../src/cli/command/nearest.js';
import { COMMANDS, findCommand, groupOf } from '../../src/cli/command/table/commands.js';
import { GLOBAL_OPTIONS } from '../../src/cli/command/table/globals.js';
import { SatchelError } from '../../src/format/error.js';
import { splitWord, wantsHelp } from './old-words.js';

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
