// What may follow on a command line that is being typed (spec/cli.md, "Completion"): yargs says which commands and options
// there are, the table which choices, the repository which names.
import { optionsOf } from '../../command/arguments.js';
import type { Command, Option, Positional } from '../../command/command.js';
import type { Context } from '../../command/context.js';
import type { Parsed } from '../../command/parser-rules.js';
import { calledBy } from '../../command/table/called.js';
import { groupOf } from '../../command/table/commands.js';
import { completionsOf } from '../../command/tree.js';
import { lookAt, parseWords } from '../../command/well-formed.js';
import { type Names, namesFor } from './completion-names.js';

/** Gives the names of a repository what they need, for the directory that is named on the line, if one is. */
export type OpenContext = (directory: string | undefined) => Promise<Context>;

/**
 * A line for each thing that the last of the words could become; behind a tab, what it means. None where a file is meant, and
 * where the repository cannot be read: a shell then offers files.
 */
export async function complete(words: readonly string[], open: OpenContext): Promise<string[]> {
  const before = words.slice(0, -1);
  // a shell may hand over a quote that is still open, and PowerShell nothing as a pair of them
  const current = (words.at(-1) ?? '').replace(/^["']+/, '');
  const { words: called, given } = lookAt(before);
  const command = await calledBy(called);
  const place = command && placeOf(command, before, current);
  const lines = place ? await valuesAt(place, () => open(given['directory'] as string | undefined)) : undefined;
  return (lines ?? (await nextWords(called, before, current))).filter((line) => line.startsWith(current));
}

/** Where the last word stands: it is the value of an option, or an argument. */
interface Place {
  readonly command: Command;
  readonly declared: Option | Positional;
  /** What stands in the same word before the value. */
  readonly prefix: string;
  /** The line, with something else as the value. */
  readonly found: Parsed;
}

/** Stands for the word that is typed. */
const MARK = '\0';

function placeOf(command: Command, before: readonly string[], current: string): Place | undefined {
  const [prefix = ''] = /^--[^=]+=/.exec(current) ?? [];
  if (prefix === '' && /^-./.test(current) && !before.includes('--')) return undefined;
  const { found } = parseWords([...before, `${prefix}${MARK}`], optionsOf(command));
  const options = Object.entries(optionsOf(command));
  const [, option] = options.find(([name]) => [found[name]].flat().at(-1) === MARK) ?? [];
  if (option) return { command, declared: option, prefix, found };
  const words = [...found._.slice(command.name.split(' ').length), ...(found['--'] ?? [])];
  const positional = positionalAt(command, words.indexOf(MARK));
  return positional && { command, declared: positional, prefix, found };
}

function positionalAt({ positionals }: Command, at: number): Positional | undefined {
  const last = positionals.at(-1);
  return positionals[at] ?? (last?.arity === 'some' || last?.arity === 'any' ? last : undefined);
}

/** What a value can be; undefined when something else may stand there too. */
async function valuesAt(place: Place, open: () => Promise<Context>): Promise<string[] | undefined> {
  const { command, declared, prefix, found } = place;
  const names = namesFor(command, declared.value ?? '');
  if (declared.choices) return declared.choices.map((choice) => `${prefix}${choice}\t${declared.summary}`);
  if (names) return (await tryNames(names, open, found)).map(([name, about]) => `${prefix}${name}\t${about}`);
  return 'kind' in declared || FILES.includes(declared.value) ? [] : undefined;
}

const FILES = ['DIR', 'FILE'];

async function tryNames(
  names: Names,
  open: () => Promise<Context>,
  found: Parsed,
): Promise<(readonly [string, string])[]> {
  try {
    return await names(await open(), found);
  } catch {
    // whatever is wrong, somebody is in the middle of typing
    return [];
  }
}

/** Commands, and options that were not given yet. */
async function nextWords(called: readonly string[], before: readonly string[], current: string): Promise<string[]> {
  const [first = '', second = ''] = called[0] === 'help' ? called.slice(1) : called;
  const words = (await calledBy([first, second]))?.name.split(' ') ?? (groupOf(first).length > 0 ? [first] : []);
  const isStray = called.length > 0 && called[0] !== 'help' && words.length === 0;
  const guides = called.length === 1 && called[0] === 'help' ? await guideNames() : [];
  if (isStray) return [];
  const commands = await completionsOf([...words, ...before.filter((word) => word.startsWith('--')), current]);
  return [...commands, ...guides];
}

async function guideNames(): Promise<string[]> {
  const { listGuides } = await import('../../guides/guides.js');
  return ['guides\tpages by situation', ...listGuides().map(({ name, title }) => `${name}\t${title}`)];
}
