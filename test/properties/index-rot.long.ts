// Rot in the index is never believed: whatever bit of it is another, whatever is missing, all answers are those of before
// (spec/repository.md, "Index").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeLookup } from '../../src/repository/index/lookup.js';
import { acquireLock } from '../../src/repository/lock.js';
import { Repository } from '../../src/repository/repository.js';
import { loadShapes } from '../../src/repository/state.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { Machine } from '../faults/machine.js';
import { Chance } from '../testkit/chance.js';
import { crowdBundle } from '../testkit/crowd.js';
import { answersOf } from '../testkit/index-answers.js';

const SEED = Number(process.env['INDEX_ROT_SEED'] ?? 5);
const LIMIT_MS = 300_000;
const RECORD_SIZE = 160;
const KINDS = { 'a run': 0, 'an introduction': 1, milestones: 3, housekeeping: 4 };
/** Where the fields of records begin, of all kinds. */
const RECORD_FIELDS = [
  0, 1, 2, 3, 4, 8, 40, 46, 48, 72, 104, 110, 112, 116, 122, 126, 132, 136, 138, 140, 144, 150, 156, 159,
];
/** Where those of a log in the lookup begin. */
const LOG_FIELDS = [0, 32, 64, 96, 128, 160, 166, 172, 178, 184, 190, 196, 200, 204, 205, 206];
const HEADER_FIELDS = [0, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52];
const GROUP_FIELDS = [0, 32, 36, 40];
/** Of each part of the lookup, in their order. */
const FIELDS = {
  header: HEADER_FIELDS,
  logs: LOG_FIELDS,
  order: [0],
  topics: GROUP_FIELDS,
  'logs of topics': [0],
  persons: GROUP_FIELDS,
  'logs of persons': [0],
  'logs with blobs': [0],
};
const CROWD = 26;
const LOOKS: readonly (readonly string[])[] = [
  ['status'],
  ['topic', 'list'],
  ['contact', 'list'],
  ['read', '-t', 't', '-n', '5'],
  ['read', '-t', 't'],
  ['check', '--all'],
];

type Damage = (index: string, chance: Chance) => void;

let machine: Machine;
let spare: string;
let whole: string;
let looks: string[];
const index = (): string => machine.file('ana/.satchel/index');
const world = { now: () => machine.now, random: Buffer.alloc };

beforeAll(async () => {
  await loadShapes();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-test-'));
  machine = new Machine(path.join(directory, 'machine'));
  await settle();
  spare = path.join(directory, 'spare');
  fs.cpSync(machine.root, spare, { recursive: true });
  whole = answersOf(machine.file('ana'), world);
  // the first look leaves what it remembers
  await look();
  looks = await look();
}, LIMIT_MS);

afterAll(() => fs.rmSync(path.dirname(machine.root), { recursive: true, force: true }));

/** Ana writes much at once, Bob acknowledges it, many others say something; then a little more comes, and is not sorted. */
async function settle(): Promise<void> {
  for (const name of ['ana', 'bob']) await as(name, 'init', '--name', name);
  await as('ana', 'contact', 'add', JSON.parse(await as('bob', 'whoami')).card);
  await as('bob', 'contact', 'add', JSON.parse(await as('ana', 'whoami')).card);
  for (const name of ['ana', 'bob']) await as(name, 'topic', 'join', 't');

  for (const text of ['1', '2', '3']) await as('ana', 'post', '-t', 't', text);
  fs.writeFileSync(machine.file('plan'), Buffer.alloc(5_000, 'plan '));
  await as('ana', 'post', '-t', 't', '--attach', machine.file('plan'), 'with a plan');
  for (const turn of ['one', 'two', 'three']) {
    await carry('ana', 'bob');
    await as('bob', 'post', '-t', 't', turn);
    await carry('bob', 'ana');
    await as('ana', 'post', '-t', 't', turn);
  }
  await as('ana', 'gc');
  await crowd('first');
  await crowd('later');
  await as('ana', 'post', '-t', 't', 'the last');
}

async function crowd(part: 'first' | 'later'): Promise<void> {
  const said = (time: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ time: machine.now + time + i, text: `${time} ${i}` }));
  const speakers = Array.from({ length: CROWD }, (_, i) => ({
    name: `p${i}`,
    topic: rendezvousTopic('t'),
    label: 't',
    messages: said(i, i === 0 ? 130 : 2),
    later: i < 3 ? said(1_000, 2) : [],
  }));
  const file = machine.file('crowd.satchel');
  fs.writeFileSync(file, await crowdBundle(speakers, part));
  await as('ana', 'import', file);
  fs.rmSync(file);
}

function as(name: string, ...words: string[]): Promise<string> {
  return machine.must('-C', machine.file(name), ...words);
}

async function carry(from: string, to: string): Promise<void> {
  const bundle = machine.file('carried.satchel');
  await as(from, 'export', '--open', '-o', bundle);
  await as(to, 'import', bundle);
  fs.rmSync(bundle);
}

async function look(): Promise<string[]> {
  const shown: string[] = [];
  for (const words of LOOKS) {
    const { exit, stdout, stderr } = await machine.run(...words);
    shown.push(`${words.join(' ')}: ${exit} ${stdout}${stderr}`);
  }
  return shown;
}

/** Puts the repository back as it was, and damages its index. */
function damage(how: Damage, chance: Chance): void {
  fs.rmSync(index(), { recursive: true, force: true });
  fs.cpSync(path.join(spare, 'ana/.satchel/index'), index(), { recursive: true });
  how(index(), chance);
}

function flipAt(name: string, at: number): Damage {
  return (directory, chance) => {
    const file = path.join(directory, name);
    const bytes = fs.readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << chance.below(8)), at);
    fs.writeFileSync(file, bytes);
  };
}

function zeroAt(name: string, at: number, length: number): Damage {
  return (directory) => {
    const file = path.join(directory, name);
    const bytes = fs.readFileSync(file);
    fs.writeFileSync(file, bytes.fill(0, at, at + length));
  };
}

function cutAt(name: string, at: number): Damage {
  return (directory) => fs.truncateSync(path.join(directory, name), at);
}

function read(name: string): Buffer {
  return fs.readFileSync(path.join(spare, 'ana/.satchel/index', name));
}

/** Sorted records of a kind: where one of them begins. */
function recordsOf(kind: number): number[] {
  const covered = read('lookup').readUInt32BE(12);
  const bytes = read('runs');
  return Array.from({ length: covered }, (_, i) => i * RECORD_SIZE).filter((at) => bytes[at] === kind);
}

/** Where the parts of the lookup begin, and the last ends. */
function sections(): number[] {
  const bytes = read('lookup');
  const count = (i: number): number => bytes.readUInt32BE(12 + 4 * i);
  const topics = [count(3) * 48, count(4) * 4];
  const persons = [count(5) * 48, count(6) * 4];
  // of logs that nobody could place there are none here: the last part is empty
  const sizes = [56, count(1) * 216, count(2) * 4, ...topics, ...persons, bytes.readUInt32BE(44) * 4];
  const begins = [0];
  for (const size of sizes) begins.push((begins.at(-1) ?? 0) + size);
  return begins;
}

/** Who may not write and who writes get the right answers, and after the latter the index on the disk is sound. */
function expectSound(how: Damage, what: string): void {
  damage(how, new Chance(SEED));
  const release = acquireLock(machine.file('ana/.satchel/lock'), 0);
  try {
    expect(answersOf(machine.file('ana'), world) === whole, `${what}, beside a writer`).toBe(true);
  } finally {
    release();
  }
  expect(answersOf(machine.file('ana'), world, 'writer') === whole, `${what}, as a writer`).toBe(true);
  const runs = fs.readFileSync(path.join(index(), 'runs'));
  const lookup = fs.readFileSync(path.join(index(), 'lookup'));
  const before = read('runs');
  expect(runs.subarray(0, before.length).equals(before), `${what}: the records`).toBe(true);
  const covered = runs.subarray(0, lookup.readUInt32BE(12) * RECORD_SIZE);
  expect(lookup.equals(encodeLookup(covered)), `${what}: the lookup`).toBe(true);
}

describe(`rot in the index, seed ${SEED}`, { timeout: LIMIT_MS }, () => {
  it.each(Object.entries(KINDS))('is not believed in any field of %s', (what, kind) => {
    const at = new Chance(SEED).pick(recordsOf(kind));
    for (const field of RECORD_FIELDS) expectSound(flipAt('runs', at + field), `${what} ${field}`);
    expectSound(zeroAt('runs', at, RECORD_SIZE), `${what}, zeros`);
    expectSound(cutAt('runs', at), `${what}, cut before it`);
    expectSound(cutAt('runs', at + 99), `${what}, cut in it`);
  });

  it.each(Object.entries(FIELDS))('is not believed in the part of the lookup: %s', (what, fields) => {
    const ends = sections();
    const at = Object.keys(FIELDS).indexOf(what);
    const from = ends[at] ?? 0;
    const size = (ends[at + 1] ?? 0) - from;
    expect(size).toBeGreaterThan(0);
    expect(ends.at(-1)).toBe(read('lookup').length);
    for (const field of fields) expectSound(flipAt('lookup', from + field), `${what} ${field}`);
    expectSound(flipAt('lookup', from + new Chance(SEED).below(size)), `${what}, somewhere`);
    expectSound(zeroAt('lookup', from, size), `${what}, zeros`);
    expectSound(cutAt('lookup', from), `cut before ${what}`);
  });

  it.each(['runs', 'lookup'])('is not believed where all of %s is gone, empty or another', (name) => {
    expectSound((directory) => fs.rmSync(path.join(directory, name)), 'gone');
    expectSound(cutAt(name, 0), 'empty');
    expectSound((directory) => fs.appendFileSync(path.join(directory, name), Buffer.alloc(200, 7)), 'grown');
    expectSound(
      (directory) => fs.writeFileSync(path.join(directory, name), read(name === 'runs' ? 'lookup' : 'runs')),
      'another',
    );
  });

  it('is mended by who read beside a writer, and writes then', () => {
    damage(cutAt('runs', 0), new Chance(SEED));
    fs.rmSync(path.join(index(), 'lookup'));
    const release = acquireLock(machine.file('ana/.satchel/lock'), 0);
    const repository = Repository.open(machine.file('ana'), {
      interpreter: createInterpreter(),
      world,
      lockTimeoutMs: 0,
    });
    release();
    repository.locked(() => undefined);
    repository.close();
    expect(fs.readFileSync(path.join(index(), 'runs')).equals(read('runs'))).toBe(true);
  });

  it('changes nothing that a command shows', async () => {
    const kinds = Object.values(KINDS).map((kind) => new Chance(SEED).pick(recordsOf(kind)));
    const parts = sections().slice(0, -1);
    const damages = [
      ...kinds.map((at) => flipAt('runs', at + 46)),
      ...parts.map((at) => flipAt('lookup', at + 2)),
      cutAt('runs', 5_000),
      cutAt('lookup', 5_000),
    ];
    for (const [i, how] of damages.entries()) {
      damage(how, new Chance(SEED));
      expect(await look(), `damage ${i}`).toEqual(looks);
    }
  });
});
