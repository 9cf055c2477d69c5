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
  postPrivate,
  removeFrom,
  textsIn,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

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
