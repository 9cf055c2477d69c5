// A program that follows a feed, in processes of their own: what arrives is handed out as it comes, and whoever is killed with
// something in its hands gets it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { environment, PROGRAM, run } from './program.js';

interface Handed {
  readonly offset: number;
  readonly text: string;
}

/** A running `feed --follow`. */
class Following {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(cwd: string, ...args: string[]) {
    const argv = [PROGRAM, 'feed', '--as', 'mailer', '--follow', '--json', ...args];
    this.#child = spawn(process.execPath, argv, { cwd, env: environment(cwd), stdio: ['ignore', 'pipe', 'inherit'] });
    this.#lines = readline.createInterface(this.#child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** The next message, as soon as it is there. */
  async next(): Promise<string> {
    const { offset, text } = JSON.parse((await this.#lines.next()).value) as Handed;
    return `${offset} ${text}`;
  }

  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.#child.kill(signal);
    return (await once(this.#child, 'exit'))[0];
  }
}

it('hands out what arrives, and again what was not committed when it was killed', async () => {
  const cwd = scratchDirectory();
  const post = (text: string): void => expect(run(['post', '-q', '-t', 'log', text], { cwd }).status).toBe(0);
  run(['init', '-q', '--name', 'Ana'], { cwd });
  post('one');
  const first = new Following(cwd);
  expect(await first.next()).toBe('1 one');
  post('two');
  // it waits until what it handed out is committed
  expect(run(['feed', '--as', 'mailer', '--commit', '1'], { cwd }).status).toBe(0);
  expect(await first.next()).toBe('2 two');
  await first.end('SIGKILL');
  const second = new Following(cwd, '--auto');
  expect(await second.next()).toBe('2 two');
  post('three');
  expect(await second.next()).toBe('3 three');
  post('four');
  expect(await second.next()).toBe('4 four');
  expect(await second.end('SIGTERM')).toBe(143);
});
