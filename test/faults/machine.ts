// A machine whose whole disk is in memory, and can be made to fail: repositories, state, and files beside them.
import path from 'node:path';
import { expect } from 'vitest';
import { type Disk, nodeDisk, useDisk } from '../../src/repository/disk.js';
import { fillFile } from '../../src/repository/store/fully.js';
import { type Answer, type EndedHere, runHere } from '../testkit/command.js';
import { documents } from '../testkit/documents.js';
import { MemoryDisk } from '../testkit/memory-disk.js';

/** A machine with Ana's repository, and files around it; all of it is on the disk that fails. */
export class Machine {
  /** Where everything lies. */
  readonly root: string;
  /** Its disk. */
  memory: MemoryDisk;
  /** Its clock, ms. */
  now = Date.UTC(2026, 0, 1);
  /** The id that the scene is about. */
  said = '';
  /** Whoever sits in front of it, and is asked what "recovery" and "restore" ask. */
  person: Answer | undefined;
  #drawn = 0;

  readonly #real: Disk | undefined;

  /** With a directory, that is its disk. */
  constructor(directory?: string) {
    this.root = directory ?? '/machine';
    this.memory = new MemoryDisk(this.root);
    this.#real = directory === undefined ? undefined : nodeDisk;
    this.#real?.makeDirectories(this.root);
  }

  /** From now on what it draws follows from the number alone. */
  drawFrom(number: number): void {
    this.#drawn = number;
  }

  /** A path on its disk. */
  file(name: string): string {
    return path.join(this.root, name);
  }

  /** What is on its disk, for tests to look at and to add to. */
  get disk(): Disk {
    return this.#real ?? this.memory.disk;
  }

  /** Puts a file there. */
  put(name: string, content: Buffer | string): void {
    const restore = useDisk(this.disk);
    fillFile(this.file(name), 'replacing', content);
    restore();
  }

  /** Runs a command in Ana's repository, unless `-C` names another. */
  async run(...argv: string[]): Promise<EndedHere> {
    const restore = useDisk(this.disk);
    try {
      return await this.runOnDiskInUse(argv);
    } finally {
      restore();
    }
  }

  /** The same on the disk that is in use: one around this one's. */
  runOnDiskInUse(argv: readonly string[]): Promise<EndedHere> {
    const [, named] = argv[0] === '-C' ? argv : [];
    const env = { HOME: this.root, SATCHEL_STATE_DIR: this.file(`state/${path.basename(named ?? 'ana')}`) };
    // never the same twice: what a failed command drew is not drawn again
    const random = (size: number): Buffer => Buffer.alloc(size, `${++this.#drawn} drawn `);
    // its disk is put back as it was, bit by bit
    const fileTimes = () => ({ birth: 0n, changed: 0n, modified: 0n });
    const place = argv[0] === '-C' ? [] : ['-C', this.file('ana')];
    const world = { now: () => this.now, random, fileTimes };
    const asks = this.person && ['recovery', 'restore'].some((word) => argv.includes(word));
    const asked = asks ? { people: { columns: 80 }, answer: this.person } : {};
    return runHere([...place, ...argv], { env, world, ...asked });
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
