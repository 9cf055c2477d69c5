// People nobody introduced: what is taken of them, how much, and what stays on the stick and is counted.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseCards } from '../../src/identity/card-text.js';
import { dueAcks } from '../../src/sync/export/acknowledge.js';
import { rememberCards } from '../../src/sync/known/acquaintances.js';
import { openRelations } from '../../src/sync/session.js';
import { DEFAULT_QUOTAS, type Quotas, segmentQuotaBytes } from '../../src/topic/quota.js';
import { openPeople } from '../../src/topic/reading/people.js';
import { segmentsIn } from '../testkit/carrier.js';
import { Replica } from '../testkit/replica.js';
import { block, bundleFrom, carryAll, countsOf, decide, errorsIn, heldBy, unblock } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

let directory: string;
let stick: string;
let alice: Replica;
let sam: Replica;
let tom: Replica;
beforeEach(async () => {
  directory = scratchDirectory();
  stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
  [alice, sam, tom] = (await Promise.all(
    ['alice', 'sam', 'tom'].map((name) => Replica.create(name, directory)),
  )) as Trio;
});

describe('a topic that everybody can join by its name', () => {
  it('brings people together who never met, under the names they chose', async () => {
    alice.join('market');
    await sam.post('market', 'apples');
    await tom.post('market', 'pears');
    for (const one of [sam, tom]) expect(alice.import(await exported(one))).toMatchObject({ skipped: 0, refused: [] });
    expect(alice.texts('market').toSorted()).toEqual(['apples', 'pears']);
    expect(authorsSeenBy(alice)).toEqual(['sam', 'tom']);
    await alice.post('market', 'how much?');
    sam.import(await exported(alice));
    expect(sam.texts('market')).toEqual(alice.texts('market'));
  });

  it('acknowledges only those strangers who answered', async () => {
    const [question] = await alice.post('market', 'how much?');
    for (const one of [sam, tom]) one.join('market').import(await exported(alice));
    await sam.post('market', { body: 'three', reply: question });
    await tom.post('market', 'hello all');
    for (const one of [sam, tom]) alice.import(await exported(one));
    expect(dueAcks(alice.session)).toHaveLength(1);
    const knowsSam = new Set(alice.repository.logsOfPerson(sam.session.self.person).map(({ log }) => log));
    await exported(alice);
    const acked = [...alice.repository.logsOfPerson(alice.session.self.person)].flatMap(({ log }) =>
      [...alice.acknowledged(log).keys()].filter((other) => alice.repository.log(other)?.person !== undefined),
    );
    expect(acked.filter((log) => knowsSam.has(log))).toHaveLength(1);
  });

  it('takes nothing of whoever writes elsewhere, counts it, and takes it once it has joined there', async () => {
    await sam.post('market', 'apples', 'pears');
    const file = await exported(sam);
    expect(countsOf(alice.import(file))).toEqual({ fresh: 0, known: 0, skipped: 3, refused: [] });
    expect([...alice.repository.logs()]).toEqual([]);
    expect(countsOf(alice.join('market').import(file))).toEqual({ fresh: 3, known: 0, skipped: 0, refused: [] });
  });

  it('takes all of a person who became a contact, in any topic', async () => {
    await sam.post('market', 'apples');
    await sam.post('private', 'a word');
    const file = await exported(sam);
    alice.join('market');
    expect(countsOf(alice.import(file))).toEqual({ fresh: 2, known: 0, skipped: 2, refused: [] });
    expect(countsOf(alice.meet(sam).import(file))).toEqual({ fresh: 2, known: 2, skipped: 0, refused: [] });
    expect(alice.texts('private')).toEqual(['a word']);
  });
});

describe('quotas', () => {
  it('let in what fits to the byte, leave the rest of that log, and go on when there is room', async () => {
    for (let i = 0; i < 6; i++) await sam.post('market', `apples ${'x'.repeat(40 * i)}`);
    const file = await exported(sam);
    const sizes = segmentsIn(file).map(segmentQuotaBytes);
    const all = sum(sizes);
    alice.join('market');
    limit(alice, { stranger: sum(sizes.slice(0, 4)) - 1 });
    expect(countsOf(alice.import(file))).toEqual({ fresh: 3, known: 0, skipped: 4, refused: ['over-quota'] });
    limit(alice, { stranger: sum(sizes.slice(0, 4)) });
    expect(countsOf(alice.import(file))).toEqual({ fresh: 1, known: 3, skipped: 3, refused: ['over-quota'] });
    limit(tom.join('market'), { stranger: all });
    expect(countsOf(tom.import(file))).toEqual({ fresh: 7, known: 0, skipped: 0, refused: [] });
    limit(tom, { stranger: 0 });
    expect(countsOf(tom.import(file))).toEqual({ fresh: 0, known: 7, skipped: 0, refused: [] });
    expect([alice, tom].flatMap(errorsIn)).toEqual([]);
  });

  it('bound all strangers of a topic together, and no contact', async () => {
    await sam.post('market', 'apples');
    await tom.post('market', 'pears');
    const ofSam = await exported(sam);
    const ofTom = await exported(tom);
    alice.join('market');
    limit(alice, { strangers: quotaOf(ofSam) });
    expect(alice.import(ofSam)).toMatchObject({ fresh: 2, refused: [] });
    const used = sum(alice.repository.logsOfPerson(sam.session.self.person).map(({ bytes }) => bytes));
    limit(alice, { strangers: used + quotaOf(ofTom) - 1 });
    expect(countsOf(alice.import(ofTom))).toMatchObject({ fresh: 1, skipped: 1, refused: ['over-quota'] });
    limit(alice.meet(tom), { strangers: 0 });
    expect(countsOf(alice.import(ofTom))).toMatchObject({ fresh: 1, skipped: 0, refused: [] });
  });

  it('bound what is carried, apart from what strangers say in joined topics', async () => {
    await sam.post('market', 'apples');
    await tom.post('elsewhere', 'pears');
    sam.join('elsewhere').import(await exported(tom));
    const both = await exported(sam, { full: true });
    const carried = sum(segmentsIn(await exported(tom)).map(segmentQuotaBytes));
    carryAll(alice.join('market'), true);
    limit(alice, { carry: carried - 1 });
    expect(countsOf(alice.import(both, { dryRun: true }))).toMatchObject({
      fresh: 3,
      skipped: 1,
      refused: ['over-quota'],
    });
    limit(alice, { carry: carried });
    expect(countsOf(alice.import(both))).toMatchObject({ fresh: 4, skipped: 0, refused: [] });
  });
});

describe('blocked people', () => {
  it('are neither taken nor passed on, contacts or strangers, until the block is taken back', async () => {
    alice.meet(sam).join('market');
    sam.join('market').meet(tom);
    await tom.post('market', 'spam');
    await sam.post('market', 'apples');
    sam.import(await exported(tom));
    block(alice, tom);
    const file = await exported(sam, { full: true });
    expect(countsOf(alice.import(file))).toMatchObject({ fresh: 3, skipped: 2, refused: [] });
    expect(alice.texts('market')).toEqual(['apples']);
    unblock(alice, tom);
    expect(countsOf(alice.import(file))).toMatchObject({ fresh: 2, known: 3, skipped: 0 });
    block(alice, tom);
    const passedOn = segmentsIn(await exported(alice, { full: true })).map(
      ({ log }) => alice.repository.log(log)?.person,
    );
    expect(passedOn).not.toContain(tom.session.self.person);
    expect(dueAcks(alice.session)).toEqual([]);
  });
});

describe('somebody who carries for others', () => {
  it('takes topics along that it is not in, and whoever gets them has everything', async () => {
    await sam.post('market', 'apples');
    await sam.post('market', 'and pears');
    decide(alice, 'market', { carry: true });
    alice.import(await exported(sam));
    tom.join('market').meet(sam);
    expect(countsOf(tom.import(await exported(alice)))).toMatchObject({ fresh: 3, skipped: 0 });
    expect(tom.texts('market')).toEqual(['apples', 'and pears']);
    expect(heldBy(tom)).toEqual(heldBy(sam));
    expect(dueAcks(alice.session)).toEqual([]);
  });

  it('of everything takes everything, without joining or acknowledging anything', async () => {
    await sam.post('market', 'apples');
    await tom.post('elsewhere', 'pears');
    carryAll(alice, true);
    for (const one of [sam, tom]) expect(alice.import(await exported(one))).toMatchObject({ fresh: 2, skipped: 0 });
    const file = await exported(alice);
    expect(segmentsIn(file)).toHaveLength(4);
    carryAll(alice, false);
    expect(await bundleFrom(alice, stick)).toBeUndefined();
  });
});

describe('who somebody is to alice', () => {
  it('changes with what is held, which topics are joined, and what she decides', async () => {
    const isSam = (): string => openRelations(alice.session)(sam.session.self.person);
    expect(isSam()).toBe('unknown');
    rememberCards(alice.repository, parseCards(Buffer.from(sam.card)));
    expect(isSam()).toBe('stranger');
    await sam.post('market', 'apples');
    const file = await exported(sam);
    alice.join('market').import(file);
    expect(isSam()).toBe('member');
    decide(alice, 'market', { joined: false });
    expect(isSam()).toBe('stranger');
    expect(openRelations(alice.session)(tom.session.self.person)).toBe('unknown');
    block(alice, sam);
    expect(isSam()).toBe('blocked');
    unblock(alice, sam);
    decide(alice, 'market', { joined: true });
    expect(isSam()).toBe('member');
    alice.meet(sam);
    expect(isSam()).toBe('contact');
    expect(openRelations(sam.session)(sam.session.self.person)).toBe('self');
  });
});

type Trio = [Replica, Replica, Replica];

async function exported(from: Replica, options = {}): Promise<string> {
  const file = await bundleFrom(from, stick, options);
  if (!file) throw new Error('nothing to export');
  return file;
}

function limit(replica: Replica, quotas: Partial<Quotas>): void {
  replica.quotas = { ...DEFAULT_QUOTAS, ...quotas };
}

function quotaOf(file: string): number {
  return sum(segmentsIn(file).map(segmentQuotaBytes));
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function authorsSeenBy(replica: Replica): string[] {
  const { repository, self, contacts } = replica.session;
  const people = openPeople({ repository, self, contacts });
  return replica
    .messages('market')
    .map(({ entry }) => people.authorOf(entry.log).name)
    .toSorted();
}
