// What a command line asks for (spec/cli.md, "Command line").
import { SatchelError } from '../../format/error.js';
import type { Guide } from '../guides/guides.js';
import type { ParsedArgs } from './arguments.js';
import type { Command } from './command.js';
import { calledBy } from './table/called.js';
import { type Look, takeWellFormed } from './well-formed.js';

/** To run a command, or to be told about one, a group of that name or the whole program. */
export type Asked =
  | { readonly kind: 'run'; readonly command: Command; readonly args: ParsedArgs }
  | { readonly kind: 'help'; readonly topic: Command | string | undefined }
  /** A page by situation, or the list of them. */
  | { readonly kind: 'guide'; readonly guide: Guide | 'all' }
  /** Nothing was said: how things are, and what is used every day. */
  | { readonly kind: 'home' };

/** Lists the guides. */
const ALL_GUIDES = 'guides';
/** More that could be meant are not all named. */
const GUIDES_NAMED_MAX = 5;
/** Letters of what can be told from a mistyped command. */
const WORD_MIN = 3;

/**
 * What the line asks for, after a first look at it.
 * @throws SatchelError `usage` when that cannot be told, or something in it is wrong
 */
export async function readCommandLine(argv: readonly string[], look: Look): Promise<Asked> {
  const [first, ...rest] = look.words;
  if (first === undefined) return withoutCommand(argv, look);
  if (first === 'help') return helpAbout(argv, rest);
  const command = await calledBy(look.words);
  if (look.given['help']) return { kind: 'help', topic: command ?? (await helpTopic(argv, look.words)) };
  const args = command && (takeWellFormed(command, argv) ?? (await askTree(argv, look.words, command)));
  return command && args ? { kind: 'run', command, args } : refuse(argv, look.words);
}

async function withoutCommand(argv: readonly string[], look: Look): Promise<Asked> {
  if (argv.length === 0) return { kind: 'home' };
  if (look.given['help']) return { kind: 'help', topic: undefined };
  return refuse(argv, []);
}

/** A command, a group or the whole program is explained; whatever else is asked about may be a guide. */
async function helpAbout(argv: readonly string[], words: readonly string[]): Promise<Asked> {
  const name = words.join(' ');
  if (name === '') return { kind: 'help', topic: undefined };
  if (name === ALL_GUIDES) return { kind: 'guide', guide: 'all' };
  const topic = await explained(name);
  if (topic !== undefined) return { kind: 'help', topic };
  const { guideMeant, guidesAbout } = await import('../guides/guides.js');
  const [guide, ...others] = guidesAbout(name);
  if (guide && others.length === 0) return { kind: 'guide', guide };
  if (guide && others.length < GUIDES_NAMED_MAX && name.length >= WORD_MIN)
    throw severalGuides(name, [guide, ...others]);
  const meant = guideMeant(name);
  if (meant === undefined) return refuse(argv, words);
  throw new SatchelError('usage', `there is no guide "${name}"`, { hint: `did you mean "satchel help ${meant}"?` });
}

function severalGuides(words: string, guides: readonly Guide[]): SatchelError {
  const hint = guides.map((guide) => `satchel help ${guide.name}`).join(', ');
  return new SatchelError('usage', `several guides are about "${words}"`, { hint });
}

async function helpTopic(argv: readonly string[], words: readonly string[]): Promise<Command | string> {
  return (await explained(words.join(' '))) ?? refuse(argv, words);
}

/** The command or the group of that name. */
async function explained(name: string): Promise<Command | string | undefined> {
  const { findCommand, groupOf } = await import('./table/commands.js');
  return groupOf(name).length > 0 ? name : findCommand(name);
}

async function askTree(argv: readonly string[], words: readonly string[], command: Command): Promise<ParsedArgs> {
  return (await import('./tree.js')).askTree({ argv, words, command }, [command]);
}

async function refuse(argv: readonly string[], words: readonly string[]): Promise<never> {
  const { askTree: ask } = await import('./tree.js');
  const { noCommand } = await import('./mistakes.js');
  const { COMMANDS } = await import('./table/commands.js');
  ask({ argv, words, command: undefined }, Object.values<Command>(COMMANDS));
  throw noCommand({ argv, words, command: undefined });
}
