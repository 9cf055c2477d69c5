// A person with two devices, and a friend: each device gets everything, whoever else of the person has it already.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContacts } from '../../src/identity/contacts.js';
import { readDevices } from '../../src/identity/devices.js';
import { devicesOf } from '../../src/identity/relations.js';
import { sealsFor } from '../../src/sync/export/seal.js';
import { deliveryTo } from '../../src/sync/known/delivery.js';
import { holdersOf } from '../../src/sync/known/trace.js';
import { dropDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { type Sealing, sealAs } from '../testkit/sealing.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

describe.each(['open', 'sealed'] as const)('a person with two devices, on %s sticks', (sealing) => {
  it('is one person to a friend, and both devices get what the friend writes', async () => {
    const { ben, desk, laptop, stick, round } = await scene(sealing);
    await ben.post('garden', 'hello Ana');
    await round();
    expect(desk.texts('garden')).toEqual(['hello Ana']);
    expect(laptop.texts('garden')).toEqual(['hello Ana']);
    await laptop.post('garden', 'from the laptop');
    await desk.post('garden', 'from the desk');
    await round();
    const all = ['from the desk', 'from the laptop', 'hello Ana'];
    for (const one of [ben, desk, laptop]) expect([...one.texts('garden')].sort()).toEqual(all);
    const [ana, ...others] = readContacts(ben.directory).values();
    expect(others).toEqual([]);
    expect(ana?.petname).toBe('desk');
    expect(devicesOf(ben.session, desk.session.self.person)).toEqual([desk, laptop].map(deviceOf).sort());
    // and what is sealed for her is sealed to both, and to his own key
    expect(sealsFor(ben.session, [desk.session.self.person]).seals[0]?.keys).toHaveLength(3);
    expect(sealsFor(laptop.session, [laptop.session.self.person]).seals[0]?.keys).toHaveLength(2);
    await round();
    const rest = bundlesOn(stick);
    await round();
    expect(bundlesOn(stick)).toEqual(rest);
  });

  it('keeps on a stick what one of its devices lacks, whatever the other one acknowledged', async () => {
    const { ben, desk, laptop, stick, round } = await scene(sealing);
    await laptop.post('garden', 'so that Ben knows the laptop');
    await round();
    await round();
    // each in a bundle of its own: the newest one of each maker stays in any case
    const texts = ['first', 'second', 'third'];
    const added: string[] = [];
    for (const text of texts) {
      await ben.post('garden', text);
      const { exported } = await ben.visit(stick);
      if (exported?.file) added.push(path.basename(exported.file));
    }
    expect(added).toHaveLength(3);
    for (let i = 0; i < 3; i++) {
      await desk.visit(stick);
      await ben.visit(stick);
    }
    expect(desk.texts('garden')).toEqual(expect.arrayContaining(texts));
    expect(bundlesOn(stick)).toEqual(expect.arrayContaining(added));
    await laptop.visit(stick);
    expect(laptop.texts('garden')).toEqual(expect.arrayContaining(texts));
    for (const one of [ben, desk, ben]) await one.visit(stick);
    expect(bundlesOn(stick)).not.toEqual(expect.arrayContaining(added));
  });

  it('holds what any device holds, and lacks what any lacks', async () => {
    const { ben, desk, laptop, stick, round } = await scene(sealing);
    await laptop.post('garden', 'so that Ben knows the laptop');
    await round();
    await round();
    const [posted] = await ben.post('garden', 'for both');
    for (let i = 0; i < 2; i++) {
      await ben.visit(stick);
      await desk.visit(stick);
    }
    await ben.visit(stick);
    const [ana] = readContacts(ben.directory).values();
    if (!ana || !posted) throw new Error('nobody there');
    expect(holdersOf(ben.session, posted).map(({ person }) => person)).toEqual([ana.person]);
    expect(deliveryTo(ben.session, ana)).toMatchObject({ acknowledged: 1, pending: 1 });
    await laptop.visit(stick);
    await ben.visit(stick);
    expect(deliveryTo(ben.session, ana)).toMatchObject({ acknowledged: 1, pending: 0 });
  });

  it('gives each of its devices what another one wrote, on a stick without any friend', async () => {
    const directory = scratchDirectory();
    const desk = (await Replica.create('desk', directory)).join('diary');
    const laptop = await pair(desk, 'laptop', directory);
    sealAs([desk, laptop], sealing);
    const stick = makeStick(path.join(directory, 'stick'), 1);
    for (const text of ['one', 'two', 'three']) {
      await laptop.post('diary', text);
      await laptop.visit(stick);
    }
    // nobody else is waited for: until the desk was here all of it stays
    expect((await laptop.visit(stick)).removed).toEqual([]);
    const { removed } = await desk.visit(stick);
    expect(desk.texts('diary')).toEqual(['one', 'two', 'three']);
    expect(removed.map(({ reason }) => reason)).toContain('acknowledged');
    await laptop.visit(stick);
    const rest = bundlesOn(stick);
    for (const one of [desk, laptop, desk, laptop]) await one.visit(stick);
    expect(bundlesOn(stick)).toEqual(rest);
  });

  it('has what its first device held with the first visit of each', async () => {
    const directory = scratchDirectory();
    const desk = await Replica.create('desk', directory);
    await desk.post('diary', 'long ago');
    const laptop = (await pair(desk, 'laptop', directory)).join('diary');
    sealAs([desk, laptop], sealing);
    const own = [desk.session.self.person];
    const keysFor = (one: Replica): number | undefined => sealsFor(one.session, own).seals[0]?.keys.length;
    expect(keysFor(desk)).toBe(2);
    const stick = makeStick(path.join(directory, 'stick'), 1);
    await desk.visit(stick);
    await laptop.visit(stick);
    expect(laptop.texts('diary')).toEqual(['long ago']);
    await desk.visit(stick);
    expect([readDevices(desk.directory).get(desk.session.self.person)?.asked, keysFor(desk)]).toEqual([undefined, 2]);
    // nor is anything sealed to one that was removed before its card came
    const phone = await pair(desk, 'phone', directory);
    expect(keysFor(desk)).toBe(3);
    await dropDevice(desk, phone);
    expect([readDevices(desk.directory).get(desk.session.self.person)?.asked, keysFor(desk)]).toEqual([undefined, 2]);
  });

  it('gives each of its devices what another one wrote, without any friend', async () => {
    const directory = scratchDirectory();
    const desk = await Replica.create('desk', directory);
    const laptop = await pair(desk, 'laptop', directory);
    await laptop.post('diary', 'on the way');
    await laptop.export(path.join(directory, 'out.satchel'));
    desk.join('diary').import(path.join(directory, 'out.satchel'));
    expect(desk.texts('diary')).toEqual(['on the way']);
    await desk.post('diary', 'at home');
    expect(await desk.export(path.join(directory, 'back.satchel'))).toMatchObject({ messages: 1 });
    laptop.import(path.join(directory, 'back.satchel'));
    expect(laptop.texts('diary')).toEqual(['on the way', 'at home']);
  });
});

async function scene(sealing: Sealing) {
  const directory = scratchDirectory();
  const ben = await Replica.create('ben', directory);
  const desk = await Replica.create('desk', directory);
  desk.meet(ben).join('garden');
  ben.meet(desk).join('garden');
  const laptop = (await pair(desk, 'laptop', directory)).join('garden');
  sealAs([ben, desk, laptop], sealing);
  const stick = makeStick(path.join(directory, 'stick'), 1);
  const round = async (): Promise<void> => {
    for (const one of [ben, desk, laptop, laptop, desk, ben]) {
      for (const each of [ben, desk, laptop]) each.now += 60_000;
      await one.visit(stick);
    }
  };
  return { ben, desk, laptop, stick, round };
}

function deviceOf({ session }: Replica): string {
  return session.self.device;
}
