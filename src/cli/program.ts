// What a command line asks for is done: a command run, help given, a shell answered.
import fs from 'node:fs';
import { SatchelError } from '../format/error.js';
import { layoutOf } from '../repository/layout.js';
import { takeUnwritten } from '../repository/state/unwritten.js';
import { isBeforeChecksums, loadShapes } from '../repository/state.js';
import { ASKING_WORD } from './asking-word.js';
import type { ParsedArgs } from './command/arguments.js';
import type { Command } from './command/command.js';
import { readCommandLine } from './command/command-line.js';
import { type Context, type ContextParts, createContext, type GlobalArgs, SYSTEM_WORLD } from './command/context.js';
import { HANDLERS } from './command/handlers.js';
import type { Look } from './command/well-formed.js';
import type { Guide } from './guides/guides.js';
import { unwrittenText } from './report/unwritten-text.js';
import type { Output } from './terminal/output.js';
import { writeText } from './terminal/write-text.js';

/** Does what a command line asks for, after a first look at it, and returns the exit status. @throws whatever went wrong */
export async function perform(argv: readonly string[], look: Look, stdout: Output, stderr: Output): Promise<number> {
  if (argv[0] === ASKING_WORD) return say(stdout, await completions(argv.slice(2), stdout, stderr));
  const asked = await readCommandLine(argv, look);
  if (asked.kind === 'run') return runCommand(asked.command, asked.args, stdout, stderr);
  if (asked.kind === 'home') return say(stdout, await home(stdout, stderr));
  if (asked.kind === 'guide') return guide(asked.guide, look, stdout, stderr);
  return say(stdout, await helpText(asked.topic, stdout));
}

/** A page by situation, which needs no repository. */
async function guide(asked: Guide | 'all', { given }: Look, stdout: Output, stderr: Output): Promise<number> {
  const { showGuide } = await import('./guides/show.js');
  const global = { json: false, quiet: false, lockTimeout: undefined, directory: undefined };
  await showGuide(createContext({ ...global, noColor: given['no-color'] === true }, partsOf(stdout, stderr)), asked);
  return 0;
}

/** How things are in the repository of whoever types no more than the name of the program, and what is used every day. */
async function home(stdout: Output, stderr: Output): Promise<string> {
  const { homeText } = await import('./commands/upkeep/home.js');
  const global = { json: false, quiet: true, lockTimeout: undefined, noColor: false, directory: undefined };
  return homeText(await opened(createContext(global, { ...partsOf(stdout, stderr), canAsk: () => false })));
}

/** What a shell may offer for the last word. */
async function completions(words: readonly string[], stdout: Output, stderr: Output): Promise<string> {
  const { complete } = await import('./commands/upkeep/complete.js');
  const global = { json: false, quiet: true, lockTimeout: undefined, noColor: true };
  const open = (directory: string | undefined): Promise<Context> =>
    opened(createContext({ ...global, directory }, { ...partsOf(stdout, stderr), canAsk: () => false }));
  return (await complete(words, open)).map((line) => `${line}\n`).join('');
}

function say(stdout: Output, text: string): number {
  stdout.write(text);
  return 0;
}

async function runCommand(command: Command, args: ParsedArgs, stdout: Output, stderr: Output): Promise<number> {
  const context = createContext(args as unknown as GlobalArgs, partsOf(stdout, stderr));
  try {
    const exit = await runHandler(command.name, await opened(context), args);
    tellUnwritten(context);
    return context.interrupted() ?? (typeof exit === 'number' ? exit : 0);
  } catch (error) {
    const exit = context.interrupted();
    if (exit !== undefined && isAbort(error)) return exit;
    throw error;
  }
}

/** The context, with what it takes to read its repository as older versions wrote it. */
async function opened(context: Context): Promise<Context> {
  if (isBeforeChecksums(layoutOf(context.directory))) await loadShapes();
  return context;
}

/** What could be done without is no failure of what was done. */
function tellUnwritten({ json, stdout, stderr }: Context): void {
  for (const [file, { code, message, hint }] of takeUnwritten()) {
    stdout.flush();
    writeText(stderr, unwrittenText({ json, code, message, hint, file }));
    stderr.flush();
  }
}

function partsOf(stdout: Output, stderr: Output): ContextParts {
  return {
    stdout,
    stderr,
    canAsk: () => stderr.isTerminal && isTerminalInput(),
    page: async (text) => (await import('./terminal/pager.js')).pageThrough(text, process.env),
    env: process.env,
    world: SYSTEM_WORLD,
  };
}

type AnyRun = (context: Context, args: unknown) => Promise<unknown>;

async function runHandler(name: string, context: Context, args: unknown): Promise<unknown> {
  const load = (HANDLERS as Readonly<Record<string, (() => Promise<{ readonly run: unknown }>) | undefined>>)[name];
  if (!load) throw new SatchelError('internal', `"satchel ${name}" is not part of this build`);
  const { run } = await load();
  return (run as AnyRun)(context, args);
}

async function helpText(topic: Command | string | undefined, stdout: Output): Promise<string> {
  const [{ renderHelp }, { chooseStyle }] = await Promise.all([
    import('./command/help.js'),
    import('./terminal/style.js'),
  ]);
  return renderHelp(topic, chooseStyle(stdout.isTerminal, { env: process.env, noColor: false }), stdout.columns);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function isTerminalInput(): boolean {
  try {
    return fs.fstatSync(0).isCharacterDevice() && process.stdin.isTTY === true;
  } catch {
    return false;
  }
}
