// What other people's logs show: topics to join, and people to accept.
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseCards } from '../../../src/identity/card-text.js';
import { blockContact } from '../../../src/identity/contact-changes.js';
import { readContacts, writeContacts } from '../../../src/identity/contacts.js';
import { rememberCards } from '../../../src/sync/known/acquaintances.js';
import { seenTopics, withSeenTopics } from '../../../src/sync/known/seen-topics.js';
import { findStranger, strangersOf } from '../../../src/sync/known/strangers.js';
import { rendezvousTopic } from '../../../src/topic/rendezvous.js';
import { findTopic } from '../../../src/topic/topics.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

it('topics of contacts can be joined by label, those of strangers and blocked people cannot', async () => {
  const directory = scratchDirectory();
  const ana = await Replica.create('Ana', directory);
  const bob = await Replica.create('Bob', directory);
  ana.meet(bob);
  bob.meet(ana);
  await ana.post('garden', 'hello');
  const file = path.join(directory, 'a.satchel');
  await ana.export(file);
  bob.import(file);
  expect(seenTopics(bob.session)).toMatchObject([
    { label: 'garden', kind: 'rendezvous', joined: false, seenFrom: [ana.session.self.person] },
  ]);
  expect(findTopic(withSeenTopics(bob.session), 'garden').topic).toBe(rendezvousTopic('garden'));
  writeContacts(bob.directory, blockContact(readContacts(bob.directory), ana.session.self.person));
  expect(seenTopics(bob.session)).toEqual([]);
});

it('authors of logs and makers of bundles can be accepted by name', async () => {
  const directory = scratchDirectory();
  const replicas = await Promise.all(['Ana', 'Bob', 'Cy'].map((name) => Replica.create(name, directory)));
  const [ana, bob, cy] = replicas as [Replica, Replica, Replica];
  await ana.post('garden', 'hello');
  bob.join('garden');
  const file = path.join(directory, 'a.satchel');
  await ana.meet(bob).export(file, { to: [bob.session.self] });
  bob.import(file);
  rememberCards(bob.repository, parseCards(Buffer.from(`${cy.card} ${bob.card}`)));
  const strangers = [...strangersOf(bob.session)];
  expect(strangers.map(({ name }) => name).sort()).toEqual(['Ana', 'Cy']);
  expect(findStranger(strangers, 'ana')).toEqual({ person: ana.session.self.person, name: 'Ana', card: ana.card });
  expect(findStranger(strangers, cy.session.self.person.slice(0, 8))?.name).toBe('Cy');
  expect(findStranger(strangers, 'Dora')).toBeUndefined();
  const twins = [...strangers, ...strangers.map((one) => ({ ...one, name: 'ANA' }))];
  expect(() => findStranger(twins, 'ana')).toThrow(expect.objectContaining({ code: 'ambiguous' }));
  bob.meet(ana);
  expect([...strangersOf(bob.session)].map(({ name }) => name)).toEqual(['Cy']);
});
