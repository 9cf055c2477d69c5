// The program (spec/cli.md): parses the command line, runs one command, reports a failure, and alone chooses the
// exit status.
import fs from 'node:fs';
import { SatchelError } from '../format/error.js';
import { layoutOf } from '../repository/layout.js';
import { takeUnwritten } from '../repository/state/unwritten.js';
import { isBeforeChecksums, loadShapes } from '../repository/state.js';
import type { ParsedArgs } from './command/arguments.js';
import type { Command } from './command/command.js';
import { type Context, type ContextParts, createContext, type GlobalArgs, SYSTEM_WORLD } from './command/context.js';
import { HANDLERS } from './command/handlers.js';
import { type Look, lookAt } from './command/well-formed.js';
import { unwrittenText } from './report/unwritten-text.js';
import { EXIT_OF_SIGNAL, Interrupted } from './terminal/interrupt.js';
import { type Output, OutputClosed, openOutput } from './terminal/output.js';
import { writeText } from './terminal/write-text.js';
import { ASKING_WORD, THREAD_WORD } from './thread-word.js';

/** Runs one command line and returns the exit status. Nothing in it ends the process. */
export async function run(argv: readonly string[]): Promise<number> {
  const [stdout, stderr] = [openOutput(1), openOutput(2)];
  const look = lookAt(argv);
  try {
    const exit = await perform(argv, look, stdout, stderr);
    stdout.flush();
    return exit;
  } catch (error) {
    return failed(error, look, stdout, stderr);
  }
}

async function perform(argv: readonly string[], look: Look, stdout: Output, stderr: Output): Promise<number> {
  if (argv[0] === THREAD_WORD && (await (await import('./thread.js')).serveImporter())) return 0;
  if (look.words.length === 0 && look.given['version']) return say(stdout, await versionText());
  if (argv[0] === ASKING_WORD) return say(stdout, await completions(argv.slice(2), stdout, stderr));
  const { readCommandLine } = await import('./command/command-line.js');
  const asked = await readCommandLine(argv, look);
  if (asked.kind === 'run') return runCommand(asked.command, asked.args, stdout, stderr);
  return say(stdout, await helpText(asked.topic, stdout));
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
    env: process.env,
    world: SYSTEM_WORLD,
    program: process.argv[1],
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

async function versionText(): Promise<string> {
  const { VERSION } = await import('./command/version.js');
  return `satchel ${VERSION}\n`;
}

async function failed(error: unknown, look: Look, stdout: Output, stderr: Output): Promise<number> {
  if (error instanceof OutputClosed) return 0;
  if (error instanceof Interrupted) return EXIT_OF_SIGNAL.SIGINT;
  const { describeFailure } = await import('./command/errors.js');
  const failure = describeFailure(error, {
    json: look.given['json'] === true,
    trace: (process.env['SATCHEL_TRACE'] ?? '') !== '',
  });
  quietly(() => stdout.flush());
  // cron runs into each other's locks by design: the exit status is enough
  if (error instanceof SatchelError && error.code === 'busy' && look.given['quiet'] && !(await isOdd(error)))
    return failure.exit;
  quietly(() => {
    writeText(stderr, failure.text);
    stderr.flush();
  });
  return failure.exit;
}

/** Whether the lock is so old, or of a time to come, that its user has to look. */
async function isOdd(error: SatchelError): Promise<boolean> {
  return (await import('../repository/lock.js')).isAboutOldLock(error);
}

function quietly(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
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
