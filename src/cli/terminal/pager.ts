// The user's pager, for what is longer than a screen (spec/cli.md, "read").
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Writable } from 'node:stream';

/** What became of a text: the pager took all of it and ended well, or it did not, or there is no pager. */
export type Paged = 'taken' | 'left' | 'no-pager';

/** Ends by itself where all fits on the screen, lets colours through, and leaves what was shown there. */
const PAGER = 'less -FRX';
/** What a shell ends with when it knows no such command, or may not run it. */
const NOT_STARTED: readonly (number | null)[] = [126, 127];

/** By which of its files the pager is given the text, and the command that has it read from there. */
interface Way {
  readonly fd: number;
  readonly command: string;
}

/** Hands the text to the pager of the environment; fulfilled when it has ended. */
export async function pageThrough(text: string, env: NodeJS.ProcessEnv): Promise<Paged> {
  const { PAGER: command = PAGER, LESS = 'FRX' } = env;
  if (command.trim() === '' || command.trim() === 'cat' || env['TERM'] === 'dumb') return 'no-pager';
  // to the pager an interrupt is a key like others
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    const way = wayTo(command);
    const stdio = (['inherit', 'inherit', 'inherit', 'ignore'] as const).map((usual, at) =>
      at === way.fd ? 'pipe' : usual,
    );
    const pager = spawn(way.command, { shell: true, stdio, env: { ...env, LESS } });
    const [status, isTaken] = await Promise.all([
      statusOf(pager),
      hasTaken(pager.stdio[way.fd] as Duplex | Writable | null, text),
    ]);
    if (NOT_STARTED.includes(status)) return 'no-pager';
    return status === 0 && isTaken ? 'taken' : 'left';
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Standard input is given by Node as what can only be written to; of any other file it tells how that was left. */
function wayTo(command: string): Way {
  return process.platform === 'win32' ? { fd: 0, command } : { fd: 3, command: `{ ${command}\n} <&3 3<&-` };
}

/** What it ended with; null when by a signal, and what a shell says when there is none. */
function statusOf(pager: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    pager.on('error', () => resolve(127));
    pager.on('exit', resolve);
  });
}

/** Whether all of the text was taken out: whoever leaves with something in the pipe breaks it, where the system says so. */
function hasTaken(pipe: Duplex | Writable | null, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!pipe) return resolve(false);
    pipe.on('error', () => resolve(false));
    pipe.on('close', () => resolve(true));
    if ('resume' in pipe) pipe.resume();
    pipe.end(text);
  });
}
