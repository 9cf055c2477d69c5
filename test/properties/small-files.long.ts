// No bad small file of a repository makes a command fail in another way than is told, blames a contact's file, or writes
// what its receivers cannot read (spec/repository.md, "Small files").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/repository/layout.js';
import { markRead } from '../../src/repository/read-marks.js';
import { stateFiles } from '../../src/repository/state/bad-state.js';
import { entryOf, STATE_TABLE, type StateName, stateAt } from '../../src/repository/state/table.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { Machine } from '../faults/machine.js';
import { Chance } from '../testkit/chance.js';
import type { EndedHere } from '../testkit/command.js';
import { memoryDirectory } from '../testkit/scratch.js';

const SEED = Number(process.env['SMALL_FILES_SEED'] ?? 11);
const LIMIT_MS = 300_000;
/** They are there for a moment, in a repository that was copied, or in one that has no such thing here. */
const NOT_HERE: readonly StateName[] = [
  'exchange',
  'former',
  'notes',
  'renewal',
  'damage',
  'retired',
  'again',
  'tidied',
  'damage',
  'clockWarned',
  'recoveryTold',
  'sealTold',
  'readers',
  'forced',
  'reason',
  'store',
  'waiting',
  'wraps',
  'ends',
];

type Damage = (bytes: Buffer, chance: Chance) => Buffer | undefined;

const DAMAGES: Readonly<Record<string, Damage>> = {
  'another bit': (bytes, chance) => {
    const flipped = Buffer.from(bytes);
    const at = chance.below(bytes.length);
    flipped.writeUInt8(bytes.readUInt8(at) ^ (1 << chance.below(8)), at);
    return flipped;
  },
  'cut off': (bytes, chance) => bytes.subarray(0, chance.below(bytes.length)),
  'no checksum line': (bytes) => bytes.subarray(0, bytes.length - 25),
  'nothing in it': () => Buffer.alloc(0),
  zeros: (bytes) => Buffer.alloc(bytes.length),
  'another value': () => Buffer.from('{"X":7}\n'),
  gone: () => undefined,
};

const LOOKS: readonly (readonly string[])[] = [
  ['status'],
  ['read'],
  ['read', '-t', 't', '-n', '5'],
  ['contact', 'list'],
  ['topic', 'list'],
  ['drive', 'list'],
  ['config', 'list'],
  ['quarantine', 'list'],
  ['whoami'],
];

let machine: Machine;
let spare: string;
let files: readonly string[];

beforeEach(async () => {
  machine = new Machine(path.join(memoryDirectory(), 'machine'));
  await settle();
  spare = path.join(path.dirname(machine.root), 'spare');
  fs.cpSync(machine.root, spare, { recursive: true });
  const proofs = fs.readdirSync(machine.file('ana/.satchel/proofs')).map((name) => `proofs/${name}`);
  files = [...stateFiles(layoutOf(machine.file('ana'))), ...proofs, 'keys/secrets.json'];
}, LIMIT_MS);

/** Ana and Bob, Cleo with two pasts, Dora whom nobody knows; a stick, settings, decisions of every sort. */
async function settle(): Promise<void> {
  const people = ['ana', 'bob', 'cleo', 'dora'];
  for (const name of people) await as(name, 'init', '--name', name);
  await as('ana', 'contact', 'add', await cardOf('bob'), await cardOf('cleo'));
  await as('bob', 'contact', 'add', await cardOf('ana'));
  for (const name of people) await as(name, 'topic', 'join', 't');
  fs.writeFileSync(machine.file('plan'), Buffer.alloc(5_000, 'plan '));
  machine.said = JSON.parse(await as('ana', 'post', '-t', 't', '--attach', machine.file('plan'), 'from Ana')).id;
  await carry('ana', 'bob');
  for (const name of ['bob', 'dora']) await as(name, 'post', '-t', 't', `from ${name}`);
  await carry('bob', 'ana');
  await carry('dora', 'ana');
  await twoPasts('cleo');
  await as('ana', 'feed', '--as', 'mailer');
  await as('ana', 'hide', machine.said);
  const { id } = JSON.parse(await as('ana', 'post', '-t', 't', 'to be forgotten'));
  await as('ana', 'forget', '--force', id);
  await secondDevice();
  await as('ana', 'config', 'set', 'drive.silent', '9');
  for (const name of ['stick', 'cast']) {
    fs.mkdirSync(machine.file(name));
    await as('ana', 'drive', 'init', machine.file(name));
  }
  await as('ana', 'sync', machine.file('stick'));
  await as('ana', 'sync', '--one-way', machine.file('cast'));
  const layout = layoutOf(machine.file('ana'));
  markRead(layout, rendezvousTopic('t'), 1);
}

function as(name: string, ...words: string[]): Promise<string> {
  return machine.must('-C', machine.file(name), ...words);
}

async function cardOf(name: string): Promise<string> {
  return JSON.parse(await as(name, 'whoami')).card;
}

/** Ana adds another computer, which the rest has nothing to do with. */
async function secondDevice(): Promise<void> {
  const request = machine.file('phone.card');
  const { words } = JSON.parse(await as('phone', 'device', 'request', '--name', 'phone', '-o', request));
  await as('ana', 'device', 'add', request, '--words', words, '-o', machine.file('phone.welcome'));
}

async function carry(from: string, to: string): Promise<void> {
  const bundle = machine.file('carried.satchel');
  await as(from, 'export', '--open', '-o', bundle);
  await machine.run('-C', machine.file(to), 'import', bundle);
  fs.rmSync(bundle);
}

/** Somebody writes, is put back to before that, and writes something else; Ana hears both. */
async function twoPasts(name: string): Promise<void> {
  const before = machine.file('before');
  await as(name, 'post', '-t', 't', 'zero');
  for (const part of [name, 'state']) fs.cpSync(machine.file(part), path.join(before, part), { recursive: true });
  for (const text of ['one', 'two']) {
    await as(name, 'post', '-t', 't', text);
    await carry(name, 'ana');
    for (const part of [name, 'state']) {
      fs.rmSync(machine.file(part), { recursive: true });
      fs.cpSync(path.join(before, part), machine.file(part), { recursive: true });
    }
  }
}

/** Puts everything back as it was, and damages one file. */
function damage(at: string, how: string): void {
  fs.rmSync(machine.root, { recursive: true });
  fs.cpSync(spare, machine.root, { recursive: true });
  const file = machine.file(`ana/.satchel/${at}`);
  const damaged = DAMAGES[how]?.(fs.readFileSync(file), new Chance(SEED + at.length));
  if (damaged) fs.writeFileSync(file, damaged, { mode: 0o600 });
  else fs.rmSync(file);
}

/** What a command may say of a bad file: that it is fine without it, or which one it is. */
function expectTold({ exit, stderr }: EndedHere, at: string, what: string): void {
  expect([0, 3, 10, 12], `${what}: ${stderr}`).toContain(exit);
  if (exit === 12) expect(stderr, what).toContain(path.basename(path.dirname(at)) === 'keys' ? 'keys' : at);
  if (exit === 12) expect(stderr, what).toContain('"hint"');
  if (exit === 10) expect([at, stderr].join(' '), what).toMatch(/self\.json|secrets\.json/);
}

function isDecided(at: string): boolean {
  const name = stateAt(at);
  return name !== undefined && entryOf(name).kind === 'decided';
}

it('knows files of every sort', () => {
  const met = new Set(files.map(stateAt));
  const missing = (Object.keys(STATE_TABLE) as StateName[]).filter(
    (name) => !met.has(name) && !NOT_HERE.includes(name),
  );
  expect(missing).toEqual([]);
  expect(files.filter((at) => at.startsWith('proofs/'))).toHaveLength(1);
});

describe.each(Object.keys(DAMAGES))('a small file: %s', (how) => {
  it(`seed ${SEED}`, { timeout: LIMIT_MS }, async () => {
    for (const at of files) {
      damage(at, how);
      const what = `${at}, ${how}`;
      // before whoever looks makes it anew
      await expectChecked(at, how);
      const looks = [...LOOKS, ['show', machine.said], ['trace', machine.said]];
      for (const words of looks) {
        const ended = await machine.run(...words);
        expectTold(ended, at, `${what}: ${words.join(' ')}`);
        if (!isDecided(at)) expect(ended.exit, `${what}: ${words.join(' ')}: ${ended.stderr}`).toBe(0);
      }
      await expectReadable(at, what);
      await expectNoBlame(at, what);
    }
  });
});

/** `check` names the file, whatever it may be worth. */
async function expectChecked(at: string, how: string): Promise<void> {
  const { exit, stdout, stderr } = await machine.run('check');
  // opening the index makes it anew
  if (at === 'index/frozen.json') return;
  // nobody knows any more that it was there
  if (how === 'gone' && !isDecided(at) && !at.startsWith('keys/')) return;
  // laid out otherwise, keys are the same keys
  if (at.startsWith('keys/') && stdout.includes('"ok":true')) return;
  const told = exit === 12 && stdout === '' ? stderr : stdout;
  expect(told, `check of ${at}, ${how}: ${exit} ${stderr}`).toContain(
    at.startsWith('keys/') ? 'keys' : path.basename(at),
  );
}

/** What is exported, its receivers can read. */
async function expectReadable(at: string, what: string): Promise<void> {
  const bundle = machine.file('out.satchel');
  await machine.run('hide', '--undo', machine.said);
  const posted = await machine.run('post', '-t', 't', 'more');
  expectTold(posted, at, `${what}: post`);
  const exported = await machine.run('export', '--open', '--to', 'bob', '-o', bundle);
  expectTold(exported, at, `${what}: export`);
  if (exported.exit !== 0 || !fs.existsSync(bundle)) return;
  await as('bob', 'verify', bundle);
  expectTold(await machine.run('-C', machine.file('bob'), 'import', bundle), 'none', `${what}: import by Bob`);
}

/** What a contact brings is taken, or a file of one's own is named. */
async function expectNoBlame(at: string, what: string): Promise<void> {
  const bundle = machine.file('in.satchel');
  await as('bob', 'post', '-t', 't', 'again');
  await as('bob', 'export', '--open', '--to', 'ana', '-o', bundle);
  expectTold(await machine.run('import', bundle), at, `${what}: import`);
  expectTold(await machine.run('sync', machine.file('stick')), at, `${what}: sync`);
}
