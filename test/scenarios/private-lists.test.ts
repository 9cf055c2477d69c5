// Keys are given by who knows of every removal that their epoch's maker knew; the lists that say so travel (spec/private.md, "With its
// past", "Sharing").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { Digest, TopicId } from '../../src/format/ids.js';
import { EPOCH_SECRET, epochOf } from '../../src/format/private/epoch.js';
import { fileKeysOf } from '../../src/identity/file-keys.js';
import { Keyring } from '../../src/identity/keyring.js';
import { readLetter } from '../../src/sync/import/letters.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { controlDraft } from '../../src/topic/private/log-sealing.js';
import { sharesAnswering } from '../../src/topic/private/needs.js';
import { newStatement } from '../../src/topic/private/statement-drafts.js';
import { forgetView, viewTopic } from '../../src/topic/private/topic-view.js';
import { invitePeople } from '../../src/topic/writing/private-topic.js';
import { openSharing, type Sharing } from '../../src/topic/writing/share-keys.js';
import { keep } from '../../src/topic/writing/veil.js';
import { pair } from '../testkit/paired.js';
import { beginWith, friendsWithStick, joinInvited, postPrivate } from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

let stick: string;
let ana: Replica;
let ben: Replica;
let topic: TopicId;

beforeEach(async () => {
  const friends = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  [ana, ben] = friends.people as [Replica, Replica];
  stick = friends.stick;
});

async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
  }
}

async function sharingOf(person: Replica): Promise<Sharing> {
  const sharing = await openSharing(person.repository, await person.author(), topic);
  if (!sharing) throw new Error('not in it');
  return sharing;
}

it('a list that the first epoch names is there for all who are to share it, also when a newer one took its place', async () => {
  const parent = path.dirname(stick);
  await pair(ana, 'phone', parent);
  topic = await beginWith(ana, 'garden', [ben]);
  const tablet = await pair(ana, 'tablet', parent);
  tablet.seal = 'always';
  await visits(tablet, ben, ana, ben);
  await joinInvited(ben, topic);
  await visits(ben, ana, tablet, ben);
  const { view, around, keyring } = await sharingOf(ben);
  const [first] = epochsIn(view.resolution);
  const [one] = view.logs;
  if (!first || !one) throw new Error('no epoch');
  expect(first.says.lists).toHaveLength(1);
  const { device } = tablet.session.self;
  const need = { pairs: [], statements: [], epochs: [first.says.epoch] };
  const asked = { device, log: one.log, seq: 1, need, arrival: ben.repository.lastArrival };
  expect(sharesAnswering(view, around, keyring, asked)).toHaveLength(1);
  // nothing where it is not known what that list removed
  const blind = { ...around, known: { ...around.known, list: () => undefined } };
  expect(sharesAnswering(view, blind, keyring, asked)).toEqual([]);
});

it('an invitation has no key whose maker may have known of more removals', async () => {
  topic = await beginWith(ana, 'garden', []);
  const { view, keyring } = await sharingOf(ana);
  const author = await ana.author();
  const keys = epochOf(ana.repository.world.random(EPOCH_SECRET), ana.repository.world.random(EPOCH_SECRET));
  const lists = [{ person: ben.session.self.person, lists: ['ab'.repeat(32) as Digest] }];
  const to = [{ device: author.self.device, serial: 1 }];
  const body = { kind: 'epoch', epoch: keys.id, to, lists, controlLinks: [], dataLinks: [] } as const;
  const { statement } = newStatement(view, author, body, ana.now);
  forgetView(ana.repository, topic);
  await ana.repository.lockedAsync(() =>
    keep(ana.repository, author, keyring, { statement: view.create.bytes, epochs: [keys] }),
  );
  await postPrivate(ana, topic, controlDraft({ statements: [statement] }));
  const invitee = { person: ben.session.self.person, card: (await ben.author()).card };
  const { letters } = await ana.repository.lockedAsync(() => invitePeople(ana.repository, author, topic, [invitee]));
  const keyringOfBen = fileKeysOf(new Keyring(ben.directory, undefined), () => ben.now);
  const { letter } = await readLetter(ben.session, letters[0]?.file ?? Buffer.alloc(0), keyringOfBen);
  const known = epochsIn((viewTopic(ana.repository, topic) ?? view).resolution).map(({ says }) => says.epoch);
  expect(known).toHaveLength(2);
  expect(letter.epochs.map(({ id }) => id)).toEqual(known.filter((id) => id !== keys.id));
});
