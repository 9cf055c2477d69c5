// Who lost the keys of private topics gets them again from anybody who is in them (spec/cli.md, "Private topics").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { invitePeople } from '../../src/topic/writing/private-topic.js';
import {
  beginWith,
  friendsWithStick,
  joinInvited,
  openKeysOf,
  postPrivate,
  textsIn,
  writeTo,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

async function inviteAgain(person: Replica, topic: TopicId, other: Replica): Promise<void> {
  const author = await person.author();
  // of who is in it already no card is asked for
  const invitee = { person: other.session.self.person, card: Buffer.alloc(0) };
  await person.repository.lockedAsync(() => invitePeople(person.repository, author, topic, [invitee]));
}

it('an owner by a member, and in a conversation between two by the other one', async () => {
  const { people, stick } = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  const [ana, ben] = people as [Replica, Replica];
  const visits = async (...who: readonly Replica[]): Promise<void> => {
    for (const one of who) {
      one.now += 60_000;
      expect((await one.visit(stick)).failure).toBeUndefined();
    }
  };
  const between = await writeTo(ana, [ben], 'hi');
  const group = await beginWith(ana, 'fam', [ben]);
  await postPrivate(ana, group, 'one');
  await visits(ana, ben);
  await joinInvited(ben, group);
  await postPrivate(ben, group, 'two');
  await visits(ben, ana);
  fs.rmSync(path.join(ana.directory, '.satchel/keys/topics'), { recursive: true });
  openKeysOf(ana);
  await visits(ben, ana);
  expect(textsIn(ana, group).every((text) => text.startsWith('('))).toBe(true);
  for (const topic of [between, group]) await inviteAgain(ben, topic, ana);
  await visits(ben, ana);
  expect(textsIn(ana, between)).toEqual(['hi']);
  expect(textsIn(ana, group)).toEqual(['one', 'two']);
  await postPrivate(ana, group, 'three');
  await visits(ana, ben);
  expect(textsIn(ben, group)).toEqual(['one', 'two', 'three']);
  // nobody else gets into a conversation between two
  const { people: strangers } = await friendsWithStick(memoryDirectory(), ['eve']);
  await expect(inviteAgain(ben, between, strangers[0] as Replica)).rejects.toThrow();
});
