// A visit in which the user is asked about people and topics: what the answers let in is taken, and served, in the same visit.
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { addCard } from '../../src/identity/contact-changes.js';
import { readContacts, writeContacts } from '../../src/identity/contacts.js';
import type { Undecided } from '../../src/sync/import/decide.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { sealAs } from '../testkit/sealing.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

let stick: string;
let ana: Replica;
let ben: Replica;

/** Ben knows Ana, and wrote to her; his bundle lies on the stick. Ana never heard of him, and wrote too. */
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  ana = await Replica.create('ana', directory);
  ben = (await Replica.create('ben', directory)).meet(ana);
  sealAs([ana, ben], 'sealed');
  await ana.visit(stick);
  await ben.post('garden', 'from Ben');
  await ben.visit(stick);
  await ana.post('kitchen', 'from Ana');
});

/** Accepts everybody, and notes who was asked about. */
function accepting(asked: string[][]) {
  return async ({ people }: Undecided): Promise<boolean> => {
    asked.push(people.map(({ name }) => name));
    for (const card of people) {
      const { contacts } = addCard(readContacts(ana.directory), card, { now: ana.now });
      writeContacts(ana.directory, contacts);
    }
    return people.length > 0;
  };
}

it('takes from whom was accepted, adds for it, and reports it once', async () => {
  const asked: string[][] = [];
  const report = await ana.visit(stick, { decide: accepting(asked) });
  expect(asked).toEqual([['ben'], []]);
  expect(report.failure).toBeUndefined();
  expect(report.scanned).toHaveLength(1);
  expect(report.scanned[0]).toMatchObject({ messages: 1, report: { fresh: 2, skipped: 0 } });
  expect(report.exported?.sealedFor).toEqual([ben.session.self.person]);
  expect([report.strangers, report.unserved]).toEqual([[], []]);
  expect(ana.join('garden').texts('garden')).toEqual(['from Ben']);
  await ben.visit(stick);
  expect(ben.texts('kitchen')).toEqual(['from Ana']);
});

it('says that it writes right before it does, and not when it does not', async () => {
  const told: number[] = [];
  const writing = (): void => void told.push(bundlesOn(stick).length);
  await ana.visit(stick, { writing, dryRun: true });
  await ana.meet(ben).visit(stick, { writing });
  expect([told, bundlesOn(stick).length]).toEqual([[1], 2]);
  await ana.visit(stick, { writing });
  expect(told).toEqual([1]);
});

it('asks nobody who has nothing to decide, and of a visit that takes nothing', async () => {
  const asked: string[][] = [];
  const decide = accepting(asked);
  for (const options of [{ dryRun: true }, { exportOnly: true }, { tidyOnly: true }])
    await ana.visit(stick, { ...options, decide });
  expect(asked).toEqual([]);
  await ana.visit(stick, { decide: async () => false });
  expect(ana.join('garden').texts('garden')).toEqual([]);
});
