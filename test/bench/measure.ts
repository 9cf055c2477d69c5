// Runs a command as a fresh process and says how long it took and how much memory it needed at most.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** A command to be measured. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Files for standard input and output; absent: none, and nowhere. */
  readonly stdin?: string | undefined;
  readonly stdout?: string | undefined;
}

/** What a run took. */
export interface Taken {
  readonly ms: number;
  /** Of all its threads, in steps of 10 ms. Undefined, as memory is, where GNU time is missing. */
  readonly cpuMs: number | undefined;
  readonly peakBytes: number | undefined;
}

const TIME = '/usr/bin/time';

/** Whether peak memory and processor time can be measured. */
export const MEASURES_USAGE = fs.existsSync(TIME);

/**
 * Runs it to its end; all measured commands pay alike for starting GNU time, about a millisecond.
 * @throws Error when it fails
 */
export function measure(command: Command): Taken {
  const stdin = openOr(command.stdin, 'r');
  const stdout = openOr(command.stdout, 'w');
  const argv = MEASURES_USAGE ? [TIME, '-q', '-f', '%M %U %S', ...command.argv] : command.argv;
  const [program = '', ...args] = argv;
  const start = process.hrtime.bigint();
  const ended = spawnSync(program, args, {
    cwd: command.cwd,
    env: { ...CLEAN, ...command.env },
    stdio: [stdin, stdout, 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  for (const fd of [stdin, stdout]) if (typeof fd === 'number') fs.closeSync(fd);
  refuseFailure(command, ended);
  return { ms, ...(MEASURES_USAGE ? usageOf(ended.stderr) : { cpuMs: undefined, peakBytes: undefined }) };
}

/** Makes the disk idle, so that one command does not pay for what was written before it. */
export function settle(): void {
  spawnSync('sync');
}

/** Nothing of the user's settings gets in. */
const CLEAN: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'ana',
  GIT_AUTHOR_EMAIL: 'ana@bench.example',
  GIT_COMMITTER_NAME: 'ana',
  GIT_COMMITTER_EMAIL: 'ana@bench.example',
};

function openOr(file: string | undefined, flags: 'r' | 'w'): number | 'ignore' {
  return file === undefined ? 'ignore' : fs.openSync(file, flags);
}

function refuseFailure({ argv }: Command, { status, signal, stderr, error }: SpawnSyncReturns<string>): void {
  if (status === 0) return;
  throw new Error(`${argv.join(' ')} ended with ${signal ?? status}: ${error ?? stderr}`);
}

/** The last line is what GNU time wrote: KiB, and seconds in the program and in the system. */
function usageOf(stderr: string): Pick<Taken, 'cpuMs' | 'peakBytes'> {
  const [kib = 0, user = 0, system = 0] = (stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpuMs: (user + system) * 1_000, peakBytes: kib * 1_024 };
}
