// Six people, three real sticks, and `satchel watch` in a process of its own for each: sticks are plugged in and pulled out
// when the watcher says so, lost, rolled back and cloned; nobody types anything but posts.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/program.js';
import { Watched } from '../cli/watched.js';
import { Chance } from '../testkit/chance.js';
import { documents } from '../testkit/documents.js';
import { makeImage, mountImage, mountsAreRequired, whyNoMount } from '../testkit/mounts.js';
import { memoryDirectory } from '../testkit/scratch.js';

const NAMES = ['alice', 'bob', 'carol', 'dora', 'emil', 'frida'];
const STICKS = 3;
const STEPS = 10;
const SEED = 4;
const LIMIT_MS = 300_000;

describe('six watchers and three FAT32 sticks', { timeout: LIMIT_MS }, () => {
  const reason = whyNoMount('fat');
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount: ${reason}`, () => {});
    return;
  }

  it(`come to one conversation (seed ${SEED})`, async () => {
    expect(reason).toBeUndefined();
    const world = new World(memoryDirectory(), new Chance(SEED));
    for (let i = 0; i < STEPS; i++) await world.step();
    await world.meetAll();
    const [first, ...others] = NAMES.map((name) => world.conversationOf(name));
    expect(first?.slice().sort()).toEqual(world.posted.sort());
    for (const other of others) expect(other).toEqual(first);
    await world.stop();
  });
});

/** Who watches where, and what became of the sticks. */
class World {
  readonly posted: string[] = [];
  readonly #cwd: string;
  readonly #chance: Chance;
  readonly #watchers = new Map<string, Watched>();
  readonly #sticks: string[];
  #copies = 0;

  constructor(cwd: string, chance: Chance) {
    this.#cwd = cwd;
    this.#chance = chance;
    this.#sticks = Array.from({ length: STICKS }, (_, i) => path.join(cwd, `stick-${i}`));
    this.#found();
    for (const name of NAMES) this.#watchers.set(name, this.#watch(name));
  }

  /** Somebody has something to say, perhaps; somebody meets a stick; sometimes a stick is not what it was. */
  async step(): Promise<void> {
    const chance = this.#chance;
    if (chance.happens(0.6)) this.#post(chance.pick(NAMES));
    if (chance.happens(0.15)) this.#befall(chance.below(STICKS));
    await this.#meet(chance.pick(NAMES), chance.pick(this.#sticks));
  }

  /** Everybody meets one and the same stick twice: what one brings late, all get then. */
  async meetAll(): Promise<void> {
    for (let round = 0; round < 2; round++) for (const name of NAMES) await this.#meet(name, this.#sticks[0] ?? '');
  }

  conversationOf(name: string): string[] {
    const { stdout, status } = run(['-C', name, 'read', '-t', 't', '--json'], { cwd: this.#cwd });
    expect(status).toBe(0);
    return documents<{ id: string }>(stdout).map(({ id }) => id);
  }

  /** Ends the watchers: none complained. */
  async stop(): Promise<void> {
    for (const [name, watcher] of this.#watchers) {
      expect(await watcher.end('SIGTERM'), name).toMatchObject({ status: 143, stderr: '' });
      expect(
        watcher.events.filter(({ type }) => type === 'failed'),
        name,
      ).toEqual([]);
      expect(run(['-C', name, 'check', '--all'], { cwd: this.#cwd }).status, name).toBe(0);
    }
  }

  #found(): void {
    const cwd = this.#cwd;
    for (const name of NAMES) {
      run(['init', name, '--name', name], { cwd });
      run(['-C', name, 'card', '-o', `${name}.card`], { cwd });
      run(['-C', name, 'topic', 'join', 't'], { cwd });
      fs.mkdirSync(path.join(cwd, name, 'media'));
    }
    const cards = NAMES.map((name) => `${name}.card`);
    for (const name of NAMES) expect(run(['-C', name, 'contact', 'add', ...cards], { cwd }).status).toBe(0);
    for (const [i, stick] of this.#sticks.entries()) {
      makeImage('fat', stick, 34);
      const mount = mountImage('fat', stick, path.join(cwd, 'first'));
      expect(run(['-C', 'alice', 'drive', 'init', mount.directory, '--label', `s${i}`], { cwd }).status).toBe(0);
      // a watcher writes to no drive that its user never approved
      for (const name of NAMES) expect(run(['-C', name, 'drive', 'init', mount.directory], { cwd }).status).toBe(0);
      mount.unmount();
    }
  }

  #watch(name: string): Watched {
    const media = path.join(this.#cwd, name, 'media');
    return new Watched(['-C', name, '--no-mounts', '--interval', '1', media], { cwd: this.#cwd });
  }

  #post(name: string): void {
    const text = `${this.posted.length} of ${name}`;
    const { stdout, status } = run(['-C', name, 'post', '-t', 't', '--json', text], { cwd: this.#cwd });
    expect(status).toBe(0);
    this.posted.push((JSON.parse(stdout) as { id: string }).id);
  }

  /** Plugs a stick in, waits for "safe to remove", and pulls it out. */
  async #meet(name: string, stick: string): Promise<void> {
    const watcher = this.#watchers.get(name);
    if (!watcher) throw new Error(`nobody is called ${name}`);
    const before = new Set(watcher.events);
    const mount = mountImage('fat', stick, path.join(this.#cwd, name, 'media'));
    await watcher.event('visited', (event) => event.safe && !before.has(event));
    mount.unmount();
    await watcher.event('gone', (event) => !before.has(event));
  }

  /** The stick is as it was some time ago, or one of two that were one. */
  #befall(index: number): void {
    const old = path.join(this.#cwd, `copy-${index}`);
    const stick = this.#sticks[index] ?? '';
    if (fs.existsSync(old)) {
      fs.renameSync(old, stick);
      return;
    }
    fs.copyFileSync(stick, old);
    if (this.#chance.happens(0.5)) {
      const clone = path.join(this.#cwd, `clone-${this.#copies++}`);
      fs.copyFileSync(stick, clone);
      this.#sticks[(index + 1) % STICKS] = clone;
    }
  }
}
