// What a device that was removed, and what whoever lies, gets in a private topic: nothing (spec/private.md, "Sharing").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import type { Need } from '../../src/format/private/control-body.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { controlDraft } from '../../src/topic/private/log-sealing.js';
import { sharesAnswering } from '../../src/topic/private/needs.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { openSharing, type Sharing } from '../../src/topic/writing/share-keys.js';
import { loseDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import {
  beginWith,
  invite,
  joinInvited,
  joinPrivate,
  postPrivate,
  renewWithout,
  textsIn,
} from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

let stick: string;
let ana: Replica;
let phone: Replica;
let ben: Replica;
let topic: TopicId;

beforeEach(async () => {
  const directory = memoryDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  ana = await Replica.create('ana', directory);
  ben = await Replica.create('ben', directory);
  meetAll([ana, ben]);
  phone = await pair(ana, 'phone', directory);
  for (const replica of [ana, ben, phone]) replica.seal = 'always';
  topic = await beginWith(ana, 'garden', [ben]);
  await visits(ana, ben);
  await joinInvited(ben, topic);
  await visits(ben, ana);
  joinPrivate(phone, topic, 'garden');
  phone.topicKeys = new LiveKeyring(true);
  phone.reopen();
  await visits(phone, ana, phone, ben);
  await postPrivate(phone, topic, 'from the phone');
  await visits(phone, ana, ben);
});

/** These visit the stick one after the other. */
async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
  }
}

async function sharingOf(person: Replica): Promise<Sharing> {
  const sharing = await openSharing(person.repository, await person.author(), topic);
  if (!sharing) throw new Error('not in it');
  return sharing;
}

function needOf(epochs: Need['epochs'], statements: Need['statements'] = []): Need {
  return { pairs: [], statements, epochs };
}

it('what a member says it gave to others keeps nothing from them', async () => {
  const cleo = await Replica.create('cleo', path.dirname(stick));
  cleo.seal = 'always';
  meetAll([ana, ben, cleo]);
  const { view } = await sharingOf(ben);
  const epochs = epochsIn(view.resolution).map(({ says }) => says.epoch);
  const of = (person: Replica) => ({ device: person.session.self.device, serial: 4_000_000_000 });
  const devices = [of(cleo), of(phone)].sort((a, b) => (a.device < b.device ? -1 : 1));
  const lie = controlDraft({ shared: { epochs, devices, isControlAlone: false } });
  await postPrivate(ben, topic, lie);
  await visits(ben, ana);
  // Ana believes her own devices alone about her phone
  const { around } = await sharingOf(ana);
  const isBelieved = ({ device, serial }: ReturnType<typeof of>): boolean =>
    around.seen.claimsTo(device).some((claim) => claim.devices.some((to) => to.serial === serial));
  expect([of(cleo), of(phone)].map(isBelieved)).toEqual([true, false]);
  await invite(ana, topic, [cleo]);
  await visits(cleo, ana, cleo);
  await joinInvited(cleo, topic);
  expect(textsIn(cleo, topic)).toEqual(['from the phone']);
});

it('a phone that was stolen gets no new key by asking for it', async () => {
  await loseDevice(ana, phone);
  await visits(ana, ben);
  await postPrivate(ben, topic, 'without the phone');
  const { view, around, keyring } = await sharingOf(ben);
  const epochs = epochsIn(view.resolution).map(({ says }) => says.epoch);
  await postPrivate(phone, topic, controlDraft({ need: needOf(epochs), card: (await phone.author()).card }));
  await visits(phone, ben, ana, phone);
  expect(textsIn(phone, topic)).not.toContain('without the phone');
  const { device } = phone.session.self;
  for (const person of [ana, ben]) {
    expect(viewTopic(person.repository, topic)?.needs.some((need) => need.device === device)).toBe(false);
  }
  // nor by one who believes that its log counts still
  const log = view.logs.find(({ author }) => author.device === device)?.log;
  if (!log) throw new Error('no log');
  expect(sharesAnswering(view, around, keyring, { device, log, seq: 1, need: needOf(epochs), arrival: 1 })).toEqual([]);
});

it('what is given in vain is asked for again, and answered by others', async () => {
  const { view, around, keyring } = await sharingOf(ana);
  const own = epochsIn(view.resolution)[0]?.says.epoch;
  const { device } = phone.session.self;
  const log = view.logs.find(({ author }) => author.device === device)?.log;
  if (!log || !own) throw new Error('no log');
  const asked = { device, log, seq: 1, need: needOf([own]), arrival: 50 };
  const claim = (by: Replica, arrival: number) => ({
    epochs: [own],
    devices: [{ device, serial: 1 }],
    isControlAlone: false,
    isLetter: false,
    by: by.session.self.device,
    arrival,
  });
  const isAnswered = (...claims: ReturnType<typeof claim>[]): boolean =>
    sharesAnswering({ ...view, claims }, around, keyring, asked).length === 0;
  expect(isAnswered()).toBe(false);
  expect(isAnswered(claim(ben, 51))).toBe(true);
  // Ben said so before, and it was asked for again
  expect(isAnswered(claim(ben, 49))).toBe(false);
  expect(isAnswered(claim(ben, 49), claim(ben, 51))).toBe(false);
  expect(isAnswered(claim(ben, 49), claim(ana, 48), claim(ana, 52))).toBe(true);
  expect(isAnswered({ ...claim(ben, 51), isControlAlone: true })).toBe(false);
});

it('a key that somebody only says it gave is asked for once more', async () => {
  const { device } = ben.session.self;
  await renewWithout(ana, topic, [ben, phone]);
  await visits(ana, ben);
  const asked = async () => (await sharingOf(ben)).view.needs.find((need) => need.device === device);
  const first = await asked();
  expect(first?.need.epochs).toHaveLength(1);
  const devices = [{ device, serial: 4_000_000_000 }];
  const lie = controlDraft({ shared: { epochs: first?.need.epochs ?? [], devices, isControlAlone: false } });
  // Ana does not come by
  const other = makeStick(path.join(path.dirname(stick), 'other'), 2);
  for (const one of [ben, phone]) await one.visit(other);
  const said: (number | undefined)[] = [];
  for (let i = 0; i < 2; i++) {
    await postPrivate(phone, topic, lie);
    for (const one of [phone, ben]) await one.visit(other);
    said.push((await asked())?.arrival);
  }
  expect(said[0]).toBeGreaterThan(first?.arrival ?? 0);
  expect(said[1]).toBe(said[0]);
  await visits(ben, ana, ben);
  expect((await asked())?.need.epochs).toEqual([]);
});
