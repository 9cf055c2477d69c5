// Consumers with the power cut at some changes of a day, and disk calls that fail, other ones each time.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { cutAtChange, failAtCall, prepare } from './consumer.js';
import { manyFates } from './crash.js';
import { Machine } from './machine.js';

/** Places in the day. */
const PLACES = 8;

const seed = seedOf('CRASH_SEED');

it('are handed each message, whenever the power is cut', async () => {
  const chance = new Chance(seed);
  const machine = new Machine();
  await prepare(machine);
  const { memory } = machine;
  const cut = (at: number): Promise<number> => {
    machine.memory = memory.clone();
    return cutAtChange(machine, at, chance.pick(manyFates(seed, 5)));
  };
  const changes = await cut(Number.POSITIVE_INFINITY);
  expect(changes).toBeGreaterThan(50);
  for (let i = 0; i < PLACES; i++) await cut(1 + chance.below(changes));
});

it('are handed each message, whichever call to the disk fails', async () => {
  const chance = new Chance(seed);
  const machine = new Machine();
  await prepare(machine);
  const { memory } = machine;
  const fail = (at: number): Promise<number> => {
    machine.memory = memory.clone();
    return failAtCall(machine, at);
  };
  const calls = await fail(Number.POSITIVE_INFINITY);
  expect(calls).toBeGreaterThan(100);
  for (let i = 0; i < PLACES; i++) await fail(1 + chance.below(calls));
});
