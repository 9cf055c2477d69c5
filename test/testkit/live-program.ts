// The program that stays, for as long as a test lasts.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { environment, PROGRAM } from '../cli/program.js';

/** One that runs. */
export interface RunningProgram {
  /** Resolves when what it printed on both outputs together holds this, so many times. */
  says(text: string, times?: number): Promise<void>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Ends it, or waits until it ends by itself; its exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

/** Where it runs. */
interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `satchel -C WHO live ...` below a directory. */
export function startLive(who: string, words: readonly string[], place: Place): RunningProgram {
  return startStaying(who, ['live', ...words], place);
}

/** The same of any command. */
export function startStaying(who: string, words: readonly string[], { cwd, env = {} }: Place): RunningProgram {
  const child = spawn(process.execPath, [PROGRAM, '-C', path.join(cwd, who), ...words], {
    cwd,
    env: { ...environment(cwd), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const one of waiting) one();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    says: (text, times = 1) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          if (`${stdout}\n${stderr}`.split(text).length <= times) return;
          waiting.delete(settle);
          resolve();
        };
        waiting.add(settle);
        void ended.then(() => reject(new Error(`it ended without saying "${text}": ${stdout}${stderr}`)));
        settle();
      }),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}
