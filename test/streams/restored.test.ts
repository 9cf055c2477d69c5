// Two people who speak over streams, some of which are cut off, while now and then one of them, who wrote something since, is put back to an old backup:
// what is remembered of the other side, by which logs are left out of what is said, never makes anything missing
// (spec/stream.md, "MARKS").
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { pipePair } from '../testkit/pipes.js';
import type { Replica } from '../testkit/replica.js';
import { copyOf, errorsIn, heldBy, makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { IMPATIENT, stream } from '../testkit/streaming.js';
import { cutAfter } from './damage.js';

const STEPS = 14;
/** Streams after which nobody has anything left. */
const SETTLING = 2;

it('whoever is put back to an old backup gets all again, and has all', async () => {
  const chance = new Chance(seedOf('STREAM_SEED'));
  const people = (await makeFriends(memoryDirectory(), ['alice', 'bob'], 't')) as [Replica, Replica];
  // only a backup with a log of one's own in it is known for one
  for (const one of people) await one.post('t', `${one.name} began`);
  const backups = people.map((one) => copyOf(one, `${one.name}-0`));
  for (let step = 1; step <= STEPS; step++) {
    await happen(chance, people, backups, step);
    if (chance.happens(HEALED)) await expectWhole(people);
  }
  await expectWhole(people);
  for (const one of people) expect(errorsIn(one)).toEqual([]);
});

const HEALED = 0.2;

async function happen(chance: Chance, people: Replica[], backups: Replica[], step: number): Promise<void> {
  const who = chance.below(people.length);
  const one = people[who];
  const backup = backups[who];
  if (!one || !backup) throw new Error('nobody is there');
  const what = chance.number();
  if (what < 0.4) await one.post(chance.pick(['t', 'u', 'v']), `${one.name} ${step}`);
  else if (what < 0.5) backups[who] = copyOf(one, `${one.name}-${step}`);
  else if (what < 0.65) {
    // what was written since is what betrays a backup
    await one.post('t', `${one.name} ${step}`);
    people[who] = restore(backup, one, `${one.name}+${step}`);
  } else {
    const pipes = chance.happens(0.4) ? cutAfter(chance.below(3_000), chance.pick(['toA', 'toB'])) : pipePair();
    await stream(...(people as [Replica, Replica]), pipes, { clock: IMPATIENT });
  }
}

/** The backup in the place of the repository that it was made of, on the same machine. */
function restore(backup: Replica, lost: Replica, name: string): Replica {
  const restored = copyOf(backup, name);
  restored.stateDirectory = lost.stateDirectory;
  lost.repository.close();
  return restored;
}

/** After sound streams both hold the same, in which nothing is missing and no log contradicts itself, and nothing goes any more. */
async function expectWhole(people: Replica[]): Promise<void> {
  const [alice, bob] = people as [Replica, Replica];
  for (const one of people) for (const label of ['t', 'u', 'v']) one.join(label);
  const before = [alice, bob].flatMap((one) => ['t', 'u', 'v'].flatMap((label) => one.texts(label)));
  for (let i = 0; i < SETTLING; i++)
    for (const { failure } of await stream(alice, bob)) expect(failure).toBeUndefined();
  expect(heldBy(alice)).toEqual(heldBy(bob));
  const texts = ['t', 'u', 'v'].flatMap((label) => alice.texts(label));
  expect(texts).toEqual(expect.arrayContaining(before));
  expect(new Set(texts).size).toBe(texts.length);
  for (const one of people) expect([...one.repository.frozen]).toEqual([]);
  for (const { failure, taken, sent } of await stream(alice, bob))
    expect({ failure, fresh: taken.fresh, entries: sent.entries }).toEqual({
      failure: undefined,
      fresh: 0,
      entries: 0,
    });
}
