// Scenes of what is done more rarely, as in scenes.ts.
import path from 'node:path';
import { expect } from 'vitest';
import type { PersonId } from '../../src/format/ids.js';
import { encodeCreateStatement } from '../../src/format/private/create-statement.js';
import { epochOf } from '../../src/format/private/epoch.js';
import type { TopicKeys } from '../../src/format/private/topic-keys.js';
import { storedCard } from '../../src/identity/devices.js';
import { formerOf } from '../../src/identity/former.js';
import { Keyring } from '../../src/identity/keyring.js';
import { readSelf } from '../../src/identity/self.js';
import { keepTopicKeys, readTopicKeys } from '../../src/identity/topic-keys.js';
import { useDisk } from '../../src/repository/disk.js';
import { layoutOf } from '../../src/repository/layout.js';
import { fileOfState, writeState, writeWritten } from '../../src/repository/state.js';
import { documents } from '../testkit/documents.js';
import { wordsShown, writesDown } from '../testkit/recovery.js';
import type { Machine } from './machine.js';
import {
  befriend,
  expectWordsGone,
  expectWordsKept,
  filesWith,
  foundWithWords,
  type Scene,
  strangers,
} from './scenes.js';

const DAY_MS = 86_400_000;

/** Commands of which each makes something durable that no everyday one does. */
export const RARER_SCENES: readonly Scene[] = [
  {
    name: 'drive init',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      machine.disk.makeDirectory(machine.file('stick'));
    },
    command: (machine) => ['drive', 'init', machine.file('stick')],
    after: async (machine) => {
      const names = machine.disk.names(machine.file('stick/satchel'));
      expect(names).toEqual(expect.arrayContaining(['drive.json', 'README.txt', 'people']));
      await machine.must('sync', machine.file('stick'), '--dry-run');
    },
  },
  {
    name: 'consumer remove',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      await machine.must('post', '-t', 't', 'hello');
      await machine.must('feed', '--as', 'mailer');
    },
    command: () => ['consumer', 'remove', 'mailer'],
    mayBeDone: '"not-found"',
    after: async (machine) => {
      expect(JSON.parse(await machine.must('consumer', 'list')).consumers).toEqual([]);
      await machine.must('check');
    },
  },
  {
    name: 'export --armor',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      await machine.must('post', '-t', 't', 'hello');
    },
    command: (machine) => ['export', '--open', '--armor', '-o', machine.file('ana.txt')],
    mayBeDone: '"usage"',
    kept: async (machine) => {
      if (machine.disk.exists(machine.file('ana.txt'))) await machine.must('import', machine.file('ana.txt'));
    },
    after: async (machine) => {
      await machine.must('import', machine.file('ana.txt'));
    },
  },
  {
    name: 'recovery print, beside what an interrupted write of the keys left',
    isUnsound: true,
    before: async (machine) => {
      await foundWithWords(machine);
      const keys = machine.file('ana/.satchel/keys');
      machine.put('ana/.satchel/keys/secrets.json.1.tmp', machine.disk.content(`${keys}/secrets.json`));
      machine.memory.settle();
    },
    command: () => ['recovery', 'print'],
    mayBeDone: 'written down already',
    kept: expectWordsKept,
    after: expectWordsGone,
  },
  {
    name: 'backup',
    before: printedWords,
    command: (machine) => ['backup', '-o', machine.file('ana.backup')],
    kept: async (machine) => {
      // an older one is there until the new one is
      if (machine.disk.exists(machine.file('ana.backup'))) await restoreAndRead(machine);
    },
    after: restoreAndRead,
  },
  {
    name: 'restore',
    before: async (machine) => {
      await printedWords(machine);
      await keepsTopicKeys(machine);
      await machine.must('backup', '-o', machine.file('ana.backup'));
    },
    command: (machine) => ['-C', machine.file('new'), 'restore', machine.file('ana.backup')],
    mayBeDone: 'there is a repository in',
    kept: async (machine) => {
      const ended = await machine.run('-C', machine.file('new'), 'read', '-t', 't');
      if (ended.exit !== 0) expect(ended.stderr).toMatch(/"no-repository"/);
    },
    after: async (machine) => {
      await expectAna(machine, 'new');
      await expectTopicKeys(machine, 'new');
      expect(await machine.must('-C', machine.file('new'), 'read', '-t', 't')).toContain('"text":"hello"');
    },
  },
  {
    name: 'recovery use',
    step: 2,
    before: printedWords,
    command: () => ['recovery', 'use', '--keep-none'],
    after: async (machine) => {
      const { authority } = JSON.parse(await machine.must('device', 'list'));
      expect(JSON.parse(await machine.must('whoami')).device).toBe(authority);
      await machine.must('export', '-o', machine.file('out.satchel'), '--open');
      const { card } = JSON.parse(await machine.must('whoami'));
      expect(storedCard(card).binding).toMatchObject({ authority });
      expect(storedCard(card).binding.generation).toBeGreaterThan(1);
      expect(machine.disk.content(machine.file('ana/.satchel/refs/devices.json')).toString()).toContain('"recovered"');
    },
  },
  {
    name: 'recovery use on a new computer',
    step: 2,
    before: async (machine) => {
      await printedWords(machine);
      await machine.must('card', '-o', machine.file('ana.card'));
    },
    command: (machine) => ['-C', machine.file('new'), 'recovery', 'use', '--card', machine.file('ana.card')],
    after: (machine) => expectAna(machine, 'new'),
  },
  {
    name: 'device request',
    step: 2,
    before: (machine) => machine.must('init', '--name', 'Ana'),
    command: (machine) => ['-C', machine.file('new'), 'device', 'request', '-o', machine.file('new.request')],
    after: async (machine) => {
      expect((await machine.run('-C', machine.file('new'), 'whoami')).stderr).toContain('"no-identity"');
      const asked = JSON.parse(await machine.must('-C', machine.file('new'), 'device', 'request'));
      machine.said = asked.words;
      await welcomed(machine);
      await machine.must(
        '-C',
        machine.file('new'),
        'device',
        'join',
        machine.file('new.welcome'),
        '--words',
        machine.said,
      );
      await expectAna(machine, 'new');
    },
  },
  {
    name: 'device add',
    step: 2,
    before: requested,
    command: (machine) => ['device', 'add', machine.file('new.request'), '--words', machine.said, '-o', machine.root],
    after: async (machine) => {
      const { devices } = JSON.parse(await machine.must('device', 'list'));
      expect(devices).toMatchObject([{ current: true }, { current: true }]);
    },
  },
  {
    name: 'device join',
    step: 2,
    before: async (machine) => {
      await requested(machine);
      await keepsTopicKeys(machine);
      await welcomed(machine);
    },
    command: (machine) => [
      ...['-C', machine.file('new'), 'device', 'join', machine.file('new.welcome'), '--words', machine.said],
    ],
    mayBeDone: 'no device waits here',
    after: async (machine) => {
      await expectAna(machine, 'new');
      await expectTopicKeys(machine, 'new', { isWelcomed: true });
    },
  },
  {
    name: 'device remove',
    before: async (machine) => {
      await requested(machine);
      await welcomed(machine);
    },
    command: () => ['device', 'remove', 'laptop', '--yes'],
    mayBeDone: 'no device is called',
    after: async (machine) => {
      const { devices } = JSON.parse(await machine.must('device', 'list'));
      expect(devices).toMatchObject([{ current: true, self: true }, { current: false }]);
      expect(machine.disk.content(machine.file('ana/.satchel/refs/devices.json')).toString()).toContain('"gone"');
    },
  },
  {
    name: 'init of what was restored',
    before: async (machine) => {
      await printedWords(machine);
      await machine.must('backup', '-o', machine.file('ana.backup'));
      await machine.must('-C', machine.file('new'), 'restore', machine.file('ana.backup'));
      makeNobody(machine, 'new');
    },
    command: (machine) => ['-C', machine.file('new'), 'init', '--name', 'Anew'],
    mayBeDone: '"repository-exists"',
    after: async (machine) => {
      const at = machine.file('new');
      expect(JSON.parse(await machine.must('-C', at, 'whoami'))).toMatchObject({ name: 'Anew' });
      expect(await machine.must('-C', at, 'contact', 'list')).toContain('"contact":"Ana (before)"');
      await machine.must('-C', at, 'post', '-t', 't', 'again');
      expect(JSON.parse(await machine.must('-C', at, 'check', '--all'))).toMatchObject({ ok: true });
    },
  },
  {
    name: 'sync that tidies',
    before: async (machine) => {
      await befriend(machine);
      machine.disk.makeDirectory(machine.file('stick'));
      await machine.must('-C', machine.file('bob'), 'drive', 'init', machine.file('stick'));
      await machine.must('post', '-t', 't', 'from Ana');
      await machine.must('sync', machine.file('stick'));
      machine.now += DAY_MS;
      await machine.must('-C', machine.file('bob'), 'sync', machine.file('stick'));
      await machine.must('post', '-t', 't', 'again');
      machine.now += DAY_MS;
    },
    command: (machine) => ['sync', machine.file('stick')],
    after: async (machine) => {
      const bundles = machine.disk.names(machine.file('stick/satchel')).filter((name) => name.endsWith('.satchel'));
      expect(bundles).toHaveLength(2);
      expect((await machine.texts('t')).sort()).toEqual(['again', 'from Ana', 'from Bob']);
    },
  },
  {
    name: 'repair of the format',
    isUnsound: true,
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      await machine.must('post', '-t', 't', 'hello');
      machine.disk.remove(machine.file('ana/.satchel/format'));
      machine.memory.settle();
    },
    command: (machine) => ['repair', '--yes', '-o', machine.file('want.satchel')],
    after: async (machine) => expect(await machine.texts('t')).toEqual(['hello']),
  },
  {
    name: 'repair of a small file',
    before: async (machine) => {
      await machine.must('init', '--name', 'Ana');
      await machine.must('post', '-t', 't', 'hello');
      await machine.must('topic', 'mute', 't');
      machine.put('ana/.satchel/journal/marks.json', 'garbage');
      machine.memory.settle();
    },
    command: (machine) => ['repair', '--yes', '-o', machine.file('want.satchel')],
    after: async (machine) => {
      const aside = machine.disk.names(machine.file('ana/.satchel/quarantine'));
      // a power cut may leave both names, of which the old one is set aside once more
      const copies = aside.filter((name) => name.startsWith('marks.json-damaged'));
      expect([1, 2]).toContain(copies.length);
      expect(machine.disk.exists(machine.file('ana/.satchel/journal/marks.json'))).toBe(false);
    },
  },
  {
    name: 'drive drop',
    before: async (machine) => {
      await befriend(machine);
      machine.disk.makeDirectory(machine.file('stick'));
      await machine.must('-C', machine.file('bob'), 'drive', 'init', machine.file('stick'));
      await machine.must('-C', machine.file('bob'), 'sync', machine.file('stick'));
      await machine.must('sync', machine.file('stick'));
    },
    command: (machine) => ['drive', 'drop', machine.file('stick'), machine.said],
    mayBeDone: '"not-found"',
    after: async (machine) => {
      const cards = machine.disk.names(machine.file('stick/satchel/people'));
      expect(cards.filter((name) => name.startsWith(machine.said))).toEqual([]);
    },
  },
  {
    name: 'forget',
    before: postSecret,
    command: (machine) => ['forget', '--force', machine.said],
    kept: async (machine, { exit }) => {
      if (exit === 0) await expectForgotten(machine);
      expect((await machine.texts('t')).filter((text) => text !== SECRET)).toEqual(['first', 'last']);
    },
    after: expectForgotten,
  },
  {
    name: 'topic forget',
    before: async (machine) => {
      await postSecret(machine);
      machine.now += 60 * DAY_MS;
      await machine.must('post', '-t', 't', 'new');
    },
    command: () => ['topic', 'forget', '-t', 't', '--older', '30d', '--force'],
    kept: async (machine, { exit }) => {
      if (exit === 0) expect(filesWith(machine, SECRET)).toEqual([]);
      expect(await machine.texts('t')).toContain('new');
    },
    after: async (machine) => {
      expect(filesWith(machine, SECRET)).toEqual([]);
      expect(await machine.texts('t')).toEqual(['new']);
    },
  },
  {
    name: 'wipe',
    // it is none from the first thing that goes on
    isUnsound: true,
    before: postSecret,
    command: () => ['wipe', '--yes'],
    mayBeDone: '"no-repository"',
    kept: async (machine) => {
      const left = [...machine.memory.paths()].map(([file]) => file);
      // the order: keys, notes, all the rest
      if (!machine.disk.exists(machine.file('ana/.satchel/refs/self.json')))
        expect(left.filter((file) => /\/keys\/.|\.note$/.test(file))).toEqual([]);
      if (!left.some((file) => file.endsWith('.note')))
        expect(left.filter((file) => /\/keys\/./.test(file))).toEqual([]);
      const read = await machine.run('read', '-t', 't');
      const isWhole = machine.disk.exists(machine.file('ana/.satchel/keys/secrets.json')) && read.exit === 0;
      if (isWhole) expect(await machine.texts('t')).toContain(SECRET);
      else expect(read).toMatchObject({ exit: 10, stderr: expect.stringContaining('"no-repository"') });
    },
    after: async (machine) => {
      expect([...machine.memory.paths()].map(([file]) => file).filter((file) => /satchel|\.note$/.test(file))).toEqual(
        [],
      );
      expect(await machine.run('whoami')).toMatchObject({ exit: 10 });
    },
  },
  {
    name: 'card -o',
    before: (machine) => machine.must('init', '--name', 'Ana'),
    command: (machine) => ['card', '-o', machine.file('ana.card')],
    after: async (machine) => {
      const { card } = JSON.parse(await machine.must('whoami'));
      expect(machine.disk.content(machine.file('ana.card')).toString()).toBe(`${card}\n`);
    },
  },
  {
    name: 'import --quarantine',
    before: strangersBundle,
    ends: 3,
    command: (machine) => ['import', '--quarantine', machine.file('bob.satchel')],
    after: async (machine) => {
      const listed = await machine.must('quarantine', 'list');
      expect(listed).toContain('"stranger"');
      const folder = machine.file('ana/.satchel/quarantine');
      const [kept = ''] = machine.disk.names(folder).filter((name) => name.endsWith('.satchel'));
      const [file, given] = [path.join(folder, kept), machine.file('bob.satchel')].map(machine.disk.content);
      expect(file?.equals(given as Buffer)).toBe(true);
    },
  },
  {
    name: 'import of a contradiction',
    before: async (machine) => {
      await befriend(machine);
      // two that write one log
      copy(machine, 'bob', 'clone');
      copy(machine, 'state/bob', 'state/clone');
      for (const one of ['bob', 'clone']) {
        await machine.must('-C', machine.file(one), 'post', '-t', 't', `from ${one}`);
        await machine.must('-C', machine.file(one), 'export', '--full', '-o', machine.file(`${one}.satchel`));
      }
      await machine.must('import', machine.file('bob.satchel'));
    },
    ends: 3,
    command: (machine) => ['import', machine.file('clone.satchel')],
    after: async (machine) => {
      expect(machine.disk.names(machine.file('ana/.satchel/proofs'))).toHaveLength(1);
      expect(await machine.must('contact', 'list')).toContain('Bob');
    },
  },
  {
    name: 'repair',
    isUnsound: true,
    before: async (machine) => {
      await befriend(machine);
      await machine.must('-C', machine.file('bob'), 'export', '--full', '-o', machine.file('bob.satchel'));
      await machine.must('import', machine.file('bob.satchel'));
      const pack = machine.file('ana/.satchel/objects/packs/000001.pack');
      const bytes = machine.disk.content(pack);
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
      machine.put('ana/.satchel/objects/packs/000001.pack', bytes);
      machine.memory.settle();
    },
    command: (machine) => ['repair', '--yes', '-o', machine.file('want.satchel')],
    after: async (machine) => {
      await machine.must('import', machine.file('bob.satchel'));
      expect(await machine.texts('t')).toEqual(['from Bob']);
      const aside = machine.disk.names(machine.file('ana/.satchel/quarantine'));
      // who was interrupted may set it aside once more
      expect(aside.filter((name) => name.includes('rotten')).length).toBeGreaterThan(0);
    },
  },
];

const SECRET = 'what is to be gone';

/** With a file, and an end of the conversation that was read. */
async function postSecret(machine: Machine): Promise<void> {
  await machine.must('init', '--name', 'Ana');
  machine.put('plan.txt', `${SECRET}, in a file`);
  await machine.must('post', '-t', 't', 'first');
  const posted = await machine.must('post', '-t', 't', '--attach', machine.file('plan.txt'), SECRET);
  machine.said = JSON.parse(posted).id;
  machine.disk.remove(machine.file('plan.txt'));
  await machine.must('post', '-t', 't', 'last');
  await machine.must('read', '-t', 't', '-n', '5');
}

/** Nothing on the disk says it any more, and the log goes on. */
async function expectForgotten(machine: Machine): Promise<void> {
  expect(filesWith(machine, SECRET)).toEqual([]);
  expect(await machine.texts('t')).toEqual(['first', 'last']);
  const [shown] = documents(await machine.must('show', machine.said));
  // nobody else is known to hold it, so it is retracted first
  expect(shown).toMatchObject({ state: 'retracted', dropped: true, text: null });
}

async function strangersBundle(machine: Machine): Promise<void> {
  await strangers(machine);
  await machine.must('topic', 'join', 't');
  await machine.must('-C', machine.file('bob'), 'post', '-t', 't', 'from Bob');
  await machine.must('-C', machine.file('bob'), 'export', '--open', '-o', machine.file('bob.satchel'));
}

function copy({ disk, memory }: Machine, from: string, to: string): void {
  const below = `${memory.root}/${from}/`;
  for (const [place] of [...memory.paths()].filter(([one]) => one.startsWith(below))) {
    const target = `${memory.root}/${to}/${place.slice(below.length)}`;
    if (disk.stat(place)?.isDirectory()) continue;
    disk.makeDirectories(path.dirname(target));
    const handle = disk.open(target, 'making', 0o600);
    disk.write(handle, disk.content(place), 0);
    disk.close(handle);
  }
}

/** Ana has written something, and has her words on paper: they are asked for to open a backup. */
async function printedWords(machine: Machine): Promise<void> {
  await foundWithWords(machine);
  let words: readonly string[] = [];
  machine.person = (question, shown) => {
    if (question.startsWith('Your 24')) return words.join(' ');
    if (question.startsWith('New passphrase')) return '';
    if (words.length === 0) words = wordsShown(shown);
    return writesDown(question, shown);
  };
  await machine.must('post', '-t', 't', 'hello');
  await machine.must('recovery', 'print');
}

let restored = 0;

/** Into a place of its own each time. */
async function restoreAndRead(machine: Machine): Promise<void> {
  const at = machine.file(`new-${++restored}`);
  await machine.must('-C', at, 'restore', machine.file('ana.backup'));
  expect(await machine.must('-C', at, 'read', '-t', 't')).toContain('"text":"hello"');
}

/** A laptop asks to become Ana's. */
async function requested(machine: Machine): Promise<void> {
  await machine.must('init', '--name', 'Ana');
  const asking = ['device', 'request', '--name', 'laptop', '-o', machine.file('new.request')];
  machine.said = JSON.parse(await machine.must('-C', machine.file('new'), ...asking)).words;
}

/** Ana has keys of a private topic. */
async function keepsTopicKeys(machine: Machine): Promise<void> {
  await onDiskOf(machine, () => {
    const random = (size: number): Buffer => Buffer.alloc(size, 'drawn for the vault ');
    return keepTopicKeys(new Keyring(machine.file('ana'), undefined), [TOPIC_KEYS], { random });
  });
  machine.memory.settle();
}

/** A repository has them too. */
async function expectTopicKeys(machine: Machine, name: string, told: Partial<TopicKeys> = {}): Promise<void> {
  const kept = await onDiskOf(machine, () => readTopicKeys(new Keyring(machine.file(name), undefined)));
  expect(kept).toEqual({ topics: [{ ...TOPIC_KEYS, ...told }], unreadable: [] });
}

async function onDiskOf<T>(machine: Machine, work: () => Promise<T>): Promise<T> {
  const restore = useDisk(machine.disk);
  try {
    return await work();
  } finally {
    restore();
  }
}

const TOPIC_KEYS = {
  statement: encodeCreateStatement({
    nonce: Buffer.alloc(16, 3),
    owners: ['0'.repeat(64) as PersonId],
    label: 'garden',
  }),
  epochs: [epochOf(Buffer.alloc(32, 1), Buffer.alloc(32, 2))],
};

/** And is answered. */
async function welcomed(machine: Machine): Promise<void> {
  const answering = ['device', 'add', machine.file('new.request'), '-o', machine.file('new.welcome')];
  machine.said = JSON.parse(await machine.must(...answering, '--words', machine.said)).words;
}

/** A repository is that of the same person, and she writes there. */
async function expectAna(machine: Machine, name: string): Promise<void> {
  const at = machine.file(name);
  const self = JSON.parse(await machine.must('-C', at, 'whoami'));
  expect(self).toMatchObject({ name: 'Ana', person: JSON.parse(await machine.must('whoami')).person });
  await machine.must('-C', at, 'post', '-t', 't', 'again');
}

/** As a backup that a passphrase opens is restored. */
function makeNobody(machine: Machine, name: string): void {
  const restore = useDisk(machine.disk);
  try {
    const directory = machine.file(name);
    const layout = layoutOf(directory);
    writeState(layout, 'former', formerOf(readSelf(directory)));
    machine.disk.remove(fileOfState(layout, 'self'));
    machine.disk.remove(fileOfState(layout, 'devices'));
    writeWritten(layout, []);
  } finally {
    restore();
  }
}
