// Programs of the user's that are run when something happens (spec/repository.md, "Hooks"). Only what lies in the
// repository's own `hooks/`, put there by its owner; nothing that came from outside is ever run.

import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { disk, type Stat } from '../repository/disk.js';
import { isMissing, onDisk } from '../repository/files.js';
import { layoutOf } from '../repository/layout.js';
import { type Ended, runChild } from './watch/child.js';

/** What there may be a hook for. */
export type HookName = 'drive-found' | 'post-import' | 'drive-done';

/** How to run it. */
export interface HookOptions {
  /** What it is told, by environment variable. */
  readonly told: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  /** Where what it prints goes. */
  readonly output: 'stderr' | 'drop';
  readonly signal?: AbortSignal | undefined;
}

/** Set for everything that a hook starts, so that hooks don't bring about each other. */
const MARK = 'SATCHEL_HOOK';
/** Others than the owner may write it. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Runs the hook of that name, if there is one, with the repository's directory as its working directory.
 * Returns what went wrong with it: nothing that a hook does is a failure of what it is run for.
 */
export async function runHook(
  directory: string,
  name: HookName,
  options: HookOptions,
): Promise<SatchelError | undefined> {
  const { told, env, limitMs, output, signal } = options;
  if ((env[MARK] ?? '') !== '') return undefined;
  try {
    const command = findHook(path.join(layoutOf(directory).hooks), name);
    if (!command) return undefined;
    const [program, ...args] = command;
    const own = { ...env, ...told, [MARK]: name, SATCHEL_DIR: directory };
    const ended = await runChild(program, args, { env: own, cwd: directory, limitMs, output, signal, isGroup: true });
    return signal?.aborted ? undefined : problemOf(name, ended, limitMs);
  } catch (error) {
    if (error instanceof SatchelError) return error;
    throw error;
  }
}

/** The command line for the hook. @throws SatchelError `io` when there is one that must not or cannot be run */
function findHook(folder: string, name: HookName): readonly [string, ...string[]] | undefined {
  if (process.platform === 'win32') return findOnWindows(folder, name);
  const file = path.join(folder, name);
  const stat = statOf(file);
  if (!stat) return undefined;
  if (!stat.isFile() || (stat.mode & 0o111) === 0) {
    throw new SatchelError('io', `the hook ${file} is not an executable file`, { hint: `run "chmod +x ${file}"` });
  }
  const isOwn = stat.uid === process.getuid?.() || stat.uid === 0;
  if (!isOwn || (stat.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new SatchelError('io', `the hook ${file} can be changed by others, and is not run`, {
      hint: `own it, and run "chmod go-w ${file}"`,
    });
  }
  return [file];
}

function findOnWindows(folder: string, name: HookName): readonly [string, ...string[]] | undefined {
  const program = path.join(folder, `${name}.exe`);
  const script = path.join(folder, `${name}.cmd`);
  if (statOf(program)) return [program];
  return statOf(script) ? ['cmd.exe', '/d', '/c', script] : undefined;
}

function statOf(file: string): Stat | undefined {
  return onDisk(`reading ${file}`, () => {
    try {
      return disk.stat(file);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

function problemOf(name: HookName, { status, isLate, stderr }: Ended, limitMs: number): SatchelError | undefined {
  if (status === 0 && !isLate) return undefined;
  if (isLate) {
    return new SatchelError('io', `the hook ${name} took longer than ${limitMs / 1_000} s and was ended`, {
      hint: 'let it start what takes long in the background',
    });
  }
  const how =
    status === null
      ? `could not be run or was killed${stderr ? `: ${stderr}` : ''}`
      : `ended with exit status ${status}`;
  return new SatchelError('io', `the hook ${name} ${how}`, { hint: 'what it was run for is done all the same' });
}
