// The commands as a tree of yargs (spec/cli.md, "Command line"), grown from the table: it judges every line that is not
// simply well formed, and help and completion come from it. The only file that imports yargs.
import yargs, { type Argv } from 'yargs';
import { SatchelError } from '../../format/error.js';
import { argumentsOf, optionsOf, type ParsedArgs } from './arguments.js';
import type { Command } from './command.js';
import { explainMistake, noCommand, type WrongLine } from './mistakes.js';
import { CONFIGURATION, type Options, type Parsed, respell, rulesOf } from './parser-rules.js';
import { COMMANDS } from './table/commands.js';
import { ANSWERED_OPTIONS, GLOBAL_OPTIONS } from './table/globals.js';

/** A tree without commands, which prints nothing and ends nothing. "help" as the last word of a text stays a word. */
export function emptyTree(words: readonly string[] = []): Argv {
  const tree = yargs([...words])
    .scriptName('satchel')
    .locale('en')
    .exitProcess(false)
    .help(false)
    .version(false);
  return tree.parserConfiguration(CONFIGURATION);
}

/** What becomes of each command in a tree. */
export interface Growth {
  /** Declares what a command takes, when its part of the line is read. */
  readonly declare?: (tree: Argv, command: Command) => Argv;
  /** Takes what the line says of the command. */
  readonly take?: (command: Command, found: Parsed) => void;
}

/** Adds the commands to the tree, those of a group below its word. */
export function grow(tree: Argv, commands: readonly Command[], growth: Growth, depth = 0): Argv {
  const { declare = asIs, take } = growth;
  const wordOf = ({ name }: Command): string => name.split(' ')[depth] ?? '';
  for (const word of new Set(commands.map(wordOf))) {
    const members = commands.filter((command) => wordOf(command) === word);
    const leaf = members.find(({ name }) => name.split(' ').length === depth + 1);
    if (leaf) {
      const words = [word, ...(leaf.alias === undefined ? [] : [leaf.alias])];
      // what follows a command is its arguments, not another command
      const build = (inner: Argv): Argv => declare(inner.strictCommands(false), leaf);
      tree.command(words, leaf.summary, build, (found) => take?.(leaf, found as unknown as Parsed));
    } else {
      tree.command(word, summaryOf(members, depth), (inner) => grow(inner, members, growth, depth + 1), ignore);
    }
  }
  return tree;
}

/** What a group is for: its members. */
function summaryOf(members: readonly Command[], depth: number): string {
  return members.map(({ name }) => name.split(' ')[depth + 1]).join(', ');
}

function asIs(tree: Argv): Argv {
  return tree;
}

function ignore(): void {}

/**
 * The arguments of a command, as yargs understands the line; `commands` are all, or only the one that was called.
 * @throws SatchelError `usage`, with what is wrong and what to do
 */
export function askTree(line: WrongLine, commands: readonly Command[]): ParsedArgs {
  const options = line.command ? optionsOf(line.command) : GLOBAL_OPTIONS;
  const tree = withOptions(emptyTree(respell(line.argv, options)), options)
    .strictOptions()
    .strictCommands();
  let args: ParsedArgs | undefined;
  const take = (command: Command, found: Parsed): void => {
    args = argumentsOf(command, found);
  };
  tree.fail((message, error) => {
    if (error instanceof SatchelError) throw error;
    throw explainMistake(message, line, tree.parsed === false ? {} : tree.parsed.argv);
  });
  void grow(tree, commands, { take }).parse();
  if (args === undefined) throw noCommand(line);
  return args;
}

/**
 * What yargs offers for the last of these words: commands or options, each a line with what it means behind a tab. The words
 * before it are the command's, and options that were given.
 */
export function completionsOf(words: readonly string[]): string[] {
  let lines: string[] = [];
  const tree = describing(emptyTree(), { ...GLOBAL_OPTIONS, help: ANSWERED_OPTIONS.help });
  tree.command('help', 'explain a command', asIs, ignore);
  grow(tree, Object.values<Command>(COMMANDS), { declare: (inner, { options }) => describing(inner, options) });
  void tree.parse(
    ['--get-yargs-completions', 'satchel', ...words],
    (_error: unknown, _found: unknown, text: string) => {
      lines = text.split('\n');
    },
  );
  return lines.filter((line) => line !== '');
}

function describing(tree: Argv, options: Options): Argv {
  for (const [name, { kind, summary }] of Object.entries(options)) {
    tree.option(name, {
      type: kind === 'flag' ? 'boolean' : 'string',
      nargs: kind === 'flag' ? 0 : 1,
      describe: summary,
    });
  }
  return tree;
}

function withOptions(tree: Argv, options: Options): Argv {
  for (const [name, rule] of rulesOf(options)) tree.option(name, { ...rule, describe: options[name]?.summary ?? '' });
  return tree;
}
