// What went wrong in other programs that carry or keep data, as stories that have to end well here.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { verifyBundle } from '../../src/format/bundle/verify.js';
import { sourceOf } from '../../src/format/source.js';
import { readContacts } from '../../src/identity/contacts.js';
import { checkRepository } from '../../src/repository/check.js';
import { readMemory } from '../../src/sync/drive/memory.js';
import { deliveryTo } from '../../src/sync/known/delivery.js';
import { withFailingDrive } from '../testkit/fault-disk.js';
import { FIXTURES } from '../testkit/fixture.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, countsOf, makeFriends, settle } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { sealAs } from '../testkit/sealing.js';
import { bundlesOn, makeStick, snapshotOf } from '../testkit/stick.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

let directory: string;
let stick: string;
let alice: Replica;
let bob: Replica;
let carol: Replica;

beforeEach(async () => {
  directory = memoryDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  [alice, bob, carol] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as [Replica, Replica, Replica];
});

/** Messages that one is not known to hold. */
function pendingFor(sender: Replica, receiver: Replica): number {
  const contact = readContacts(sender.directory).get(receiver.session.self.person);
  if (!contact) throw new Error('no contact');
  return deliveryTo(sender.session, contact).pending;
}

function contents(folder: string): Map<string, string> {
  return new Map(bundlesOn(folder).map((name) => [name, fs.readFileSync(path.join(folder, 'satchel', name), 'hex')]));
}

describe('Mapeo: one file for both directions, rewritten in place', () => {
  it('a sync that fails half way hurts nothing that lay there', async () => {
    await alice.post('t', 'one');
    await alice.visit(stick);
    await bob.visit(stick);
    const before = contents(stick);
    for (let at = 20; at < 80; at += 5) {
      await bob.post('t', `bob ${at}`);
      await withFailingDrive(stick, { at, mode: 'forever' }, () => bob.visit(stick).catch(() => undefined));
      for (const [name, bytes] of contents(stick)) if (before.has(name)) expect(bytes).toBe(before.get(name));
    }
    await bob.visit(stick);
    await alice.visit(stick);
    expect(alice.texts('t')).toEqual(bob.texts('t'));
    expect(alice.texts('t')).toHaveLength(13);
  });

  it('nothing counts as delivered while it only lies on the stick', async () => {
    await alice.post('t', 'one', 'two');
    await alice.visit(stick);
    expect(pendingFor(alice, bob)).toBe(2);
    await bob.visit(stick);
    // Bob has it, and Alice cannot know that yet
    expect(pendingFor(alice, bob)).toBe(2);
    await alice.visit(stick);
    expect(pendingFor(alice, bob)).toBe(0);
  });
});

describe('NNCP: what was copied to the stick is gone at the sender', () => {
  it('a stick that is lost on the way costs nothing but time', async () => {
    for (const [i, fate] of ['left on a train', 'washed', 'delivered'].entries()) {
      stick = makeStick(path.join(directory, 'stick'), 10 + i);
      await alice.post('t', fate);
      await alice.visit(stick);
    }
    await bob.visit(stick);
    expect(bob.texts('t')).toEqual(['left on a train', 'washed', 'delivered']);
  });

  it('a stick that was emptied is filled again', async () => {
    await alice.post('t', 'hello');
    await alice.visit(stick);
    for (const name of bundlesOn(stick)) fs.rmSync(path.join(stick, 'satchel', name));
    expect((await alice.visit(stick)).exported).toMatchObject({ messages: 1 });
    await bob.visit(stick);
    expect(bob.texts('t')).toEqual(['hello']);
  });
});

describe('oc-mirror: exports are numbered, and have to be taken in sequence', () => {
  it('bundles come late, twice, in any order or never, and the next visit fills what is missing', async () => {
    const sticks = [2, 3, 4].map((id) => makeStick(path.join(directory, `stick-${id}`), id));
    const [first = '', , last = ''] = sticks;
    // they are imported as they lie there, too
    sealAs([alice, bob], 'open');
    for (const [i, one] of sticks.entries()) {
      await alice.post('t', `message ${i}`);
      await alice.visit(one);
    }
    // the second stick never arrives, the third before the first, which comes twice
    await bob.visit(last);
    await bob.visit(first);
    await bob.visit(first);
    for (const name of bundlesOn(first)) expect(bob.import(path.join(first, 'satchel', name)).refused).toEqual([]);
    expect(bob.texts('t')).toEqual(['message 0', 'message 1', 'message 2']);
  });

  it('an export that failed breaks no sequence', async () => {
    await alice.post('t', 'one');
    const failed = await withFailingDrive(stick, { at: 20, mode: 'forever', code: 'ENOSPC' }, () => alice.visit(stick));
    expect(failed.result.failure).toBeDefined();
    await alice.post('t', 'two');
    expect(await alice.visit(stick)).toMatchObject({ failure: undefined });
    await bob.visit(stick);
    expect(bob.texts('t')).toEqual(['one', 'two']);
  });
});

describe('Syncthing, ownCloud: a drive that is not there looks as if everything had been deleted', () => {
  it('an empty mount point is no drive, and changes nothing that is known of it', async () => {
    await alice.post('t', 'hello');
    await alice.visit(stick);
    const away = path.join(directory, 'away');
    fs.renameSync(stick, away);
    fs.mkdirSync(stick);
    const { layout } = alice.repository;
    const id = '1'.padStart(32, '0');
    const known = readMemory(layout, id);
    await expect(alice.visit(stick)).rejects.toMatchObject({ code: 'no-drive' });
    expect(fs.readdirSync(stick)).toEqual([]);
    expect(readMemory(layout, id)).toEqual(known);
    fs.rmdirSync(stick);
    fs.renameSync(away, stick);
    const before = snapshotOf(stick);
    expect((await alice.visit(stick)).touched).toBe(false);
    expect(snapshotOf(stick)).toEqual(before);
  });
});

describe('Briar: one file for each contact, everything every time', () => {
  it('one bundle serves all, and nothing goes twice', async () => {
    // whoever has met the stick is served by it
    for (const one of [alice, bob, carol]) await one.visit(stick);
    await alice.post('t', 'for all of you');
    await alice.visit(stick);
    expect(bundlesOn(stick)).toHaveLength(1);
    expect((await alice.visit(stick)).exported?.file).toBeNull();
    await alice.post('t', 'and this');
    expect((await alice.visit(stick)).exported).toMatchObject({ entries: 1, messages: 1 });
    for (const one of [bob, carol]) {
      await one.visit(stick);
      expect(one.texts('t')).toEqual(['for all of you', 'and this']);
    }
  });

  it('a bundle that lay around for ten years is read like a new one', async () => {
    await alice.post('t', 'from the bottom of a drawer');
    await alice.visit(stick);
    bob.now += 10 * YEAR_MS;
    await bob.visit(stick);
    expect(bob.texts('t')).toEqual(['from the bottom of a drawer']);
    await bob.post('t', 'found it');
    await bob.visit(stick);
    await alice.visit(stick);
    expect(alice.texts('t')).toEqual(['from the bottom of a drawer', 'found it']);
  });
});

describe('git bundle: verify looks at the header only, bases are moved by hand, nothing new is a failure', () => {
  it('a bundle with any byte flipped, or cut anywhere, is refused and changes nothing', async () => {
    await alice.post('t', 'one', 'two');
    const file = (await bundleFrom(alice, directory)) as string;
    const bytes = fs.readFileSync(file);
    expect(verifyBundle(sourceOf(bytes)).entries).toBe(3);
    const damaged = path.join(directory, 'damaged.satchel');
    for (let at = 0; at < bytes.length; at += 97) {
      for (const bad of [flipped(bytes, at), bytes.subarray(0, at)]) {
        expect(() => verifyBundle(sourceOf(bad)), `at ${at}`).toThrow();
        fs.writeFileSync(damaged, bad);
        expect(() => bob.import(damaged), `at ${at}`).toThrow();
      }
    }
    expect(bob.texts('t')).toEqual([]);
    expect(countsOf(bob.import(file))).toMatchObject({ fresh: 3, refused: [] });
  });

  it('what is new follows from what the other side said, and nothing new is no failure', async () => {
    await alice.post('t', 'one');
    await settle([alice, bob, carol], directory);
    expect(await bundleFrom(alice, directory)).toBeUndefined();
    await alice.post('t', 'two');
    const file = path.join(directory, 'two.satchel');
    // besides, what others acknowledged: of that nobody knows yet who has it
    expect(await alice.export(file)).toMatchObject({ messages: 1 });
    expect(countsOf(bob.import(file))).toMatchObject({ fresh: 1 });
  });
});

describe('restic: the check passes over a damaged pack unless it is told to read the data', () => {
  it('the quick look finds any flipped bit of any pack', async () => {
    await alice.post('t', 'one', 'two');
    const pack = path.join(alice.repository.layout.packs, '000001.pack');
    const bytes = fs.readFileSync(pack);
    expect(problemsOf(alice)).toEqual([]);
    for (let at = 0; at < bytes.length; at += 7) {
      fs.writeFileSync(pack, flipped(bytes, at));
      expect(problemsOf(copyOf(alice, `rotten-${at}`)), `at ${at}`).not.toEqual([]);
    }
  });
});

describe('Scuttlebutt, hypercore: an identity that was restored from a backup is dead', () => {
  it('goes on as the same person, with all that was ever said', async () => {
    await bob.post('t', 'before the backup');
    await settle([alice, bob, carol], directory);
    const backup = copyOf(bob, 'backup');
    await bob.post('t', 'after the backup');
    await settle([alice, bob, carol], directory);
    const restored = copyOf(backup, 'restored');
    fs.rmSync(restored.stateDirectory, { recursive: true });
    await restored.post('t', 'I had to start over');
    await settle([alice, restored, carol], directory);
    for (const one of [alice, restored, carol]) {
      expect(one.texts('t').toSorted()).toEqual(['I had to start over', 'after the backup', 'before the backup']);
      const people = one.repository.logsOfPerson(bob.session.self.person);
      expect(people).toHaveLength(2);
      expect(one.repository.frozen.size).toBe(0);
    }
  });
});

describe('air gaps: what is compressed cannot be inspected, so nobody lets it pass', () => {
  it('a bundle without compression shows every word to whoever looks, and is taken like any other', async () => {
    const words = 'the pump in hall three is to be replaced '.repeat(20);
    await alice.post('t', words);
    const opaque = fs.readFileSync((await bundleFrom(alice, directory)) as string);
    const plain = path.join(directory, 'plain.satchel');
    await alice.export(plain, { uncompressed: true, full: true });
    expect(opaque.includes(words)).toBe(false);
    expect(fs.readFileSync(plain).includes(words)).toBe(true);
    bob.import(plain);
    expect(bob.texts('t')).toEqual([words]);
  });
});

describe('node-tar: archives that lead out of their directory, and that parsers read in two ways', () => {
  it('every archive but the canonical one is refused, and nothing is written beside the repository', async () => {
    const folder = new URL('bundles/', FIXTURES);
    const names = fs.readdirSync(folder).filter((name) => /^(tar|foreign)-.*\.satchel$/.test(name));
    expect(names.length).toBeGreaterThanOrEqual(8);
    const before = filesBelow(directory);
    for (const name of names) {
      expect(() => bob.import(new URL(name, folder).pathname), name).toThrow();
    }
    expect(filesBelow(directory)).toEqual(before);
  });
});

describe('a thousand small files on an exFAT stick take a hundred mebibytes', () => {
  it('a stick that is visited every day holds a handful of files, however long nobody collects them', async () => {
    for (let day = 0; day < 40; day++) {
      alice.now += DAY_MS;
      await alice.post('t', `day ${day}`);
      await alice.visit(stick);
    }
    expect(bundlesOn(stick).length).toBeLessThan(10);
    await bob.visit(stick);
    expect(bob.texts('t')).toHaveLength(40);
  });
});

function filesBelow(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name));
  return names
    .flatMap((name) => (fs.lstatSync(name).isFile() ? `${name} ${fs.readFileSync(name, 'hex')}` : name))
    .sort();
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** What the quick look finds; a repository that is not even opened counts too. */
function problemsOf(replica: Replica): unknown[] {
  try {
    return [...checkRepository(replica.repository, { all: false })];
  } catch (error) {
    return [error];
  }
}
