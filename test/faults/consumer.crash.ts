// Consumers with the power cut at each change of a day, and with some calls to the disk that fail once, other ones each time.
import { expect, it } from 'vitest';
import { anyFate } from '../testkit/power-cut.js';
import { seedOf } from '../testkit/seed.js';
import { cutAtChange, failAtCall, prepare } from './consumer.js';
import { Machine } from './machine.js';

const seed = seedOf('CRASH_SEED');

it.each([
  ['the power cut at each change', (machine: Machine, at: number) => cutAtChange(machine, at, anyFate(seed + at)), 1],
  ['calls to the disk failing once', failAtCall, 7],
] as const)('are handed each message: %s', async (_, harm, stride) => {
  const machine = new Machine();
  await prepare(machine);
  const { memory } = machine;
  const at = (n: number): Promise<number> => {
    machine.memory = memory.clone();
    return harm(machine, n);
  };
  const count = await at(Number.MAX_SAFE_INTEGER);
  expect(count).toBeGreaterThan(50);
  for (let n = 1 + (seed % stride); n <= count; n += stride) await at(n);
});
