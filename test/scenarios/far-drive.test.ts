// A drive in a store that is far away: collected, visited in a spool, delivered, and interrupted anywhere.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { readMemory } from '../../src/sync/drive/memory.js';
import { MemoryStore, markStore, tagOf, visitFar } from '../testkit/memory-store.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const ID = '5'.repeat(32);
const DAY_MS = 86_400_000;

let directory: string;
let store: MemoryStore;
let ana: Replica;
let ben: Replica;
beforeEach(async () => {
  directory = scratchDirectory();
  store = new MemoryStore();
  markStore(store);
  const friends = await makeFriends(directory, ['ana', 'ben'], 't');
  ana = friends[0] as Replica;
  ben = friends[1] as Replica;
});

/** Both visit until nothing changes; how many visits wrote something. */
async function settle(): Promise<number> {
  let touched = 0;
  for (let round = 0; round < 6; round++) {
    const before = touched;
    for (const one of [ana, ben]) if ((await visitFar(one, store)).touched) touched++;
    if (touched === before) return touched;
  }
  throw new Error('does not come to rest');
}

/** The bundles that a device remembers to lie there. */
function rememberedBy({ repository }: Replica) {
  return readMemory(repository.layout, ID)?.files ?? {};
}

/** Of them, less those remembered before, the ones that do not lie there, or not with these bytes. */
function imagined(one: Replica, before: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(rememberedBy(one)).flatMap(([name, { digest }]) => {
    if (name in before) return [];
    const bytes = store.files.get(name);
    return bytes && (digest === undefined || tagOf(bytes) === digest) ? [] : [name];
  });
}

/** Requests that one visit makes. */
async function requestsOf(one: Replica): Promise<string[]> {
  store.requests = [];
  await visitFar(one, store);
  return store.requests;
}

describe('a drive that is far away', () => {
  it('carries a conversation and comes to rest', async () => {
    await ana.post('t', { body: 'hello' });
    const first = await visitFar(ana, store);
    expect(first).toMatchObject({ touched: true, exported: { messages: 1 }, failure: undefined });
    await ben.post('t', { body: 'hi' });
    await settle();
    for (const one of [ana, ben]) expect(one.texts('t').sort()).toEqual(['hello', 'hi']);
    for (const one of [ana, ben]) expect(imagined(one)).toEqual([]);
    expect((await visitFar(ana, store)).touched).toBe(false);
  });

  it('is not asked for a bundle that is settled', async () => {
    for (const day of [1, 2, 3]) for (const one of [ana, ben]) await one.post('t', { body: `day ${day}` });
    await settle();
    expect([...store.files.keys()].filter((name) => name.endsWith('.satchel')).length).toBeGreaterThan(1);
    const isBundle = (request: string): boolean => request.endsWith('.satchel');
    for (const one of [ana, ben]) {
      expect((await requestsOf(one)).filter(isBundle)).toEqual([]);
      one.now += 90 * DAY_MS;
      expect((await requestsOf(one)).filter(isBundle)).toEqual([]);
    }
    await ana.post('t', { body: 'news' });
    const [request, ...others] = (await requestsOf(ana)).filter(isBundle);
    expect(request).toMatch(/^put /);
    expect(others.every((one) => one.startsWith('remove '))).toBe(true);
    expect((await requestsOf(ben)).filter((one) => /^get .*satchel$/.test(one))).toEqual([
      request?.replace('put', 'get'),
    ]);
  });

  it('is read again when what it holds was forgotten here', async () => {
    await ana.post('t', { body: 'hello' });
    await settle();
    fs.rmSync(path.join(ana.repository.layout.journal, 'drives', ID), { recursive: true });
    const bundles = [...store.files.keys()].filter((name) => name.endsWith('.satchel'));
    const asked = (await requestsOf(ana)).filter((one) => one.endsWith('.satchel'));
    expect(asked.sort()).toEqual(bundles.map((name) => `get ${name}`).sort());
    expect((await visitFar(ana, store)).touched).toBe(false);
  });
});

describe('a store without room', () => {
  it('ends a visit of which all else is kept, and gets the same once there is room', async () => {
    await ben.post('t', { body: 'hi' });
    await visitFar(ben, store);
    await ana.post('t', { body: 'hello' });
    const put = store.put.bind(store);
    store.put = async (name, file) => {
      if (name.endsWith('.satchel')) throw new SatchelError('no-space', 'full');
      return put(name, file);
    };
    for (let visit = 0; visit < 2; visit++) {
      const report = await visitFar(ana, store);
      expect(report.failure?.code).toBe('no-space');
      expect(imagined(ana)).toEqual([]);
    }
    expect(ana.texts('t')).toContain('hi');
    expect(store.bundles()).toHaveLength(1);
    store.put = put;
    await settle();
    for (const one of [ana, ben]) expect(one.texts('t').sort()).toEqual(['hello', 'hi']);
  });
});

describe('a one-way link over a store', () => {
  const WEEK = { ageMs: 7 * DAY_MS };

  it('fetches no bundle, repeats what may have been lost, and stays within what is repeated', async () => {
    const far: string[] = [];
    for (let day = 1; day <= 12; day++) {
      for (const one of [ana, ben]) one.now += DAY_MS;
      await ana.post('t', { body: `${day}` });
      store.requests = [];
      const report = await visitFar(ana, store, { oneWay: WEEK });
      expect(report.failure).toBeUndefined();
      expect(store.requests.filter((request) => /^get .*satchel$/.test(request))).toEqual([]);
      far.push(`${day}`);
      // what lies there for a few days only is lost to nobody who comes once a week
      if (day % 6 === 0) {
        await visitFar(ben, store, { importOnly: true });
        expect(ben.texts('t').sort()).toEqual([...far].sort());
      }
    }
    expect(store.bundles().length).toBeLessThanOrEqual(2);
    expect(imagined(ana)).toEqual([]);
  });
});

describe.each([
  ['the store fails', undefined],
  ['the program ends', () => new Error('killed')],
])('a visit during which %s, at any request', (_, failure) => {
  /** Runs it with each request failing in turn, from the same state each time, and says how many there were. */
  async function everywhere(one: Replica, check: (put: string[]) => void = () => {}): Promise<number> {
    for (let at = 1; ; at++) {
      const before = rememberedBy(one);
      store.requests = [];
      store.failsFrom = at;
      if (failure) store.failure = failure;
      const report = await visitFar(one, store).catch((error: Error) => error);
      const { length } = store.requests;
      store.failsFrom = Number.POSITIVE_INFINITY;
      if (length < at) {
        expect(report).toMatchObject({ failure: undefined });
        return length;
      }
      if (failure || report instanceof Error) one.reopen();
      expect(imagined(one, before)).toEqual([]);
      check(store.requests.slice(0, -1).filter((request) => request.startsWith('put ')));
    }
  }

  it('remembers nothing as written that was not put, and the next one goes on', async () => {
    for (const day of [1, 2, 3]) {
      for (const one of [ana, ben]) {
        await one.post('t', { body: `${one.name} on day ${day}` });
        expect(await everywhere(one)).toBeGreaterThan(2);
      }
    }
    await settle();
    const texts = [1, 2, 3].flatMap((day) => [`ana on day ${day}`, `ben on day ${day}`]).sort();
    for (const one of [ana, ben]) expect(one.texts('t').sort()).toEqual(texts);
    expect([...store.files.keys()].filter((name) => name.endsWith('.satchel')).length).toBeLessThanOrEqual(2);
  });

  it('says once more what it only said in vain: an acknowledgement', async () => {
    await ana.post('t', { body: 'hello' });
    await visitFar(ana, store);
    await visitFar(ben, store, { importOnly: true });
    let puts: string[] = [];
    await everywhere(ben, (put) => {
      puts = put.filter((request) => request.endsWith('.satchel'));
      // as long as no bundle was put there is none of his
      const his = Object.values(rememberedBy(ben)).filter(({ by }) => by === ben.session.self.device);
      if (puts.length === 0) expect(his).toEqual([]);
    });
    await visitFar(ana, store);
    const [log] = ana.repository.logsOfPerson(ben.session.self.person);
    expect(log && ana.acknowledged(log.log).size).toBeGreaterThan(0);
  });
});
