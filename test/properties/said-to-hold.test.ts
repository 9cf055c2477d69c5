// People whose homes are copied, whose bundles are lost, late or come twice, and who forget: whoever is said to hold an entry
// can show it, the very same one (spec/message.md, "Acknowledgements"; spec/bundle.md, "Frontier"). `SEED` repeats a run.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareSignatures } from '../../src/format/signature.js';
import type { StoredEntry } from '../../src/repository/open-segment.js';
import { holdersOf } from '../../src/sync/delivery.js';
import { knowledgeOf } from '../../src/sync/knowledge.js';
import { activeContacts } from '../../src/sync/session.js';
import { traceEntry } from '../../src/sync/trace.js';
import { chance, effort, SEED } from '../testkit/effort.js';
import { below, type Chance } from '../testkit/forked-world.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';

const WORLDS = effort(12);
const STEPS = 24;
const COPIES_MAX = 3;

beforeAll(prepareSignatures);

describe(`what somebody is said to hold (seed ${SEED})`, () => {
  it.each(Array.from({ length: WORLDS }, (_, world) => world))('is there: world %i', { timeout: 0 }, async (world) => {
    const random = chance(`said to hold ${world}`);
    const one = await open();
    for (let step = 0; step < STEPS; step++) {
      await act(one, random);
      for (const device of one.devices) expectTrue(one, device);
    }
    for (const device of one.devices) expectTold(one, device);
    for (const device of one.devices) device.repository.close();
  });
});

interface World {
  readonly bundles: string;
  readonly devices: Replica[];
}

async function open(): Promise<World> {
  const directory = memoryDirectory();
  const bundles = path.join(directory, 'bundles');
  fs.mkdirSync(bundles);
  return { bundles, devices: await makeFriends(directory, ['ana', 'ben', 'cyd'], 't') };
}

async function act({ bundles, devices }: World, random: Chance): Promise<void> {
  const device = devices[below(random, devices.length)] as Replica;
  const what = random();
  if (what < 0.3) await device.post('t', `${devices.indexOf(device)} says ${random()}`);
  else if (what < 0.6) await bundleFrom(device, bundles, random() < 0.2 ? { full: true } : {});
  else if (what < 0.9) takeAny(device, bundles, random);
  else if (what < 0.95) device.collect();
  else if (devices.length < 3 + COPIES_MAX) devices.push(copyOf(device, `copy-${devices.length}`));
}

/** Any bundle that ever was, so that some come late, twice, or never. */
function takeAny(device: Replica, bundles: string, random: Chance): void {
  const files = fs.readdirSync(bundles);
  const file = files[below(random, files.length)];
  if (file) device.import(path.join(bundles, file));
}

/** Every entry that anybody is known to hold. */
function expectTrue(world: World, { session, repository }: Replica): void {
  for (const contact of activeContacts(session)) {
    const { holds } = knowledgeOf(repository, contact);
    for (const { log } of repository.logs()) {
      for (const { from, end } of holds(log)) {
        expect(from, 'nobody holds anything behind a freeze').toBeLessThan(repository.frozen.get(log) ?? end);
        for (let seq = from; seq < end; seq++) expectShown(world, contact.person, repository.entry(log, seq));
      }
    }
  }
}

/** What show and trace say of each entry. */
function expectTold(world: World, { session, repository }: Replica): void {
  for (const { log } of repository.logs()) {
    for (const entry of repository.entries(log, 1)) {
      const traced = traceEntry(session, entry).holders.filter(({ kind }) => kind !== 'declined');
      for (const person of [...holdersOf(session, entry), ...traced.map((one) => one.person)])
        expectShown(world, person, entry);
    }
  }
}

function expectShown(world: World, person: string, entry: StoredEntry | undefined): void {
  if (!entry) throw new Error('somebody is said to hold what is not here');
  const devices = world.devices.filter(({ session }) => session.self.person === person);
  const isThere = devices.some(({ repository }) => repository.entry(entry.log, entry.seq)?.id === entry.id);
  expect(isThere, `${person} is said to hold entry ${entry.seq} of ${entry.log} and does not`).toBe(true);
}
