// Devices that their user adds with the commands of the program, which run in this process: what each shows, and what is typed
// on the other one.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { type Answer, type EndedHere, type HereOptions, runHere } from './command.js';

/** Computers side by side, and what lies between them. */
export class Desk {
  readonly directory: string;
  now = Date.UTC(2026, 5, 1);
  /** A file that names the passphrase to whoever has one. */
  passphraseFile = '';
  #drawn = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** A file that lies between them. */
  file(name: string): string {
    return path.join(this.directory, name);
  }

  /** Runs a command in the repository of that name. */
  run(name: string, argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
    const env = {
      HOME: this.directory,
      SATCHEL_STATE_DIR: this.file(`state-${name}`),
      SATCHEL_STATE_COPY: '',
      SATCHEL_PASSPHRASE_FILE: this.passphraseFile,
    };
    const random = (size: number): Buffer => {
      const bytes = createHash('sha256')
        .update(`drawn ${this.#drawn++}`)
        .digest();
      return Buffer.concat([bytes, bytes]).subarray(0, size);
    };
    const fileTimes = () => ({ birth: 0n, changed: 0n, modified: 0n });
    const world = { now: () => this.now, random, fileTimes };
    return runHere(['-C', this.file(name), ...argv], { env, world, ...options });
  }

  /** What a command says that has to succeed, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it says what it is
  async must(name: string, ...argv: string[]): Promise<any> {
    const { exit, stdout, stderr } = await this.run(name, argv);
    expect(exit, `${name}: ${argv.join(' ')}: ${stderr}`).toBe(0);
    return stdout === '' ? undefined : JSON.parse(stdout.trim().split('\n')[0] ?? '');
  }

  /** The code of a command that has to fail. */
  async fails(name: string, ...argv: string[]): Promise<string> {
    const { exit, stdout, stderr } = await this.run(name, argv);
    expect(exit, stdout).not.toBe(0);
    return (JSON.parse(stderr.trim().split('\n').at(-1) ?? '{}') as { code: string }).code;
  }

  /** Runs it with somebody at a terminal. */
  atTerminal(name: string, argv: readonly string[], answer: Answer): Promise<EndedHere> {
    return this.run(name, argv, { people: { columns: 100 }, answer });
  }

  /** Makes `joining` a device of whoever `authority` belongs to. */
  async pair(authority: string, joining: string): Promise<void> {
    const asked = await this.must(
      joining,
      'device',
      'request',
      '--name',
      joining,
      '-o',
      this.file(`${joining}.request`),
    );
    const welcome = this.file(`${joining}.welcome`);
    const added = ['device', 'add', asked.file, '--words', asked.words, '-o', welcome];
    const { words } = await this.must(authority, ...added);
    await this.must(joining, 'device', 'join', welcome, '--words', words);
  }

  /** A bundle that one makes and the other takes; what it says of that. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it says what it is
  async carry(from: string, to: string, ...options: string[]): Promise<any> {
    const file = this.file(`${from}-${to}-${this.now++}.satchel`);
    await this.must(from, 'export', '-o', file, ...options);
    const { stdout } = await this.run(to, ['import', file]);
    return JSON.parse(stdout.trim().split('\n')[0] ?? '');
  }

  /** Everything in a repository's small files and keys, to see that nothing has changed. */
  stateOf(name: string): string {
    const root = path.join(this.file(name), '.satchel');
    const files = ['refs', 'keys'].flatMap((folder) => {
      const at = path.join(root, folder);
      return fs.readdirSync(at).map((file) => path.join(at, file));
    });
    return [...files.sort(), path.join(root, 'HEAD')]
      .map((file) => `${file}\n${fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''}`)
      .join('\n');
  }
}
