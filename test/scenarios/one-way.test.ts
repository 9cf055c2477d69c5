// A link that only goes one way: what is lost on it comes again by itself, within what is repeated.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceKey } from '../../src/format/ids.js';
import { keysOfDevices } from '../../src/identity/recipients.js';
import { devicesOf } from '../../src/identity/relations.js';
import type { VisitOptions } from '../../src/sync/drive/visit-options.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { knownPersonLogs } from '../../src/sync/known/person-logs.js';
import { Chance } from '../testkit/chance.js';
import { dropDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import { renewKey } from '../testkit/renewed-key.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { sealAs } from '../testkit/sealing.js';
import { bundlesOn, copyStick, makeStick } from '../testkit/stick.js';
import { expectWhole } from '../testkit/whole-world.js';

const DAY_MS = 86_400_000;
const WEEK = { ageMs: 7 * DAY_MS };

let near: string;
let far: string;
let low: Replica;
let high: Replica;
beforeEach(async () => {
  const parent = scratchDirectory();
  [near, far] = [makeStick(path.join(parent, 'near'), 1), path.join(parent, 'far')];
  low = await Replica.create('low', parent);
  high = await Replica.create('high', parent);
  low.meet(high);
  high.meet(low).join('t');
});

/** Posts, and writes to the near side, a day later than before. */
async function day(options: Partial<VisitOptions> = {}, ...texts: string[]): Promise<VisitReport> {
  low.now += DAY_MS;
  if (texts.length > 0) await low.post('t', ...texts);
  return low.visit(near, { oneWay: WEEK, ...options });
}

/** What lies on the near side appears on the far one, where it is taken. */
async function carry(): Promise<VisitReport> {
  copyStick(near, far);
  high.now = low.now;
  return high.visit(far, { importOnly: true });
}

/** The far side writes, and its word is brought to the near one. */
async function answer(text: string): Promise<void> {
  await high.post('t', text);
  const file = path.join(path.dirname(near), 'answer.satchel');
  await high.export(file);
  low.import(file);
}

function gapsIn(report: VisitReport): number {
  return report.scanned.reduce((sum, file) => sum + (file.report?.gaps.length ?? 0), 0);
}

describe('a one-way link', () => {
  it.each([1, 2, 3])('heals by itself when visits are lost, seed %i', async (seed) => {
    const chance = new Chance(seed);
    let lost = 0;
    for (let i = 0; i < 40; i++) {
      // now and then word comes by another way, so that receipts stand between the messages
      if (chance.happens(0.4)) await answer(`answer ${i}`);
      await day({}, ...Array.from({ length: chance.below(3) }, (_, n) => `day ${i}, ${n}`));
      expect(bundlesOn(near).length).toBeLessThanOrEqual(1);
      lost = lost < 5 && chance.below(3) > 0 ? lost + 1 : 0;
      if (lost === 0) await carry();
      expectWhole(high);
    }
    await carry();
    expect(high.texts('t')).toEqual(low.texts('t'));
    expect(low.texts('t').length).toBeGreaterThan(20);
    const [held] = high.repository.logsOfPerson(low.session.self.person);
    expect(held && high.repository.held(held.log)).toHaveLength(1);
  });

  it('says what is repeated no more, shows a gap there, and closes it when more is repeated', async () => {
    await day({}, 'first');
    await carry();
    await day({}, 'lost');
    for (let i = 0; i < 8; i++) expect((await day()).exported?.left ?? 0).toBe(0);
    const late = await day({}, 'last');
    expect(late.oneWay).toMatchObject({ fresh: 1, aged: 2 });
    expect(gapsIn(await carry())).toBe(1);
    expect(high.texts('t')).toEqual(['first', 'last']);
    expect((await day({ oneWay: { ageMs: 30 * DAY_MS } })).oneWay).toMatchObject({ fresh: 0, aged: 0 });
    await carry();
    expect(high.texts('t')).toEqual(['first', 'lost', 'last']);
  });

  it('serves whoever starts late with what is repeated, names and all', async () => {
    for (let i = 0; i < 12; i++) await day({}, `day ${i}`);
    expect(gapsIn(await carry())).toBe(1);
    expect(high.texts('t')).toEqual(['day 4', 'day 5', 'day 6', 'day 7', 'day 8', 'day 9', 'day 10', 'day 11']);
    expect(high.repository.logsOfPerson(low.session.self.person)).toHaveLength(1);
  });

  it('repeats with nothing new, in place of what lay there, and rests when there is nothing to repeat', async () => {
    await day({}, 'hello');
    const [first] = bundlesOn(near);
    expect(await day()).toMatchObject({ oneWay: { fresh: 0, repeated: 2 }, removed: [{ reason: 'replaced' }] });
    expect(bundlesOn(near)).not.toContain(first);
    expect(bundlesOn(near)).toHaveLength(1);
    low.now += 20 * DAY_MS;
    const [last] = bundlesOn(near);
    expect(await day()).toMatchObject({ oneWay: { fresh: 0, repeated: 0, aged: 2 }, removed: [] });
    expect(bundlesOn(near)).toEqual([last]);
  });

  it('writes on where the far side takes files away, or the folder is emptied', async () => {
    await day({}, 'one');
    for (const name of bundlesOn(near)) fs.rmSync(path.join(near, 'satchel', name));
    await day({}, 'two');
    await carry();
    expect(high.texts('t')).toEqual(['one', 'two']);
  });

  it('takes nothing in from there, whatever lies there', async () => {
    high.meet(low);
    await high.post('t', 'an answer that cannot come this way');
    await high.visit(near);
    low.join('t');
    const report = await day({}, 'hello');
    expect(report).toMatchObject({ scanned: [], failure: undefined });
    expect(low.texts('t')).toEqual(['hello']);
    expect(bundlesOn(near)).toHaveLength(2);
    fs.mkdirSync(path.join(near, 'satchel', 'odd.satchel'));
    fs.writeFileSync(path.join(near, 'satchel', 'torn.satchel'), 'no bundle');
    expect(await day()).toMatchObject({ failure: undefined, oneWay: { repeated: 2 } });
    expect(fs.existsSync(path.join(near, 'satchel', 'torn.satchel'))).toBe(true);
  });

  it('expects no answer: what went there is still owed by every other way', async () => {
    const stick = makeStick(path.join(path.dirname(near), 'stick'), 2);
    await day({}, 'hello');
    const report = await low.visit(stick);
    expect(report.exported).toMatchObject({ messages: 1, for: [high.session.self.person] });
  });

  it('repeats so many bytes, the newest first, beside what is new', async () => {
    sealAs([low, high], 'open');
    const text = (i: number): string => `${i}: ${'0123456789abcdef'.repeat(200)}`;
    const bytes = 8_000;
    for (let i = 0; i < 10; i++) {
      const { exported } = await day({ oneWay: { bytes }, uncompressed: true }, text(i));
      expect(exported?.bytes).toBeLessThan(bytes + 3_300 + 10_000);
      expect(bundlesOn(near)).toHaveLength(1);
    }
    await carry();
    const days = high.texts('t').map((one) => Number(one.split(':')[0]));
    expect(days).toEqual([7, 8, 9]);
  });

  it('tells what found no room, and brings it the next time, the newest first', async () => {
    sealAs([low, high], 'open');
    const text = (i: number): string => `${i}: ${'0123456789abcdef'.repeat(200)}`;
    for (let i = 0; i < 6; i++) {
      low.now += 1_000;
      await low.post('t', text(i));
    }
    const first = await day({ uncompressed: true, maxBytes: 26_000 });
    expect(first.exported?.left).toBeGreaterThan(0);
    await carry();
    const some = high.texts('t').length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(6);
    await day({ uncompressed: true, maxBytes: 26_000 });
    // what still ought to be repeated, and found no room in the new bundle, stays in the old one
    expect(bundlesOn(near)).toHaveLength(2);
    await carry();
    expect(high.texts('t')).toHaveLength(6);
  });

  it('begins anew when its memory is lost, and leaves nothing behind', async () => {
    await day({}, 'one');
    await day({}, 'two');
    const drives = path.join(low.repository.layout.journal, 'drives');
    for (const name of fs.readdirSync(drives)) fs.rmSync(path.join(drives, name), { recursive: true });
    expect((await day({}, 'three')).oneWay).toMatchObject({ fresh: 4, repeated: 0 });
    // of a sealed one nothing here tells any more that it is our own
    expect(bundlesOn(near)).toHaveLength(low.seal === 'always' ? 2 : 1);
    await carry();
    expect(high.texts('t')).toEqual(['one', 'two', 'three']);
  });

  it('changes nothing in a dry run, and says what it would write', async () => {
    await day({}, 'one');
    const before = bundlesOn(near);
    low.now += DAY_MS;
    await low.post('t', 'two');
    expect(await low.visit(near, { oneWay: WEEK, dryRun: true })).toMatchObject({
      oneWay: { fresh: 1, repeated: 2 },
      exported: { file: null, messages: 2 },
      touched: false,
    });
    expect(bundlesOn(near)).toEqual(before);
    expect((await low.visit(near, { oneWay: WEEK })).oneWay).toMatchObject({ fresh: 1 });
  });

  it('passes on what others wrote, also when it came late', async () => {
    const third = await Replica.create('third', path.dirname(near));
    third.now -= 60 * DAY_MS;
    await third.post('t', 'written long ago');
    const file = path.join(path.dirname(near), 'third.satchel');
    await third.export(file);
    await day({}, 'hello');
    low.import(file);
    expect((await day()).oneWay?.fresh).toBeGreaterThanOrEqual(2);
    // lost on the way, and repeated by when it went, not by when it was written
    expect((await day()).oneWay).toMatchObject({ fresh: 0 });
    await carry();
    expect(high.texts('t')).toContain('written long ago');
  });

  it('tells of devices, renewed keys and removals, also who starts long after', async () => {
    sealAs([low, high], 'sealed');
    high.meet(low);
    const parent = path.dirname(near);
    const stick = makeStick(path.join(parent, 'stick'), 2);
    const phone = await pair(low, 'phone', parent);
    const laptop = await pair(low, 'laptop', parent);
    for (const one of [phone, laptop, low]) await one.visit(stick, { seal: 'always' });
    for (let i = 0; i < 12; i++) await day({}, `day ${i}`);
    const { person } = low.session.self;
    const devices = (): readonly string[] => devicesOf(high.session, person);
    expect(gapsIn(await carry())).toBe(1);
    expect(devices()).toEqual([low, phone, laptop].map(deviceOf).sort());
    await dropDevice(low, laptop);
    await renewKey(phone);
    for (const one of [phone, low]) await one.visit(stick, { seal: 'always' });
    expect((await day()).oneWay?.fresh).toBeGreaterThan(0);
    await carry();
    expect(devices()).toEqual([low, phone].map(deviceOf).sort());
    const key = keysOfDevices(high.session, person).get(deviceOf(phone));
    expect(key).toBe(keysOfDevices(phone.session, person).get(deviceOf(phone)));
    expect(high.texts('t').at(-1)).toBe('day 11');
    // and it comes to rest with everything else
    low.now += 20 * DAY_MS;
    expect(await day()).toMatchObject({ oneWay: { fresh: 0, repeated: 0 }, removed: [] });
  });

  it('tells no stranger of them', async () => {
    // where everything is sealed no stranger gets anything
    sealAs([low], 'open');
    const eve = (await Replica.create('eve', path.dirname(near))).join('t');
    await eve.post('t', 'so that they know me');
    await eve.visit(near);
    const file = path.join(path.dirname(near), 'eve.satchel');
    await eve.export(file);
    low.join('t').import(file);
    await pair(low, 'laptop', path.dirname(near));
    expect((await day({}, 'hello')).exported?.left).toBe(0);
    eve.meet(low);
    await eve.visit(near);
    expect(eve.texts('t')).toContain('hello');
    expect(knownPersonLogs(low.session)).toHaveLength(1);
    expect(knownPersonLogs(eve.session)).toEqual([]);
  });
});

function deviceOf({ session }: Replica): DeviceKey {
  return session.self.device;
}
