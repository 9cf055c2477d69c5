// The built program, as a user's shell runs it; nothing of this machine's user gets in.
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** How a run ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what it runs. */
export interface RunOptions {
  /** The working directory, and below it the home directory and the state. */
  readonly cwd: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built program. */
export const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');

/** Runs `satchel` with these arguments; standard input is empty unless given. */
export function run(args: readonly string[], options: RunOptions): Ended {
  if (!fs.existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run "npm run build"`);
  const { cwd, input = '', env = {} } = options;
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...environment(cwd), ...env },
    timeout: 600_000,
    maxBuffer: 2 ** 30,
  });
  return { status, stdout, stderr };
}

/** The same while this process goes on, as it has to where it answers the program; there is no input. */
export function runBeside(args: readonly string[], { cwd, env = {} }: Omit<RunOptions, 'input'>): Promise<Ended> {
  const options = { cwd, env: { ...environment(cwd), ...env }, maxBuffer: 2 ** 30 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

/** The environment of a user whose home and state lie below `cwd`. */
export function environment(cwd: string): Readonly<Record<string, string>> {
  const home = path.join(cwd, 'home');
  fs.mkdirSync(home, { recursive: true });
  const state = path.join(cwd, 'state');
  return { PATH: process.env['PATH'] ?? '', HOME: home, USERPROFILE: home, SATCHEL_STATE_DIR: state, TZ: 'UTC' };
}

/** Runs it with `--json` and returns its one document. @throws Error when it failed */
export function runJson<T>(args: readonly string[], options: RunOptions): T {
  const ended = run([...args, '--json'], options);
  if (ended.status !== 0) throw new Error(`satchel ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  return JSON.parse(ended.stdout) as T;
}
