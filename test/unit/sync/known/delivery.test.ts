import path from 'node:path';
import { expect, it } from 'vitest';
import type { Contact } from '../../../../src/identity/contacts.js';
import { type Delivery, deliveryTo } from '../../../../src/sync/known/delivery.js';
import { holdersOf } from '../../../../src/sync/known/trace.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

it('knows what a contact has, from what it says itself', async () => {
  const directory = scratchDirectory();
  const ana = await Replica.create('ana', directory);
  const bob = await Replica.create('bob', directory);
  const eve = await Replica.create('eve', directory);
  for (const one of [ana, bob, eve])
    for (const other of [ana, bob, eve]) if (one !== other) one.meet(other).join('garden');
  const carry = async (from: Replica, ...to: Replica[]): Promise<void> => {
    const file = path.join(directory, `${from.name}-${from.now}-${to.length}.satchel`);
    from.now += 1_000;
    if ((await from.export(file)).file !== null) for (const one of to) one.import(file);
  };
  const statusOf = (name: string): Delivery => {
    const contact = [...ana.session.contacts.values()].find(({ petname }) => petname === name) as Contact;
    return deliveryTo(ana.session, contact);
  };
  const [hello] = await ana.post('garden', 'hello', 'anybody?');
  if (!hello) throw new Error('nothing was posted');
  expect(statusOf('bob')).toEqual({ lastHeard: undefined, acknowledged: 0, pending: 2, onDrives: 0 });
  await carry(ana, bob);
  expect(statusOf('bob')).toMatchObject({ acknowledged: 0, pending: 2 });
  expect(holdersOf(ana.session, hello)).toEqual([]);
  bob.now += 10_000;
  await bob.post('garden', 'yes');
  ana.now = bob.now + 20_000;
  await carry(bob, ana);
  expect(statusOf('bob')).toEqual({ lastHeard: bob.now, acknowledged: 2, pending: 0, onDrives: 0 });
  expect(statusOf('eve')).toMatchObject({ lastHeard: undefined, pending: 3 });
  expect(holdersOf(ana.session, hello)).toMatchObject([{ person: bob.session.self.person, kind: 'ack' }]);
  expect(holdersOf(bob.session, hello)).toMatchObject([{ person: ana.session.self.person, kind: 'author' }]);
});
