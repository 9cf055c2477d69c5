// The busiest list once more, through the real program: each machine a repository of its own, every command a process.
// Files are taken in any order, one of them damaged; in the end everybody reads the same, and the same as the replay.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { documents } from '../testkit/documents.js';
import { damageFile } from './damage.js';
import type { Figures } from './figures.js';
import { Chance } from './seeded.js';

/** A message as everybody has to read it, whoever carried it. */
export interface Told {
  /** Its mail's key. */
  readonly key: string;
  readonly text: string;
  /** Key of the mail that it answers. */
  readonly reply: string | undefined;
  /** Index of its sender. */
  readonly sender: number;
}

/** How it is played. */
export interface ProgramOptions {
  readonly seed: string;
  /** Below this everything is stored. */
  readonly directory: string;
  readonly topic: string;
}

interface Read {
  readonly id: string;
  readonly text: string;
  readonly reply: string | null;
}

const PROGRAM = path.join(process.cwd(), 'dist', 'satchel.cjs');
const MACHINES = 4;
/** An answer waits until what it answers has come: so many times, at most. */
const ROUNDS_MAX = 60;
/** Some files of several failed. */
const SOME_FAILED = 3;

/** Plays the messages, in this order; throws when a machine does not read all of them, in one order, causes first. */
export function playProgram(messages: readonly Told[], options: ProgramOptions, figures: Figures): void {
  const play = new Play(messages, options, figures);
  play.found();
  for (let round = 0; play.isWaiting; round++) {
    if (round === ROUNDS_MAX) throw new Error(`something still waits after ${ROUNDS_MAX} rounds`);
    play.round(round);
  }
  play.compare();
}

class Play {
  readonly #messages: readonly Told[];
  readonly #options: ProgramOptions;
  readonly #figures: Figures;
  readonly #chance: Chance;
  readonly #machines: readonly string[];
  /** Ids by key, of what was posted. */
  readonly #ids = new Map<string, string>();
  #waiting: readonly Told[];

  constructor(messages: readonly Told[], options: ProgramOptions, figures: Figures) {
    this.#messages = messages;
    this.#options = options;
    this.#figures = figures;
    this.#chance = new Chance(`${options.seed}/program`);
    this.#machines = Array.from({ length: MACHINES }, (_, i) => path.join(options.directory, `program-${i}`));
    this.#waiting = messages;
  }

  /** Everybody accepts everybody's card. */
  found(): void {
    const cards = this.#machines.map((machine, i) => {
      fs.mkdirSync(machine, { recursive: true });
      this.#run(i, ['init', '-q', '--name', `machine ${i}`]);
      this.#run(i, ['card', '-q', '-o', path.join(machine, 'own.card')]);
      return path.join(machine, 'own.card');
    });
    for (const i of this.#machines.keys()) {
      this.#run(i, ['contact', 'add', '-q', ...cards]);
      this.#run(i, ['topic', 'join', '-q', this.#options.topic]);
    }
  }

  /** Whether anything is still to be posted. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Everybody posts what it can and writes a file; then everybody takes all files, a damaged one among them. */
  round(round: number): void {
    const held = new Set(this.#ids.keys());
    for (const i of this.#machines.keys()) this.#post(i, held);
    const folder = path.join(this.#options.directory, `program-files-${round}`);
    fs.mkdirSync(folder);
    for (const i of this.#machines.keys())
      this.#run(i, ['export', '--open', '-q', '-o', path.join(folder, `${i}.satchel`)]);
    for (const i of this.#machines.keys()) this.#take(i, folder);
  }

  /** All read the same: what was to be told, each answer behind what it answers. */
  compare(): void {
    const [first = '', ...others] = this.#machines.map((_, i) => this.#read(i));
    if (others.some((other) => other !== first)) throw new Error('the machines read something else than each other');
    const read = documents<Read>(first);
    const keys = new Map([...this.#ids].map(([key, id]) => [id, key]));
    const told = new Map(this.#messages.map((message) => [message.key, message]));
    const seen = new Set<string>();
    for (const { id, text, reply } of read) {
      const expected = told.get(keys.get(id) ?? '');
      if (!expected || expected.text !== text) throw new Error('a message is not what was posted');
      if ((expected.reply && this.#ids.get(expected.reply)) !== (reply ?? undefined))
        throw new Error('an answer is to another message');
      if (reply !== null && !seen.has(reply)) throw new Error('an answer stands before what it answers');
      seen.add(id);
    }
    if (seen.size !== this.#messages.length)
      throw new Error(`${this.#messages.length - seen.size} messages are missing`);
    this.#figures.count('program: messages read', seen.size);
  }

  /** Posts what answers nothing, or what has come; twice, as a script does that is started again: nothing is said twice. */
  #post(machine: number, held: ReadonlySet<string>): void {
    const known = new Set(held);
    const isReady = ({ sender, reply }: Told): boolean =>
      sender % MACHINES === machine && (reply === undefined || known.has(reply));
    const ready: Told[] = [];
    for (const message of this.#waiting) {
      if (!isReady(message)) continue;
      ready.push(message);
      known.add(message.key);
    }
    if (ready.length === 0) return;
    const input = ready.map((message) => `${JSON.stringify(this.#itemOf(message, ready))}\n`).join('');
    const words = ['post', '--json', '-t', this.#options.topic, '--ndjson'];
    const posted = documents<{ key: string; id: string }>(this.#run(machine, words, { input }));
    for (const { key, id } of posted) this.#ids.set(key, id);
    this.#waiting = this.#waiting.filter((message) => !ready.includes(message));
    if (held.size > 0) return;
    const again = documents<{ known?: boolean }>(this.#run(machine, words, { input }));
    if (again.length !== ready.length || !again.every((one) => one.known)) throw new Error('a key was posted twice');
  }

  /** An answer names what it answers by its key, if both are posted at once, else by its id. */
  #itemOf({ key, text, reply }: Told, ready: readonly Told[]): Record<string, string | undefined> {
    const isHere = ready.some((other) => other.key === reply);
    return { key, text, reply: reply === undefined || isHere ? reply : this.#ids.get(reply) };
  }

  #take(machine: number, folder: string): void {
    const files = fs.readdirSync(folder).filter((name) => name !== `${machine}.satchel` && /^\d+\.satchel$/.test(name));
    const good = files.map((name) => path.join(folder, name));
    const [victim] = good;
    if (victim === undefined) return;
    const bad = path.join(folder, `damaged-for-${machine}.satchel`);
    fs.copyFileSync(victim, bad);
    damageFile(bad, this.#chance);
    const shuffled = [...good, bad]
      .map((file) => ({ file, at: this.#chance.number() }))
      .sort((a, b) => a.at - b.at)
      .map(({ file }) => file);
    this.#run(machine, ['import', '-q', ...shuffled], { status: SOME_FAILED });
    this.#figures.count('program: damaged files refused');
  }

  /** What a machine reads, without what only concerns itself. */
  #read(machine: number): string {
    const read = documents<Read>(this.#run(machine, ['read', '--json', '-t', this.#options.topic]));
    return read.map(({ id, text, reply }) => `${JSON.stringify({ id, text, reply })}\n`).join('');
  }

  #run(machine: number, words: readonly string[], options: { input?: string; status?: number } = {}): string {
    const cwd = this.#machines[machine] ?? '';
    const env = { PATH: process.env['PATH'], HOME: cwd, SATCHEL_STATE_DIR: path.join(cwd, 'state'), TZ: 'UTC' };
    const { input = '', status = 0 } = options;
    const ended = spawnSync(process.execPath, [PROGRAM, ...words], {
      cwd,
      env,
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    this.#figures.count('program: commands run');
    if (ended.status === status) return ended.stdout;
    // what it says may name people: only its first words are shown
    throw new Error(`satchel ${words[0]} ended with ${ended.status}: ${ended.stderr.slice(0, 80)}`);
  }
}
