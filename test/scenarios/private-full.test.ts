// An export of everything, with private topics in it (spec/bundle.md, "What an export holds").
import path from 'node:path';
import { expect, it } from 'vitest';
import { chooseExport } from '../../src/sync/export/plan.js';
import { allRecipients } from '../../src/sync/known/recipients.js';
import { postPrivate, writeTo } from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

it('takes all of a private topic to a member who had it, and nothing of it to who has not', async () => {
  const directory = memoryDirectory();
  const stick = makeStick(path.join(directory, 'stick'), 1);
  const people: Replica[] = [];
  for (const name of ['ana', 'ben', 'dora']) people.push(await Replica.create(name, directory));
  meetAll(people);
  const [ana, ben, dora] = people as [Replica, Replica, Replica];
  for (const person of people) person.seal = 'always';
  const topic = await writeTo(ana, [ben], 'one');
  for (const person of [ana, ben]) await person.visit(stick);
  await postPrivate(ben, topic, 'two');
  for (const person of [ben, ana, ben, ana]) await person.visit(stick);
  const isIn = (log: { readonly log: string }): boolean =>
    ana.repository.logsOfTopic(topic).some((one) => one.log === log.log);
  const whole = ana.repository.logsOfTopic(topic).map(({ log, end }) => ({ log, ranges: [{ from: 0, end }] }));
  const pendingFor = (person: Replica) => {
    const to = allRecipients(ana.session).filter((one) => one.person === person.session.self.person);
    const { pending } = chooseExport(ana.session, { to, full: true, isConfidential: true });
    return pending.flatMap(({ logs }) => logs).filter(isIn);
  };
  expect(whole).toHaveLength(2);
  expect(pendingFor(ben)).toEqual(whole);
  expect(pendingFor(dora)).toEqual([]);
});
