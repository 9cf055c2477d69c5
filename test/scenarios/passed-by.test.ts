// Veiled logs that were left on a drive without a word (spec/veiled.md, "Carrying"; spec/drive.md, "A visit"): as soon as an
// import would take something of them a visit does, and nothing is opened again for nothing.
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { devicesOf } from '../../src/identity/relations.js';
import { Chance } from '../testkit/chance.js';
import { bundlesOpened } from '../testkit/opens.js';
import { pair } from '../testkit/paired.js';
import { Replica } from '../testkit/replica.js';
import { carryAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';
import { VeiledLog, writeVeiled } from '../testkit/veiled-log.js';
import { EPOCH, GARDEN, letIn, logOf, place } from '../testkit/veiled-member.js';

const seed = seedOf('PASSED_BY_SEED');
/** Room for some of the logs. */
const LITTLE = 2_000;

let directory: string;
let stick: string;
let other: string;
let ana: Replica;
let ben: Replica;
let desk: Replica;
let carl: Replica;

beforeEach(async () => {
  directory = memoryDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  other = makeStick(path.join(directory, 'other'), 2);
  const people = await Promise.all(['ana', 'ben', 'carl'].map((name) => Replica.create(name, directory)));
  [ana, ben, carl] = people as [Replica, Replica, Replica];
  desk = await pair(ben, 'desk', directory);
  for (const one of [ben.reopen(), desk]) one.meet(carl);
});

const put = (name: string, segments: readonly Buffer[], by: Replica): Promise<string> =>
  writeVeiled(path.join(stick, 'satchel', `${name}.satchel`), segments, { by });

/** What an import would take of all that lies there. */
function wanted(): number {
  const files = bundlesOn(stick).map((name) => path.join(stick, 'satchel', name));
  return files.reduce((sum, file) => sum + carl.import(file, { dryRun: true }).fresh, 0);
}

/** Carl learns which devices Ben has. */
async function tellOfDesk(): Promise<void> {
  for (const one of [ben, desk, carl]) await one.visit(other);
}

const look = (): Promise<unknown> => carl.visit(stick, { importOnly: true });

it('a device of a contact is told of, and what it brought is taken', async () => {
  await put('a', new VeiledLog().message('one').segments(), desk);
  carl.meet(ben);
  await look();
  expect([...carl.repository.unplacedLogs()]).toEqual([]);
  const { person } = ben.session.self;
  expect(devicesOf(carl.session, person)).toHaveLength(1);
  await tellOfDesk();
  expect(devicesOf(carl.session, person)).toHaveLength(2);
  await look();
  expect([...carl.repository.unplacedLogs()]).toHaveLength(1);
});

it('a key comes, and all of a log that it places is taken', async () => {
  const log = (await logOf(ben)).message('one').message('two');
  log.give(carl, 0, 2);
  await put('a', log.segments(2), ana);
  await look();
  expect(carl.repository.log(log.id)?.end).toBe(2);
  letIn(carl);
  await look();
  expect(carl.repository.log(log.id)?.end).toBe(3);
});

it('the beginning of a log comes where its key is, and so does the rest that lay there before', async () => {
  const log = (await logOf(ben)).message('one').message('two');
  letIn(carl);
  await put('a', log.segments(2), ana);
  await look();
  expect(carl.repository.log(log.id)).toBeUndefined();
  log.give(carl, 0, 2);
  await look();
  expect(carl.repository.log(log.id)?.end).toBe(3);
});

it('a key takes a log away from those that are only carried, and others find room', async () => {
  const log = (await logOf(ben)).message('one').message('two').give(carl);
  carl.meet(ben);
  const used = [...carl.repository.unplacedLogs()].reduce((sum, one) => sum + carl.repository.quotaBytes(one), 0);
  carl.quotas = { stranger: 0, strangers: 0, carry: 0, veiled: used };
  await put('a', new VeiledLog().message('one').segments(), ben);
  await look();
  expect([...carl.repository.unplacedLogs()].map((one) => one.log)).toEqual([log.id]);
  carl.topicKeys = { secrets: new Map([[GARDEN, [EPOCH]]]), isLocked: false };
  place(carl.reopen());
  await look();
  expect([...carl.repository.unplacedLogs()]).toHaveLength(1);
  expect(wanted()).toBe(0);
});

it('whatever changes, all that is wanted is taken, and then nothing is opened', async () => {
  const chance = new Chance(seed);
  const changes: Record<string, () => unknown> = {
    ana: () => carl.meet(ana),
    ben: () => carl.meet(ben),
    desk: tellOfDesk,
    keys: () => letIn(carl),
    all: () => carryAll(carl, chance.happens(0.5)),
    room: () => {
      carl.quotas = { stranger: LITTLE, strangers: LITTLE, carry: LITTLE, veiled: chance.pick([LITTLE, 1_000_000]) };
    },
  };
  for (const author of [ana, ben]) {
    for (const by of [ana, ben, desk]) {
      const log = (await logOf(author, `${author.name} by ${by.name}`)).message('one').message('two').message('three');
      const cut = chance.below(log.length);
      if (cut > 0) await put(`${author.name}-${by.name}-a`, log.segments(0, cut), by);
      await put(`${author.name}-${by.name}-b`, log.segments(cut), chance.pick([ana, ben, desk]));
    }
  }
  const made: string[] = [];
  for (let i = 0; i < 10; i++) {
    const change = chance.pick(Object.keys(changes));
    made.push(change);
    await changes[change]?.();
    for (const _ of [1, 2, 3]) await look();
    expect(wanted(), `seed ${seed}, ${made}`).toBe(0);
    expect(await bundlesOpened(stick, look), `seed ${seed}, ${made}`).toEqual([]);
  }
  expect(carl.repository.lastArrival, `seed ${seed}`).toBeGreaterThan(0);
});
