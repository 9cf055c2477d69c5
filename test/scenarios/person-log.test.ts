// What a person says of its devices travels in logs that nobody reads as a conversation (spec/devices.md, "Person log").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { devicesOf } from '../../src/identity/relations.js';
import { sealsFor } from '../../src/sync/export/seal.js';
import { knownPersonLogs } from '../../src/sync/known/person-logs.js';
import { seenTopics } from '../../src/sync/known/seen-topics.js';
import type { OrderedEntry } from '../../src/topic/order/order.js';
import { PERSON_LABEL, personTopic } from '../../src/topic/person-topic.js';
import { personEventsIn } from '../../src/topic/reading/person-log.js';
import { post } from '../../src/topic/writing/post.js';
import { runHere } from '../testkit/command.js';
import { dropDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { sealAs } from '../testkit/sealing.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

let directory: string;
let stick: string;
let ben: Replica;
let desk: Replica;

beforeEach(async () => {
  directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  ben = await Replica.create('ben', directory);
  desk = await Replica.create('desk', directory);
  desk.meet(ben).join('garden');
  ben.meet(desk).join('garden');
});

it('brings a new list to a contact in one more visit, and to a sibling, and is seen by nobody', async () => {
  sealAs([ben, desk], 'sealed');
  const laptop = (await pair(desk, 'laptop', directory)).join('garden');
  sealAs([laptop], 'sealed');
  for (const one of [laptop, desk, ben, laptop, desk, ben]) await one.visit(stick);
  const { person } = desk.session.self;
  expect(devicesOf(ben.session, person)).toEqual([desk, laptop].map(deviceOf).sort());
  expect(sealsFor(ben.session, [person]).seals[0]?.keys).toHaveLength(3);
  await laptop.post('garden', 'from the laptop');
  for (const one of [laptop, desk, ben]) await one.visit(stick);
  const show = async (): Promise<unknown> => JSON.parse((await command(ben, 'show', ben.messages('garden')[0])).stdout);
  expect(await show()).toMatchObject({ deviceLabel: 'laptop', deviceRemoved: false });
  expect((await command(ben, 'contact', 'list')).stdout).toContain(`{"device":"${deviceOf(laptop)}","label":"laptop"}`);
  await dropDevice(desk, laptop);
  const { exported } = await desk.visit(stick);
  expect(exported).toMatchObject({ messages: 0 });
  expect(exported?.entries).toBeGreaterThan(0);
  const taken = await ben.visit(stick);
  expect(taken.scanned.flatMap(({ report }) => report?.messages ?? []).filter((count) => count > 0)).toEqual([]);
  expect(devicesOf(ben.session, person)).toEqual([deviceOf(desk)]);
  expect(sealsFor(ben.session, [person]).seals[0]?.keys).toHaveLength(2);
  expect(await show()).toMatchObject({ deviceLabel: 'laptop', deviceRemoved: true });
  for (const one of [ben, desk]) {
    expect(seenTopics(one.session)).toEqual([]);
    expect(one.texts('garden')).toEqual(['from the laptop']);
  }
  // only the newest list is left of them, and once Ben has said that he has it nothing is written again
  desk.collect();
  expect(saidBy(desk, 'devices')).toHaveLength(1);
  for (const one of [desk, ben, desk, ben]) await one.visit(stick);
  const rest = bundlesOn(stick);
  for (const one of [desk, ben]) await one.visit(stick);
  expect(bundlesOn(stick)).toEqual(rest);
});

it('is begun by nobody who has one device, and is in no bundle for strangers or for whoever finds it', async () => {
  await ben.post('garden', 'hello');
  await ben.export(path.join(directory, 'a'));
  expect(knownPersonLogs(ben.session)).toEqual([]);
  const eve = (await Replica.create('eve', directory)).join('garden');
  await eve.post('garden', 'so that they know me');
  await eve.export(path.join(directory, 'b'));
  desk.import(path.join(directory, 'b'));
  await pair(desk, 'laptop', directory);
  await desk.post('garden', 'from the desk');
  await desk.export(path.join(directory, 'c'), { to: [eve.session.self] });
  await desk.export(path.join(directory, 'd'), { to: [] });
  await desk.export(path.join(directory, 'e'), { to: [ben.session.self] });
  expect(knownPersonLogs(desk.session)).toHaveLength(1);
  eve.meet(desk);
  for (const file of ['c', 'd']) eve.import(path.join(directory, file));
  expect(eve.texts('garden')).toContain('from the desk');
  expect(knownPersonLogs(eve.session)).toEqual([]);
  ben.import(path.join(directory, 'e'));
  expect(knownPersonLogs(ben.session)).toHaveLength(1);
});

it('is taken up to 256 KiB, and no word is said of the rest', async () => {
  const place = { topic: personTopic(desk.session.self.person), label: PERSON_LABEL };
  for (let i = 0; i < 24; i++) {
    const letter = { type: 'letter', body: ben.repository.world.random(16_000) };
    await post(desk.repository, await desk.author(), place, [letter]);
  }
  await desk.export(path.join(directory, 'letters'));
  const { skipped, refused, messages } = ben.import(path.join(directory, 'letters'));
  expect({ skipped, refused, messages }).toEqual({ skipped: 0, refused: [], messages: 0 });
  const [log, ...others] = knownPersonLogs(ben.session);
  expect(others).toEqual([]);
  expect(log?.bytes).toBeGreaterThan(200_000);
  expect(log?.bytes).toBeLessThanOrEqual(262_144);
});

it('of somebody else in that topic says nothing', async () => {
  const eve = await Replica.create('eve', directory);
  ben.meet(eve);
  eve.meet(ben);
  const laptop = await pair(desk, 'laptop', directory);
  await desk.export(path.join(directory, 'list'));
  const [log] = knownPersonLogs(desk.session);
  const [list] = log ? [...personEventsIn(desk.repository, log)].filter(({ type }) => type === 'devices') : [];
  if (list?.type !== 'devices') throw new Error('no list');
  const place = { topic: personTopic(desk.session.self.person), label: PERSON_LABEL };
  const said = { type: 'devices', body: [list.list.bytes, list.list.signature] };
  await post(eve.repository, await eve.author(), place, [said]);
  await post(eve.repository, await eve.author(), { ...place, topic: personTopic(eve.session.self.person) }, [said]);
  await eve.visit(stick);
  await ben.visit(stick);
  expect(devicesOf(ben.session, desk.session.self.person)).not.toContain(deviceOf(laptop));
});

function command({ directory, repository }: Replica, ...words: (string | OrderedEntry | undefined)[]) {
  const argv = words.map((word) => (typeof word === 'string' ? word : `${word?.entry.id}`));
  return runHere(argv, { env: { SATCHEL_DIR: directory }, world: repository.world });
}

function saidBy(one: Replica, type: string) {
  const own = knownPersonLogs(one.session).filter(({ device }) => device === one.session.self.device);
  return own.flatMap((log) => [...personEventsIn(one.repository, log)].filter((event) => event.type === type));
}

function deviceOf({ session }: Replica): string {
  return session.self.device;
}
