// Three people who speak over streams, some of which are cut off, and send each other bundles between: in the end all hold the
// same, each message once, and nothing goes any more (spec/stream.md).
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { pipePair } from '../testkit/pipes.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, errorsIn, heldBy, makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { IMPATIENT, stream } from '../testkit/streaming.js';
import { cutAfter } from './damage.js';

const STEPS = 14;
/** Rounds of streams between each two after which nobody has anything left. */
const SETTLING = 3;

it('whatever came before, all come to hold the same, and to rest', async () => {
  const seed = seedOf('STREAM_SEED');
  const chance = new Chance(seed);
  const directory = memoryDirectory();
  const people = await makeFriends(directory, ['alice', 'bob', 'carol'], 't');
  for (let step = 0; step < STEPS; step++) await happen(chance, people, `${directory}/`, step);
  for (let i = 0; i < SETTLING; i++) for (const [one, other] of pairsOf(people)) await stream(one, other);
  const [first, ...others] = people;
  for (const other of others) expect(heldBy(other)).toEqual(first && heldBy(first));
  for (const [one, other] of pairsOf(people))
    for (const { failure, taken, sent } of await stream(one, other))
      expect({ failure, fresh: taken.fresh, entries: sent.entries }).toEqual({
        failure: undefined,
        fresh: 0,
        entries: 0,
      });
  for (const one of people) expect(errorsIn(one)).toEqual([]);
});

async function happen(chance: Chance, people: readonly Replica[], directory: string, step: number): Promise<void> {
  const one = chance.pick(people);
  const other = chance.pick(people.filter((person) => person !== one));
  const what = chance.number();
  if (what < 0.4) await one.post('t', `${one.name} ${step}`);
  else if (what < 0.55) {
    const file = await bundleFrom(one, directory);
    if (file && chance.happens(0.7)) other.import(file);
  } else {
    const pipes = chance.happens(0.4) ? cutAfter(chance.below(3_000), 'toB') : pipePair();
    await stream(one, other, pipes, { clock: IMPATIENT });
  }
}

function pairsOf(people: readonly Replica[]): [Replica, Replica][] {
  return people.flatMap((one, i) => people.slice(i + 1).map((other): [Replica, Replica] => [one, other]));
}
