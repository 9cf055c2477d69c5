// A machine whose whole disk can be made to fail: repositories, state, and files beside them lie in one directory.
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { type EndedHere, runHere } from '../testkit/command.js';

/** A machine with Ana's repository, and files around it; all of it is on the disk that fails. */
export class Machine {
  /** Its disk. */
  readonly root: string;
  /** Its clock, ms. */
  now = Date.UTC(2026, 0, 1);
  /** The id that the scene is about. */
  said = '';
  #drawn = 0;

  constructor(root: string) {
    this.root = root;
    fs.mkdirSync(root, { recursive: true });
  }

  /** A path on its disk. */
  file(name: string): string {
    return path.join(this.root, name);
  }

  /** Runs a command in Ana's repository, unless `-C` names another. */
  run(...argv: string[]): Promise<EndedHere> {
    const env = { HOME: this.root, SATCHEL_STATE_DIR: this.file('state') };
    // never the same twice: what a failed command drew is not drawn again
    const random = (size: number): Buffer => Buffer.alloc(size, `${++this.#drawn} drawn `);
    // its disk is put back as it was, bit by bit
    const fileTimes = () => ({ birth: 0n, changed: 0n, modified: 0n });
    const place = argv[0] === '-C' ? [] : ['-C', this.file('ana')];
    return runHere([...place, ...argv], { env, world: { now: () => this.now, random, fileTimes } });
  }

  /** Runs it, and it has to succeed. */
  async must(...argv: string[]): Promise<string> {
    const ended = await this.run(...argv);
    expect(ended, `${argv.join(' ')}: ${ended.stderr}`).toMatchObject({ exit: 0 });
    return ended.stdout;
  }

  /** The texts of a topic, in order. */
  async texts(topic: string): Promise<string[]> {
    return documents(await this.must('read', '-t', topic)).map(({ text }) => text as string);
  }
}

/** The JSON documents of an output, one a line. */
export function documents(stdout: string): Record<string, unknown>[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));
}
