// The program (spec/cli.md): runs one command line, reports a failure, and alone chooses the exit status.
import { isSea } from 'node:sea';
import { SatchelError } from '../format/error.js';
import { type Look, lookAt } from './command/well-formed.js';
import { EXIT_OF_SIGNAL, Interrupted } from './terminal/interrupt.js';
import { type Output, OutputClosed, openOutput } from './terminal/output.js';
import { writeText } from './terminal/write-text.js';

/** Runs one command line and returns the exit status. Nothing in it ends the process. */
async function run(given: readonly string[]): Promise<number> {
  const [first, directory] = given;
  // as `watch` starts an executable that has no Node beside it (sync/watch/own-program.ts)
  if (first === '__look' && directory !== undefined && isSea()) return lookHere(directory);
  const stdout = openOutput(1);
  const stderr = openOutput(2);
  const argv = given.some((word) => word.startsWith('satchel1:')) ? await withWholeCards(given) : given;
  const look = lookAt(argv);
  try {
    const exit = isAboutVersion(look) ? await tellVersion(stdout) : await perform(argv, look, stdout, stderr);
    stdout.flush();
    return exit;
  } catch (error) {
    return failed(error, look, stdout, stderr);
  }
}

async function lookHere(directory: string): Promise<number> {
  (await import('../sync/watch/look.js')).lookHere(directory);
  return 0;
}

async function withWholeCards(argv: readonly string[]): Promise<readonly string[]> {
  return (await import('./command/broken-card.js')).withDashesOfCards(argv);
}

function isAboutVersion(look: Look): boolean {
  return look.words.length === 0 && look.given['version'] === true;
}

async function tellVersion(stdout: Output): Promise<number> {
  const { VERSION } = await import('./command/version.js');
  stdout.write(`satchel ${VERSION}\n`);
  return 0;
}

async function perform(argv: readonly string[], look: Look, stdout: Output, stderr: Output): Promise<number> {
  return (await import('./program.js')).perform(argv, look, stdout, stderr);
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

// as it is when a module's top level never settles
process.exitCode = 13;
void run(process.argv.slice(2)).then((exit) => {
  process.exitCode = exit;
});
