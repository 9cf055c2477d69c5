// What is counted for nobody: what lies behind a freeze, although it lies on a drive too, and what had expired when it came.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { knownDrives } from '../../src/sync/drive/known.js';
import { driveStatus } from '../../src/sync/drive/status.js';
import { whatWaits } from '../../src/sync/drive/waiting.js';
import { hasUnexpired } from '../../src/sync/import/expired.js';
import { deliveryTo } from '../../src/sync/known/delivery.js';
import { activeContacts } from '../../src/sync/session.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

const DAY_MS = 86_400_000;

let bundles: string;
let stick: string;
let alice: Replica;
let bob: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  bundles = path.join(directory, 'bundles');
  fs.mkdirSync(bundles);
  stick = makeStick(path.join(directory, 'stick'), 1);
  [alice, bob] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as [Replica, Replica, Replica];
});

it('counts what lies behind a freeze neither as lacked nor as waiting on a drive', async () => {
  await bob.post('t', 'shared');
  const clone = copyOf(bob, 'clone');
  await bob.post('t', 'left 1', 'left 2', 'left 3');
  alice.import(await exported(bob));
  await alice.post('t', 'mine');
  await alice.visit(stick);
  expect(waiting()['carol']).toEqual({ onDrive: 5, pending: 5, inStatus: 5 });
  await clone.post('t', 'right');
  alice.import(await exported(clone));
  expect(alice.repository.frozen.size).toBe(1);
  expect(waiting()['carol']).toEqual({ onDrive: 2, pending: 2, inStatus: 2 });
  for (const { onDrive, pending } of Object.values(waiting())) expect(onDrive).toBeLessThanOrEqual(pending);
});

it('sees that nothing is left to read of messages that had expired', async () => {
  alice.now = bob.now + 5 * DAY_MS;
  const expires = Math.floor(bob.now / DAY_MS) + 1;
  await bob.post('t', { body: 'one', meta: { expires } }, { body: 'two', meta: { expires } });
  const before = alice.repository.lastArrival;
  expect(alice.import(await exported(bob))).toMatchObject({ messages: 2, expired: 2 });
  expect(isAnyLeft(before)).toBe(false);
  await bob.post('t', { body: 'three', meta: { expires } }, 'four');
  alice.import(await exported(bob));
  expect(isAnyLeft(before)).toBe(true);
});

function isAnyLeft(before: number): boolean {
  const { repository } = alice;
  return repository.arrivedAfter(before).some((run) => hasUnexpired(repository, run));
}

/** For each contact of Alice what lies on the drive for it, by `status` and `drive status`, and what it lacks. */
function waiting(): Record<string, { onDrive: number; pending: number; inStatus: number }> {
  const { session } = alice;
  const all = whatWaits(session).drives.flatMap((drive) => drive.waiting);
  const [known] = knownDrives(session.repository.layout);
  if (!known) throw new Error('no drive was met');
  const { people } = driveStatus(session, known, { silentDays: 0, seals: false });
  const rows = activeContacts(session).map((contact) => {
    const { person, petname } = contact;
    const onDrive = all.find((one) => one.person === person)?.messages ?? 0;
    const inStatus = people.find(({ card }) => card.person === person)?.waiting ?? onDrive;
    return [petname, { onDrive, pending: deliveryTo(session, contact).pending, inStatus }] as const;
  });
  return Object.fromEntries(rows);
}

async function exported(replica: Replica): Promise<string> {
  const file = await bundleFrom(replica, bundles, { full: true });
  if (!file) throw new Error('nothing to export');
  return file;
}
