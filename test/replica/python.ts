// The replica in Python beside this folder (main.py), as a process that answers one line after the other.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = path.join(import.meta.dirname, 'main.py');

/** Whether there is a Python to run it; where nothing may be skipped a missing one is an error. */
export function hasPython(): boolean {
  const found = spawnSync('python3', ['--version']).status === 0;
  if (!found && process.env['SATCHEL_REQUIRE_MOUNTS'] === '1') throw new Error('python3 is missing');
  if (!found) process.stderr.write('skipped: the replica in Python, for there is no python3\n');
  return found;
}

/** One running replica in Python. */
export class Python {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];
  #complaint = '';

  constructor(main = MAIN) {
    this.#child = spawn('python3', ['-B', main]);
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint += chunk.toString();
    });
    this.#child.on('close', () => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`the replica in Python ended: ${this.#complaint}`));
    });
    // a write to one that has ended is told of by `close`
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line)),
    );
  }

  /** Answers are given in the order of the questions. */
  ask<T>(op: string, question: object): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
      this.#child.stdin.write(`${JSON.stringify({ op, ...question })}\n`);
    });
  }

  /** Ends the process and waits for it. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }
}
