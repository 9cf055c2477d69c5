// What `drive status` promises is what the next visit does, on open and on sealed drives alike.
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readContacts, writeContacts } from '../../src/identity/contacts.js';
import { knownDrives } from '../../src/sync/drive/known.js';
import { newcomersTo } from '../../src/sync/drive/newcomers.js';
import { type DriveStatus, driveStatus } from '../../src/sync/drive/status.js';
import { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { withRecipient } from '../testkit/sealed-for.js';
import { sealAs } from '../testkit/sealing.js';
import { makeStick } from '../testkit/stick.js';

let directory: string;
let stick: string;
let ana: Replica;
let bob: Replica;
let carl: Replica;
let eve: Replica;

/** Ana knows Bob and Carl; all three, and Eve whom nobody knows, write in one topic and are listed on one stick. */
beforeEach(async () => {
  directory = scratchDirectory();
  [ana, bob, carl] = (await makeFriends(directory, ['ana', 'bob', 'carl'], 't')) as [Replica, Replica, Replica];
  eve = (await Replica.create('eve', directory)).join('t');
  stick = makeStick(path.join(directory, 'stick'), 1);
  sealAs([ana, bob, carl, eve], 'open');
  await eve.post('t', 'from Eve');
  for (const one of [eve, bob, carl, ana]) await one.visit(stick);
  await ana.post('t', 'one', 'two');
});

function statusOf(one: Replica, seals: boolean): DriveStatus {
  const [known] = knownDrives(one.repository.layout);
  if (!known) throw new Error('no drive was met');
  return driveStatus(one.session, known, { silentDays: 0, seals });
}

function promised(seals: boolean): Record<string, unknown> {
  const { people } = statusOf(ana, seals);
  return Object.fromEntries(people.map(({ card, lacking, unserved }) => [card.name, unserved ?? lacking]));
}

describe('drive status', () => {
  it('promises what the next open visit adds, for strangers too', async () => {
    expect(promised(false)).toEqual({ ana: 0, bob: 2, carl: 2, eve: 2 });
    // one bundle for all: it is about nothing but the topic that Eve writes in
    expect((await ana.visit(stick)).exported?.messages).toBe(2);
    expect(promised(false)).toEqual({ ana: 0, bob: 0, carl: 0, eve: 0 });
  });

  it('promises nothing to whom nothing sealed can be written, and says why', async () => {
    const contacts = readContacts(ana.directory);
    const known = contacts.get(carl.session.self.person);
    if (!known) throw new Error('Carl is no contact');
    const card = withRecipient(known.card, Buffer.alloc(32));
    writeContacts(ana.directory, new Map([...contacts, [known.person, { ...known, card }]]));
    expect(promised(true)).toEqual({ ana: 0, bob: 2, carl: 'unsealable', eve: 'stranger' });
    ana.seal = 'always';
    const { exported, forStrangers } = await ana.visit(stick);
    expect([exported?.messages, exported?.sealedFor, forStrangers]).toEqual([2, [bob.session.self.person], []]);
    expect(promised(true)).toEqual({ ana: 0, bob: 0, carl: 'unsealable', eve: 'stranger' });
    // who was left out is told so as long as it is so, and an open drive is another matter
    expect(promised(false)).toMatchObject({ carl: 2, eve: 2 });
  });

  it('tells of a bundle whether it is sealed, also when no key here opens it', async () => {
    ana.seal = 'always';
    await ana.visit(stick);
    await carl.visit(stick);
    await eve.visit(stick);
    const sealed = (one: Replica) =>
      statusOf(one, true)
        .files.filter((file) => file.sealed === true || file.tried !== undefined)
        .map(({ tried }) => tried !== undefined);
    expect([sealed(ana), sealed(carl), sealed(eve)]).toEqual([[false], [false], [true]]);
  });
});

describe('newcomers', () => {
  it('are told of until something is decided about them, and where they are listed', async () => {
    const told = (one: Replica) => newcomersTo(one.session).map(({ name, drives }) => [name, ...drives]);
    const dan = await Replica.create('dan', directory);
    await dan.visit(stick);
    expect(told(dan)).toEqual(['ana', 'bob', 'carl', 'eve'].map((name) => [name, 'stick 1']));
    for (const other of [ana, bob, carl]) dan.meet(other);
    for (let i = 0; i < 2; i++) {
      expect(told(dan)).toEqual([['eve', 'stick 1']]);
      await dan.visit(stick);
    }
    dan.meet(eve);
    expect(told(dan)).toEqual([]);
  });

  it('are not those who are heard in a joined topic and met nowhere else', async () => {
    const file = path.join(directory, 'eve.satchel');
    await eve.export(file, { full: true });
    const dan = (await Replica.create('dan', directory)).join('t');
    dan.import(file);
    expect(newcomersTo(dan.session)).toEqual([]);
  });
});
