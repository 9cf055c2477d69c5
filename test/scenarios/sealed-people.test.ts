// Sealed bundles on sticks: for whom they lie there, and when they go (spec/drive.md, "Sealed files", "Tidying").
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PersonId } from '../../src/format/ids.js';
import { decodeCard } from '../../src/identity/card.js';
import { readContacts, writeContacts } from '../../src/identity/contacts.js';
import { storedCardBytes } from '../../src/identity/stored-card.js';
import { openDrive } from '../../src/sync/drive/drive.js';
import { REPEAT_DEFAULT } from '../../src/sync/drive/one-way.js';
import { unlistPerson } from '../../src/sync/drive/people.js';
import { withFailingDrive } from '../testkit/fault-disk.js';
import { openersOf } from '../testkit/open-sealed.js';
import { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { withRecipient } from '../testkit/sealed-for.js';
import { sealAs } from '../testkit/sealing.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';
import { sealedBy } from '../testkit/wire-age.js';

const DAY_MS = 86_400_000;

let directory: string;
let stick: string;
let ana: Replica;
let bob: Replica;
let carl: Replica;

beforeEach(async () => {
  directory = scratchDirectory();
  [ana, bob, carl] = (await makeFriends(directory, ['ana', 'bob', 'carl'], 't')) as [Replica, Replica, Replica];
  sealAs([ana, bob, carl], 'sealed');
  stick = makeStick(path.join(directory, 'stick'), 1);
});

async function visit(one: Replica, options: Parameters<Replica['visit']>[1] = {}) {
  for (const each of [ana, bob, carl]) each.now += 60_000;
  const report = await one.visit(stick, options);
  expect(report.failure).toBeUndefined();
  return report;
}

/** Who can open each bundle there, by name. */
function readers(): string[] {
  const directories = [ana, bob, carl].map((one) => one.directory);
  return bundlesOn(stick)
    .map((name) =>
      [...openersOf(path.join(stick, 'satchel', name), directories)].map((one) => path.basename(one)).join('+'),
    )
    .sort();
}

function keyOf({ card }: Replica): Buffer {
  return decodeCard(storedCardBytes(card)).recipient;
}

it('is sealed for those who are listed and for its maker, and nothing else lies there', async () => {
  await visit(bob);
  await ana.post('t', 'for Bob');
  await visit(ana);
  expect(readers()).toEqual(['ana+bob']);
  const names = fs.readdirSync(path.join(stick, 'satchel')).filter((name) => !name.endsWith('.satchel'));
  expect(names.sort()).toEqual(['README.txt', 'drive.json', 'people']);
  for (const name of bundlesOn(stick)) expect(fs.statSync(path.join(stick, 'satchel', name)).mtimeMs % DAY_MS).toBe(0);
});

it('does not lie there for who came later: that one gets it too, once', async () => {
  await visit(bob);
  await ana.post('t', 'for both');
  await visit(ana);
  expect(await visit(carl)).toMatchObject({ notForUs: 1, waiting: 0 });
  expect(carl.texts('t')).toEqual([]);
  expect((await visit(ana)).exported?.sealedFor).toHaveLength(2);
  await visit(carl);
  expect(carl.texts('t')).toEqual(['for both']);
  expect((await visit(ana)).exported?.file).toBeNull();
});

it('is said to be for somebody: that is believed until he was there, and lacks it still', async () => {
  const bundle = path.join(directory, 'bundle');
  await visit(bob);
  await ana.post('t', 'not for Carl, whatever it says');
  await ana.export(bundle, { to: [bob.session.self, carl.session.self] });
  const lie = sealedBy('lie', [keyOf(ana), keyOf(bob)], fs.readFileSync(bundle));
  fs.writeFileSync(path.join(stick, 'satchel', 'lie.satchel'), lie);
  const carried = async (): Promise<number> => (await visit(bob, { to: [asTarget(carl)] })).exported?.messages ?? 0;
  expect(await carried()).toBe(0);
  expect(await carried()).toBe(0);
  await carl.post('t', 'I was there');
  await visit(carl);
  expect(carl.texts('t')).toEqual(['I was there']);
  expect(await carried()).toBe(1);
  await visit(carl);
  expect(carl.texts('t')).toHaveLength(2);
});

it('stays for who lacks it, listed or not, unless somebody took him off the stick', async () => {
  await visit(bob);
  await visit(carl);
  await ana.post('t', 'for both');
  await visit(ana);
  await ana.post('t', 'one more');
  await visit(ana);
  await visit(bob);
  await visit(bob);
  await visit(ana);
  const first = bundlesOn(stick).length;
  unlistPerson(openDrive(stick), [decodeCard(storedCardBytes(carl.card))]);
  const { removed } = await visit(ana);
  expect(removed.map(({ reason }) => reason)).toContain('acknowledged');
  expect(bundlesOn(stick).length).toBeLessThan(first);
});

it('goes when no key of ours opens it, 490 days after we saw it first, and sooner when asked', async () => {
  const put = (name: string): void => {
    fs.writeFileSync(path.join(stick, 'satchel', name), sealedBy(name, [keyOf(bob)], Buffer.from(name)));
  };
  put('one.satchel');
  await visit(carl);
  carl.now += 200 * DAY_MS;
  put('two.satchel');
  await visit(carl);
  expect((await visit(carl, { tidyOnly: true, olderMs: 201 * DAY_MS })).removed).toEqual([]);
  carl.now += 289 * DAY_MS;
  expect((await visit(carl, { dryRun: true })).removed).toEqual([]);
  carl.now += 2 * DAY_MS;
  const due = (await visit(carl)).removed.map(({ bundle, reason }) => [bundle.name, reason]);
  expect(due).toEqual([['one.satchel', 'unopened']]);
  const asked = await visit(carl, { tidyOnly: true, olderMs: 30 * DAY_MS });
  expect(asked.removed.map(({ bundle }) => bundle.name)).toEqual(['two.satchel']);
});

it('waits while its keys are locked: nothing is taken for removed or lost meanwhile', async () => {
  await visit(bob);
  await ana.post('t', 'for Bob');
  await visit(ana);
  bob.isLocked = true;
  for (let i = 0; i < 2; i++) expect(await visit(bob)).toMatchObject({ waiting: 1, notForUs: 0, removed: [] });
  expect(bob.texts('t')).toEqual([]);
  bob.isLocked = false;
  expect(await visit(bob)).toMatchObject({ waiting: 0 });
  expect(bob.texts('t')).toEqual(['for Bob']);
});

it('is written to nobody: where no contact is, the card is all', async () => {
  const eve = await Replica.create('eve', directory);
  eve.seal = 'always';
  await eve.post('t', 'to nobody');
  const report = await eve.visit(stick);
  expect(report).toMatchObject({ isSealed: true, exported: undefined, failure: undefined });
  expect(report.seals).toEqual({ seals: [], unready: [], unsealable: [] });
  expect(bundlesOn(stick)).toEqual([]);
  expect(fs.readdirSync(path.join(stick, 'satchel', 'people'))).toHaveLength(1);
});

it('serves contacts only: a stranger in the same topic is named, and gets nothing', async () => {
  const eve = (await Replica.create('eve', directory)).join('t');
  const introduced = path.join(directory, 'introduced');
  await eve.post('t', 'hello');
  await eve.export(introduced);
  ana.import(introduced);
  await eve.visit(stick, { importOnly: false });
  await visit(bob);
  await ana.post('t', 'for friends');
  const report = await visit(ana);
  expect(report.unserved.map(({ name }) => name)).toEqual(['eve']);
  expect([report.forStrangers, report.readers]).toEqual([[], []]);
  const openers = openersOf(path.join(stick, 'satchel', path.basename(report.exported?.file ?? '')), [eve.directory]);
  expect([...openers]).toEqual([]);
});

describe('more people than one file can be sealed for', () => {
  /** Ana knows so many people whose cards sort before Bob's, or behind, that Bob and Carl are in different files. */
  beforeEach(() => {
    const [one, other] = [...readContacts(ana.directory).values()];
    if (!one || !other) throw new Error('no contacts');
    const many = Array.from({ length: 150 }, (_, i) => {
      const hash = createHash('sha256').update(`${i}`).digest();
      return {
        ...one,
        person: hash.toString('hex') as PersonId,
        card: withRecipient(one.card, hash),
        petname: `p${i}`,
      };
    });
    writeContacts(ana.directory, new Map([one, ...many, other].map((contact) => [contact.person, contact])));
  });

  it('get several on a drive, and each what it lacks', async () => {
    await ana.post('t', 'for everybody');
    const { exported } = await visit(ana);
    expect([exported?.sealedFor?.length, readers()]).toEqual([152, [expect.any(String), expect.any(String)]]);
    expect((await visit(ana)).exported?.file).toBeNull();
    for (const reader of [bob, carl]) {
      await visit(reader, { importOnly: true });
      expect(reader.texts('t')).toEqual(['for everybody']);
    }
  });

  it('get several one way, which go together when newer ones have come', async () => {
    const oneWay = { oneWay: REPEAT_DEFAULT };
    for (const [text, counts] of [
      ['one', { fresh: 2, repeated: 0 }],
      ['two', { fresh: 1, repeated: 2 }],
    ] as const) {
      await ana.post('t', text);
      expect((await visit(ana, oneWay)).oneWay).toMatchObject(counts);
      expect(bundlesOn(stick)).toHaveLength(2);
    }
    for (const reader of [bob, carl]) await visit(reader, { importOnly: true });
    for (const reader of [bob, carl]) expect(reader.texts('t')).toEqual(['one', 'two']);
  });

  it('are owed one way what did not get into every file', async () => {
    const oneWay = { oneWay: REPEAT_DEFAULT };
    await ana.visit(stick, oneWay);
    const texts: string[] = [];
    for (let at = 1, calls = at; calls >= at; at += 2) {
      texts.push(`word ${at}`);
      await ana.post('t', `word ${at}`);
      const broken = { at, mode: 'forever', calls: 'changes' } as const;
      calls = (await withFailingDrive(stick, broken, () => ana.visit(stick, oneWay))).calls;
      await visit(ana, oneWay);
      expect([at, bundlesOn(stick).length]).toEqual([at, 2]);
    }
    for (const reader of [bob, carl]) await visit(reader, { importOnly: true });
    for (const reader of [bob, carl]) expect(reader.texts('t')).toEqual(texts);
  });
});

function asTarget(one: Replica) {
  return { recipient: one.session.self, card: decodeCard(storedCardBytes(one.card)) };
}
