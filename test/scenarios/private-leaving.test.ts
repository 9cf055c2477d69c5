// Who is taken out of a private topic, leaves one, or comes back (spec/private.md, "Ends of logs").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { loseDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import {
  beginWith,
  friendsWithStick,
  invite,
  joinInvited,
  joinPrivate,
  openKeysOf,
  postPrivate,
  removeFrom,
  textsIn,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { copyOf } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

let stick: string;
let ana: Replica;
let eve: Replica;

beforeEach(async () => {
  const friends = await friendsWithStick(memoryDirectory(), ['ana', 'eve']);
  stick = friends.stick;
  [ana, eve] = friends.people as [Replica, Replica];
});

/** These visit the stick one after the other. */
async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
  }
}

it('who was taken out and added again is heard as before', async () => {
  const topic = await beginWith(ana, 'fam', [eve]);
  await postPrivate(ana, topic, 'hello');
  await visits(ana, eve);
  await joinInvited(eve, topic);
  await postPrivate(eve, topic, 'e1');
  await visits(eve, ana);
  await removeFrom(ana, topic, eve);
  await postPrivate(eve, topic, 'e2');
  await postPrivate(eve, topic, 'e3');
  await visits(eve, ana, eve);
  await invite(ana, topic, [eve]);
  await visits(ana, eve);
  const texts = ['n5', 'n6', 'n7', 'n8', 'n9'];
  for (const text of texts) await postPrivate(eve, topic, text);
  await visits(eve, ana, eve);
  for (const person of [ana, eve]) expect(textsIn(person, topic)).toEqual(['hello', 'e1', ...texts]);
});

it('what somebody said before it was copied stays when it is taken out, whichever copy was known where', async () => {
  const directory = memoryDirectory();
  const { people, stick: one } = await friendsWithStick(directory, ['ana', 'ben', 'cleo']);
  const [owner, ben, cleo] = people as [Replica, Replica, Replica];
  const other = makeStick(path.join(directory, 'other stick'), 2);
  const visit = async (place: string, ...visitors: readonly Replica[]): Promise<void> => {
    for (const person of visitors) {
      person.now += 60_000;
      expect((await person.visit(place)).failure).toBeUndefined();
    }
  };
  const topic = await beginWith(owner, 'fam', [ben, cleo]);
  await visit(one, ben, cleo, owner, ben, cleo);
  for (const person of [ben, cleo]) await joinInvited(person, topic);
  await postPrivate(ben, topic, 'before there were two');
  await visit(one, ben, owner, cleo, ben);
  const copy = copyOf(ben, 'copy');
  openKeysOf(copy);
  await postPrivate(ben, topic, 'told to the owner');
  await visit(one, ben, owner);
  await postPrivate(copy, topic, 'told to cleo');
  await visit(other, copy, cleo);
  await removeFrom(owner, topic, ben);
  await visit(one, owner, cleo, owner, cleo);
  for (const person of [owner, cleo]) {
    expect(person.repository.frozen.size).toBe(1);
    expect(textsIn(person, topic)).toContain('before there were two');
  }
});

it('a device that was taken out goes on with what is open, and is told where to write', async () => {
  const phone = await pair(ana, 'phone', path.dirname(ana.directory));
  phone.seal = 'always';
  const topic = await beginWith(ana, 'fam', [eve]);
  await visits(ana, eve);
  await joinInvited(eve, topic);
  joinPrivate(phone, topic, 'fam');
  phone.topicKeys = new LiveKeyring(true);
  phone.reopen();
  await visits(ana, phone, eve, ana, phone);
  await postPrivate(phone, topic, 'from the phone');
  await postPrivate(eve, topic, 'not acknowledged yet');
  await visits(eve);
  await loseDevice(ana, phone);
  const file = path.join(ana.directory, 'whoever-gets-it.satchel');
  await ana.export(file);
  phone.import(file);
  await phone.post('street', 'in the open');
  await visits(phone);
  const refused = postPrivate(phone, topic, 'again');
  await expect(refused).rejects.toMatchObject({ code: 'not-allowed', hint: 'write on "desk"' });
});
