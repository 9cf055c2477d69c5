// Who is taken out of a private topic, leaves one, or comes back (spec/private.md, "Ends of logs").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { beginWith, invite, joinInvited, postPrivate, removeFrom, textsIn } from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

let stick: string;
let ana: Replica;
let eve: Replica;

beforeEach(async () => {
  const directory = memoryDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  ana = await Replica.create('ana', directory);
  eve = await Replica.create('eve', directory);
  meetAll([ana, eve]);
  for (const person of [ana, eve]) person.seal = 'always';
});

/** These visit the stick one after the other. */
async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    await person.visit(stick);
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
