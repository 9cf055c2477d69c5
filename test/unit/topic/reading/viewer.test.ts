import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blockContact } from '../../../../src/identity/contact-changes.js';
import { readContacts, writeContacts } from '../../../../src/identity/contacts.js';
import { markRead } from '../../../../src/repository/read-marks.js';
import { inOrder } from '../../../../src/topic/order/order.js';
import { writeHidden } from '../../../../src/topic/reading/hidden.js';
import { targetAt } from '../../../../src/topic/reading/target.js';
import type { MessageView } from '../../../../src/topic/reading/view.js';
import { openViewer, type Viewer } from '../../../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { retract } from '../../../../src/topic/writing/retract.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const DAY = 86_400_000;
const GARDEN = { topic: rendezvousTopic('garden'), label: 'garden' };

interface Two {
  readonly ana: Replica;
  readonly bob: Replica;
  carry(from: Replica, to: Replica): Promise<void>;
}

async function twoFriends(): Promise<Two> {
  const directory = scratchDirectory();
  const ana = await Replica.create('ana', directory);
  const bob = await Replica.create('bob', directory);
  ana.meet(bob).join('garden');
  bob.meet(ana).join('garden');
  let count = 0;
  const carry = async (from: Replica, to: Replica): Promise<void> => {
    const file = path.join(directory, `${count++}.satchel`);
    if ((await from.export(file)).file !== null) to.import(file);
  };
  return { ana, bob, carry };
}

function viewerOf(replica: Replica): Viewer {
  return openViewer(replica.session, GARDEN);
}

function views(replica: Replica): MessageView[] {
  const viewer = viewerOf(replica);
  const logs = replica.repository.logsOfTopic(GARDEN.topic);
  return [...inOrder(replica.repository, logs)].map(viewer.view);
}

function states(replica: Replica): string[] {
  return views(replica).map(({ state, text }) => `${state}: ${text ?? '-'}`);
}

describe('a view', () => {
  it('tells who wrote what, under which name', async () => {
    const { ana, bob, carry } = await twoFriends();
    const [hello] = await ana.post('garden', 'hello');
    await carry(ana, bob);
    await bob.post('garden', { body: 'yes', reply: hello });
    const [theirs, own] = views(bob);
    expect(theirs).toMatchObject({ text: 'hello', own: false, unread: true, seq: 1, gap: false, type: 'text' });
    expect(theirs?.author).toMatchObject({ name: 'ana', contact: 'ana', person: ana.session.self.person });
    expect(own).toMatchObject({ text: 'yes', own: true, unread: false, reply: { id: hello?.id } });
    expect(own?.author).toMatchObject({ name: 'bob', contact: undefined });
    expect(own?.deps).toEqual([{ log: hello?.log, seq: hello?.seq, id: hello?.id }]);
    const place = own?.deps[0];
    expect(place && viewerOf(bob).at(place)).toMatchObject({ text: 'hello' });
    expect(place && viewerOf(bob).at({ ...place, id: own.id })).toBeUndefined();
  });

  it('of strangers has their own name only', async () => {
    const { ana, bob, carry } = await twoFriends();
    await ana.post('garden', 'hello');
    writeContacts(bob.directory, new Map());
    await carry(ana, bob);
    expect(views(bob)[0]?.author).toMatchObject({ name: 'ana', contact: undefined });
  });

  it('marks what is hidden, retracted, expired or blocked, and leaves out its text', async () => {
    const { ana, bob, carry } = await twoFriends();
    const expires = Math.floor(ana.now / DAY) + 1;
    const [one, two] = await ana.post('garden', 'one', 'two', { body: 'three', meta: { expires } }, 'four');
    if (!one || !two) throw new Error('nothing was posted');
    writeHidden(bob.directory, new Set([one.id]));
    await retract(ana.repository, await ana.author(), targetAt(ana.repository, two), 'garden');
    await carry(ana, bob);
    expect(states(bob)).toEqual(['hidden: one', 'retracted: -', 'shown: three', 'shown: four']);
    bob.now += 2 * DAY;
    expect(states(bob).slice(2)).toEqual(['expired: -', 'shown: four']);
    writeContacts(bob.directory, blockContact(readContacts(bob.directory), ana.session.self.person));
    expect(states(bob)[3]).toBe('hidden: four');
    expect(viewerOf(bob).unread.count).toBe(0);
  });

  it('doubts times that can not be right', async () => {
    const { ana, bob, carry } = await twoFriends();
    await bob.post('garden', 'before');
    await ana.post('garden', { body: 'late', time: ana.now + 400 * DAY }, { body: 'back', time: 5 });
    await carry(ana, bob);
    await bob.post('garden', 'after');
    const doubts = views(bob).map(({ text, timeDoubtful }) => [text, timeDoubtful]);
    expect(Object.fromEntries(doubts)).toEqual({ before: false, late: true, back: true, after: false });
  });

  it('counts as unread what came after the mark, however old it says it is', async () => {
    const { ana, bob, carry } = await twoFriends();
    await ana.post('garden', 'one', 'two');
    await carry(ana, bob);
    expect(viewerOf(bob).unread.count).toBe(2);
    markRead(bob.repository.layout, GARDEN.topic, bob.repository.lastArrival);
    expect(viewerOf(bob).unread.count).toBe(0);
    await bob.post('garden', 'mine');
    expect(viewerOf(bob).unread.count).toBe(0);
    await ana.post('garden', { body: 'ancient', time: 1 });
    await carry(ana, bob);
    expect(viewerOf(bob).unread.count).toBe(1);
    expect(views(bob).filter(({ unread }) => unread)).toMatchObject([{ text: 'ancient' }]);
    fs.rmSync(bob.repository.layout.journal, { recursive: true });
    expect(viewerOf(bob).unread.count).toBe(3);
  });
});
