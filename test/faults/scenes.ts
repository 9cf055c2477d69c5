// What a command is run for while the disk fails, and what has to be true afterwards.
import { expect } from 'vitest';
import type { EndedHere } from '../testkit/command.js';
import { documents } from '../testkit/documents.js';
import { writesDown } from '../testkit/recovery.js';
import type { Machine } from './machine.js';

const DAY_MS = 86_400_000;

/** A command, what was there before it, and what has to be true when it has completed. */
export interface Scene {
  readonly name: string;
  before(machine: Machine): Promise<unknown>;
  /** The words of the command. */
  command(machine: Machine): string[];
  /** Only every so many-th call fails: there are very many. */
  readonly step?: number;
  /** Exit status when all was done, if not 0. */
  readonly ends?: number;
  /** What a second run says when the first one did all, but for its report. */
  readonly mayBeDone?: string;
  /** What is there before it is not sound: that is what it is for. */
  readonly isUnsound?: boolean;
  /** Exit status besides those of a failing disk, when only a part of the work could not be done. */
  readonly partly?: number;
  /** Of what a command says that failed or succeeded, what must be there from then on. */
  kept?(machine: Machine, reported: EndedHere): Promise<void>;
  after(machine: Machine): Promise<void>;
}

/** Every class of commands that change something. */
export const SCENES: readonly Scene[] = [
  {
    name: 'init',
    before: async () => undefined,
    command: () => ['init', '--name', 'Ana'],
    mayBeDone: '"repository-exists"',
    after: async (machine) => {
      expect(JSON.parse(await machine.must('whoami'))).toMatchObject({ name: 'Ana' });
      await machine.must('post', '-t', 't', 'hello');
      expect(await machine.texts('t')).toEqual(['hello']);
    },
  },
  {
    name: 'post, the first in a topic',
    before: (machine) => machine.must('init', '--name', 'Ana'),
    command: () => ['post', '-t', 't', 'hello'],
    kept: (machine, reported) => expectPosted(machine, reported),
    after: expectHello,
  },
  {
    name: 'post, a further one',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      await machine.must('post', '-t', 't', 'first');
    },
    command: () => ['post', '-t', 't', 'hello'],
    kept: (machine, reported) => expectPosted(machine, reported),
    after: expectHello,
  },
  {
    name: 'post --ndjson',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      const lines = [0, 1, 2].map((i) => `${JSON.stringify({ key: `k${i}`, text: `text ${i}` })}\n`);
      machine.put('lines', lines.join(''));
    },
    command: (machine) => ['post', '-t', 't', '--ndjson', '--file', machine.file('lines')],
    kept: (machine, reported) => expectPosted(machine, reported),
    after: async (machine) => expect(await machine.texts('t')).toEqual(['text 0', 'text 1', 'text 2']),
  },
  {
    name: 'post --attach',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      machine.put('plan.pdf', Buffer.alloc(5_000, 'beans '));
    },
    command: (machine) => ['post', '-t', 't', '--attach', machine.file('plan.pdf'), 'hello'],
    kept: (machine, reported) => expectPosted(machine, reported),
    after: async (machine) => {
      await expectHello(machine);
      const [{ id } = {}] = documents(await machine.must('read', '-t', 't'));
      await machine.must('get', String(id), '-o', machine.file('saved.pdf'));
      const [saved, plan] = ['saved.pdf', 'plan.pdf'].map((name) => machine.disk.content(machine.file(name)));
      expect(saved?.equals(plan as Buffer)).toBe(true);
    },
  },
  {
    name: 'get',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      machine.put('plan.pdf', Buffer.alloc(5_000, 'beans '));
      const posted = await machine.must('post', '-t', 't', '--attach', machine.file('plan.pdf'), 'the plan');
      machine.said = JSON.parse(posted).id;
      machine.disk.makeDirectory(machine.file('saved'));
    },
    command: (machine) => ['get', machine.said, '-o', machine.file('saved')],
    kept: async (machine) => {
      // whole or not there
      for (const name of machine.disk.names(machine.file('saved')).filter((one) => one.endsWith('.pdf')))
        expect(machine.disk.content(machine.file(`saved/${name}`))).toHaveLength(5_000);
    },
    after: async (machine) => {
      expect(machine.disk.names(machine.file('saved')).some((name) => name.endsWith('.pdf'))).toBe(true);
    },
  },
  {
    name: 'sync',
    before: async (machine) => {
      await befriend(machine);
      machine.disk.makeDirectory(machine.file('stick'));
      await machine.must('-C', machine.file('bob'), 'drive', 'init', machine.file('stick'));
      await machine.must('-C', machine.file('bob'), 'sync', machine.file('stick'));
      await machine.must('post', '-t', 't', 'from Ana');
    },
    command: (machine) => ['sync', machine.file('stick')],
    step: 7,
    partly: 3,
    after: async (machine) => {
      expect((await machine.texts('t')).sort()).toEqual(['from Ana', 'from Bob']);
      await machine.must('-C', machine.file('bob'), 'sync', machine.file('stick'));
      const read = await machine.must('-C', machine.file('bob'), 'read', '-t', 't');
      expect(
        documents(read)
          .map(({ text }) => text)
          .sort(),
      ).toEqual(['from Ana', 'from Bob']);
    },
  },
  {
    name: 'import',
    before: async (machine) => {
      await befriend(machine);
      await machine.must('-C', machine.file('bob'), 'export', '--open', '-o', machine.file('bob.satchel'));
    },
    command: (machine) => ['import', machine.file('bob.satchel')],
    kept: async (machine, { exit }) => {
      if (exit === 0) expect(await machine.texts('t')).toEqual(['from Bob']);
    },
    after: async (machine) => expect(await machine.texts('t')).toEqual(['from Bob']),
  },
  {
    name: 'export',
    before: async (machine) => {
      await befriend(machine);
      await machine.must('-C', machine.file('bob'), 'export', '--open', '-o', machine.file('bob.satchel'));
      await machine.must('import', machine.file('bob.satchel'));
      await machine.must('post', '-t', 't', 'an answer');
    },
    command: (machine) => ['export', '--full', '-o', machine.file('ana.satchel')],
    kept: (machine) => expectWholeOrNone(machine, 'ana.satchel'),
    after: async (machine) => {
      await machine.must('-C', machine.file('bob'), 'import', machine.file('ana.satchel'));
      const read = await machine.must('-C', machine.file('bob'), 'read', '-t', 't');
      expect(documents(read).map(({ text }) => text)).toEqual(['from Bob', 'an answer']);
    },
  },
  {
    name: 'gc',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      for (let i = 0; i < 5; i++) await machine.must('post', '-t', 't', `text ${i}`);
      await machine.must('post', '-t', 't', '--expire', '1d', 'soon gone');
      machine.now += 3 * DAY_MS;
    },
    command: () => ['gc'],
    kept: expectFive,
    after: async (machine) => {
      await expectFive(machine);
      // the old one is gone, with what had expired
      const names = machine.disk.names(machine.file('ana/.satchel/objects/packs'));
      expect(names.filter((name) => name.endsWith('.pack'))).toHaveLength(1);
    },
  },
  {
    name: 'gc with nothing to do',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      for (let i = 0; i < 5; i++) await machine.must('post', '-t', 't', `text ${i}`);
      await machine.must('gc');
    },
    command: () => ['gc'],
    kept: expectFive,
    after: expectFive,
  },
  {
    name: 'retract',
    before: postOne,
    command: (machine) => ['retract', machine.said],
    after: async (machine) => expect(await machine.texts('t')).toEqual(['first']),
  },
  {
    name: 'hide',
    before: postOne,
    command: (machine) => ['hide', machine.said],
    after: async (machine) => expect(await machine.texts('t')).toEqual(['first']),
  },
  {
    name: 'contact add',
    before: strangers,
    command: (machine) => ['contact', 'add', machine.file('bob.card')],
    after: async (machine) => expect(await names(machine, 'contact', 'list')).toEqual(['Bob']),
  },
  {
    name: 'contact rename',
    before: befriend,
    command: (machine) => ['contact', 'rename', machine.said, 'Robert'],
    after: async (machine) => expect(await names(machine, 'contact', 'list')).toEqual(['Robert']),
  },
  {
    name: 'contact block',
    before: befriend,
    command: () => ['contact', 'block', 'Bob'],
    after: async (machine) => expect(await machine.must('contact', 'list')).toContain('"blocked":true'),
  },
  {
    name: 'card --name',
    before: (machine) => machine.must('init', '--name', 'Ana'),
    command: () => ['card', '--name', 'Anna'],
    after: async (machine) => expect(JSON.parse(await machine.must('whoami'))).toMatchObject({ name: 'Anna' }),
  },
  {
    name: 'recovery print',
    before: foundWithWords,
    command: () => ['recovery', 'print'],
    mayBeDone: 'written down already',
    kept: expectWordsKept,
    after: expectWordsGone,
  },
  {
    name: 'topic join',
    before: (machine) => machine.must('init', '--name', 'Ana'),
    command: () => ['topic', 'join', 'garden'],
    after: async (machine) => expect(await names(machine, 'topic', 'list')).toEqual(['garden']),
  },
  {
    name: 'topic mute',
    before: postOne,
    command: () => ['topic', 'mute', 't'],
    after: async (machine) => expect(await machine.must('topic', 'list')).toContain('"muted":true'),
  },
  {
    name: 'topic receipts',
    before: postOne,
    command: () => ['topic', 'receipts', 'on', 't'],
    after: async (machine) => expect(await machine.must('topic', 'list')).toContain('"receipts":"on"'),
  },
  {
    name: 'topic leave',
    before: postOne,
    command: () => ['topic', 'leave', 't'],
    after: async (machine) => expect(await machine.must('topic', 'list')).toContain('"joined":false'),
  },
  {
    name: 'config set',
    before: (machine) => machine.must('init', '--name', 'Ana'),
    command: () => ['config', 'set', 'export.uncompressed', 'true'],
    after: async (machine) => expect(await machine.must('config', 'get', 'export.uncompressed')).toContain('true'),
  },
];

/** Somebody at a terminal who writes the recovery words down. */
export async function foundWithWords(machine: Machine): Promise<void> {
  await machine.must('init', '--name', 'Ana');
  machine.person = writesDown;
  machine.said = String(secretsOf(machine)['recovery']);
  expect(machine.said).toMatch(/^[0-9a-f]{64}$/);
}

/** The seed is there until its words were repeated, and nowhere once it is said to be gone. */
export async function expectWordsKept(machine: Machine, { exit, stderr }: EndedHere): Promise<void> {
  const repeated = stderr.match(/Word \d+: /g)?.length ?? 0;
  if (repeated < 3) expect(secretsOf(machine)['recovery']).toBe(machine.said);
  if (exit === 0) expect(filesWith(machine, machine.said)).toEqual([]);
}

/** Nothing on the disk holds the seed; all other keys are as they were. */
export async function expectWordsGone(machine: Machine): Promise<void> {
  expect(filesWith(machine, machine.said)).toEqual([]);
  expect(await machine.run('recovery', 'print')).toMatchObject({
    exit: 18,
    stderr: expect.stringContaining('written down already'),
  });
  expect(JSON.parse(await machine.must('status'))).toMatchObject({ recovery: 'printed' });
  await machine.must('post', '-t', 't', 'hello');
}

function secretsOf(machine: Machine): Record<string, unknown> {
  return JSON.parse(machine.disk.content(machine.file('ana/.satchel/keys/secrets.json')).toString());
}

export function filesWith({ disk, memory }: Machine, text: string): string[] {
  const files = [...memory.paths()].map(([file]) => file).filter((file) => !disk.stat(file)?.isDirectory());
  return files.filter((file) => disk.content(file).includes(text));
}

/** What was reported as posted is there. */
export async function expectPosted(machine: Machine, { stdout }: EndedHere, topic = 't'): Promise<void> {
  const ids = documents(stdout).map(({ id }) => id);
  if (ids.length === 0) return;
  const held = documents(await machine.must('read', '-t', topic)).map(({ id }) => id);
  expect(held).toEqual(expect.arrayContaining(ids));
}

/** Without a key a command that failed may have posted all the same: at least once. */
async function expectHello(machine: Machine): Promise<void> {
  const texts = (await machine.texts('t')).filter((text) => text !== 'first');
  expect([['hello'], ['hello', 'hello']]).toContainEqual(texts);
}

async function expectFive(machine: Machine): Promise<void> {
  expect(await machine.texts('t')).toEqual(['text 0', 'text 1', 'text 2', 'text 3', 'text 4']);
}

async function expectWholeOrNone(machine: Machine, name: string): Promise<void> {
  if (machine.disk.exists(machine.file(name))) await machine.must('verify', machine.file(name));
}

async function postOne(machine: Machine): Promise<void> {
  await machine.must('init', '--name', 'Ana');
  await machine.must('post', '-t', 't', 'first');
  machine.said = JSON.parse(await machine.must('post', '-t', 't', 'second')).id;
}

/** Bob is there too, and his card. */
export async function strangers(machine: Machine): Promise<void> {
  await machine.must('init', '--name', 'Ana');
  const { card, person } = JSON.parse(await machine.must('-C', machine.file('bob'), 'init', '--name', 'Bob'));
  machine.put('bob.card', `${card}\n`);
  machine.said = person;
}

export async function befriend(machine: Machine): Promise<void> {
  await strangers(machine);
  const { card } = JSON.parse(await machine.must('whoami'));
  await machine.must('contact', 'add', machine.file('bob.card'));
  await machine.must('-C', machine.file('bob'), 'contact', 'add', card);
  await machine.must('topic', 'join', 't');
  await machine.must('-C', machine.file('bob'), 'post', '-t', 't', 'from Bob');
}

async function names(machine: Machine, ...command: string[]): Promise<unknown[]> {
  const listed = JSON.parse(await machine.must(...command)) as Record<string, { contact?: string; name?: string }[]>;
  return Object.values(listed)
    .flat()
    .flatMap(({ contact, name }) => contact ?? name ?? []);
}
