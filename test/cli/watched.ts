// The built program while it watches: what it prints as it happens.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { WatchEvent } from '../../src/sync/watch/events.js';

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');
const PATIENCE_MS = 40_000;

/** How a watcher ended. */
export interface WatchEnded {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A running `satchel watch --json`. */
export class Watched {
  readonly events: WatchEvent[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<WatchEnded>;

  constructor(
    args: readonly string[],
    options: {
      readonly cwd: string;
      readonly env?: Readonly<Record<string, string>>;
      /** What is started, if not the built program. */
      readonly command?: readonly string[];
    },
  ) {
    const { cwd, env = {}, command: [program = '', ...words] = [process.execPath, PROGRAM] } = options;
    const home = path.join(cwd, 'home');
    const own = { PATH: process.env['PATH'] ?? '', HOME: home, SATCHEL_STATE_DIR: path.join(cwd, 'state'), TZ: 'UTC' };
    this.#child = spawn(program, [...words, 'watch', '--json', ...args], { cwd, env: { ...own, ...env } });
    let line = '';
    let stderr = '';
    this.#child.stdout?.on('data', (chunk) => {
      const lines = `${line}${chunk}`.split('\n');
      line = lines.pop() ?? '';
      this.events.push(...lines.map((one) => JSON.parse(one) as WatchEvent));
    });
    this.#child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (status, signal) => resolve({ status, signal, stderr }));
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the first event that fits, also one of the past. */
  async event<T extends WatchEvent['type']>(
    type: T,
    fits: (event: Extract<WatchEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<WatchEvent, { type: T }>> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = this.events
        .filter((event): event is Extract<WatchEvent, { type: T }> => event.type === type)
        .find(fits);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`no ${type} among ${JSON.stringify(this.events)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends it with a signal. */
  async end(signal: NodeJS.Signals): Promise<WatchEnded> {
    this.#child.kill(signal);
    return this.#ended;
  }
}
