// Visits to stores that fail and lie: nothing is lost, nothing is taken that is not verified, nothing open is put before its user
// says so, and once the store is honest everybody comes to rest.
import { beforeEach, describe, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { isSealed } from '../../src/format/sealed/header.js';
import { forgetBundles } from '../../src/sync/drive/bundle-check.js';
import { driveStatus } from '../../src/sync/drive/status.js';
import { checkStore } from '../../src/sync/store/check-store.js';
import { createStoredDrive } from '../../src/sync/store/visit-store.js';
import { Chance } from '../testkit/chance.js';
import { LyingStore, STORE_LIES } from '../testkit/lying-store.js';
import { openBytes } from '../testkit/memory-medium.js';
import { MemoryStore, markStore, tagOf, visitFar } from '../testkit/memory-store.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';

const NAMES = ['ana', 'ben', 'cleo'];
const SEED = seedOf('STORE_SEED');
const DAY_MS = 86_400_000;

async function isTouched(one: Replica, store: MemoryStore): Promise<boolean> {
  const { touched, failure } = await visitFar(one, store);
  expect(failure).toBeUndefined();
  return touched;
}

async function comeToRest(replicas: readonly Replica[], store: MemoryStore): Promise<void> {
  for (let round = 0; round < 8; round++) {
    let touched = 0;
    for (const one of replicas) if (await isTouched(one, store)) touched++;
    if (touched === 0) return;
  }
  throw new Error('they do not come to rest');
}

describe('a store that lies', () => {
  it('costs time, and no message', { timeout: 600_000 }, async () => {
    const told = new Set<string>();
    for (let run = 1; run <= 2; run++) {
      const chance = new Chance(SEED + run);
      const store = new LyingStore((possible) => (chance.below(9) === 0 ? chance.pick(possible) : undefined));
      markStore(store);
      const replicas = await makeFriends(scratchDirectory(), NAMES, 't');
      const said: string[] = [];
      for (let step = 0; step < 24; step++) {
        const one = chance.pick(replicas);
        one.now += chance.below(2) * DAY_MS;
        if (chance.below(2) === 0) {
          said.push(`${step}`);
          await one.post('t', `${step}`);
        }
        const visits = chance.below(4) === 0 ? replicas : [one];
        for (const ended of await Promise.allSettled(visits.map((visitor) => visitFar(visitor, store))))
          if (ended.status === 'rejected') expect(ended.reason).toBeInstanceOf(SatchelError);
      }
      store.isHonest = true;
      // what a liar said of what it has is believed until it says something else
      for (const one of replicas) one.now += 2 * DAY_MS;
      for (const [name, bytes] of [...store.files]) if (!isWhole(bytes, name)) store.files.delete(name);
      if (!store.files.has('drive.json')) markStore(store);
      await comeToRest(replicas, store);
      for (const one of replicas) expect(one.texts('t').sort(), `run ${run}`).toEqual(said.sort());
      for (const lie of store.told) told.add(lie);
    }
    // which lies there were, is chance; that there were many is not
    expect(told.size).toBeGreaterThanOrEqual(STORE_LIES.length / 2);
  });
});

/** What was torn goes, as its owner would remove it. */
function isWhole(bytes: Buffer, name: string): boolean {
  return !name.endsWith('.satchel') || tagOf(bytes).startsWith(name.slice(0, 24));
}

describe('a store', () => {
  let store: MemoryStore;
  let ana: Replica;
  let ben: Replica;
  beforeEach(async () => {
    store = new MemoryStore();
    markStore(store);
    [ana, ben] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
  });

  function bundles(): Buffer[] {
    return store.bundles().map((name) => store.files.get(name) as Buffer);
  }

  it('gets nothing open before the user says so, whatever the marker says, and then by the setting', async () => {
    store.files.set(
      'drive.json',
      Buffer.from(`${store.files.get('drive.json')}`.replace('"label"', '"mode": "open", "label"')),
    );
    await ana.post('t', 'secret');
    for (const seal of ['never', 'unless-open', 'always'] as const) {
      await visitFar(ana, store, { saysOpen: false, seal });
      await ana.post('t', seal);
    }
    expect(bundles().length).toBeGreaterThan(0);
    for (const bytes of bundles()) expect(isSealed(openBytes('x', bytes))).toBe(true);
    await expect(visitFar(ana, store, { saysOpen: false, uncompressed: true })).rejects.toMatchObject({
      code: 'usage',
    });
    await visitFar(ana, store, { saysOpen: true, seal: 'never' });
    await ana.post('t', 'open');
    await visitFar(ana, store, { saysOpen: false, seal: 'never' });
    expect(bundles().filter((bytes) => !isSealed(openBytes('x', bytes))).length).toBeGreaterThan(0);
  });

  it('is asked for one listing when nothing is new', async () => {
    await ana.post('t', 'hello');
    await comeToRest([ana, ben], store);
    for (const one of [ana, ben]) {
      store.requests = [];
      await visitFar(one, store);
      expect(store.requests).toEqual(['list']);
    }
    await ana.post('t', 'news');
    store.requests = [];
    await visitFar(ana, store);
    expect(store.requests.filter((request) => !request.endsWith('.satchel'))).toEqual(['list', 'get drive.json']);
  });

  it('is fetched from up to an amount in each visit, and all of it in the end', async () => {
    for (let i = 0; i < 4; i++) {
      await ana.post('t', `${i} ${'x'.repeat(3_000)}`);
      await visitFar(ana, store, { seal: 'never' });
    }
    for (let visit = 0, isCut = true; isCut; visit++) {
      expect(visit).toBeLessThan(10);
      store.requests = [];
      ({ isCut } = await visitFar(ben, store, { maxFetch: 1, importOnly: true }));
      expect(store.requests.filter((request) => /^get .*satchel$/.test(request))).toHaveLength(1);
    }
    expect(ben.texts('t')).toHaveLength(4);
  });

  it('that lets nothing be removed is not asked again, but to tidy', async () => {
    let refused = 0;
    store.remove = async () => {
      refused++;
      throw new SatchelError('denied', 'no');
    };
    for (let i = 0; i < 4; i++) {
      await ana.post('t', `${i}`);
      for (const one of [ana, ben]) await visitFar(one, store);
    }
    expect(ben.texts('t')).toHaveLength(4);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(2);
    const before = refused;
    await visitFar(ana, store, { tidyOnly: true });
    expect(refused).toBe(before + 1);
  });

  it('where something is that cannot be fetched now keeps what was known of it', async () => {
    await ana.post('t', 'hello');
    await visitFar(ana, store);
    await visitFar(ben, store);
    const name = store.bundles()[0] as string;
    // as if the store forgot what it had called it
    const list = store.list.bind(store);
    store.list = (each) => list((file) => each(file.name === name ? { ...file, tag: 'another' } : file));
    const get = store.get.bind(store);
    store.get = async (one, write) => {
      if (one !== name) return get(one, write);
      write(Buffer.alloc(1));
      return true;
    };
    const report = await visitFar(ben, store);
    expect(report.failure).toBeUndefined();
    expect(report.scanned).toMatchObject([{ name, error: { code: 'changed' } }]);
    store.get = get;
    expect((await visitFar(ben, store)).scanned).toEqual([]);
  });

  it('is another drive by now: nothing is put there', async () => {
    await ana.post('t', 'hello');
    const get = store.get.bind(store);
    let asked = 0;
    store.get = (name, write) => {
      if (name === 'drive.json' && ++asked === 2) markStore(store, '6'.repeat(32));
      return get(name, write);
    };
    expect((await visitFar(ana, store)).failure?.code).toBe('drive-absent');
    expect([...store.files.keys()]).toEqual(['drive.json']);
  });

  it('of which two make a drive at once is one drive to both', async () => {
    store.files.clear();
    const how = { lockTimeoutMs: 1_000, label: 'far', isOpen: false, settleMs: 1 };
    expect(await Promise.all([ana, ben].map((one) => createStoredDrive(one.session, store, how)))).toEqual([
      true,
      true,
    ]);
    const { drive } = await visitFar(ana, store);
    expect((await visitFar(ben, store)).drive.id).toBe(drive.id);
    expect(await createStoredDrive(ana.session, store, how)).toBe(false);
    store.files.clear();
    store.files.set('holiday.jpg', Buffer.from('x'));
    await expect(createStoredDrive(ana.session, store, how)).rejects.toMatchObject({ code: 'usage' });
  });

  it('that tells old tags of other bytes is caught by a check, and mended by the next visits', async () => {
    await ana.post('t', 'hello');
    await comeToRest([ana, ben], store);
    const how = { lockTimeoutMs: 1_000 };
    const { length } = store.bundles();
    expect((await checkStore(ana.session, store, how)).check).toMatchObject({ bundles: length, findings: [] });
    const name = store.bundles()[0] as string;
    const list = store.list.bind(store);
    const tags = new Map([...store.files].map(([one, bytes]) => [one, tagOf(bytes)]));
    store.list = (each) => list((file) => each({ ...file, tag: tags.get(file.name) ?? file.tag }));
    const bytes = Buffer.from(store.files.get(name) as Buffer);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    store.files.set(name, bytes);
    for (const one of [ana, ben]) expect(await isTouched(one, store)).toBe(false);
    const { check, drive, requests } = await checkStore(ana.session, store, how);
    expect(check).toMatchObject({ bundles: length, findings: [{ name, problem: 'changed' }] });
    expect(requests).toBe(1 + length);
    forgetBundles(ana.repository.layout, drive.id, [name]);
    expect((await visitFar(ana, store)).scanned).toMatchObject([{ name }]);
    for (const one of [ana, ben]) expect(one.texts('t')).toEqual(['hello']);
  });

  it('full of planted files hides none that are known', async () => {
    await ana.post('t', 'hello');
    await comeToRest([ana, ben], store);
    const list = store.list.bind(store);
    store.list = async (each) => {
      for (let i = 0; i < 140_000; i++) each({ name: `${i}.card`, size: 1, tag: 'x' });
      for (let i = 0; i < 1_000; i++) each({ name: `people/${String(i).padStart(64, '0')}.card`, size: 1, tag: 'x' });
      for (const name of ['../x', '/etc/passwd', '-rf', 'a b', 'a\nb', '.x', 'a/b/c', 'x'.repeat(101), '$(x).satchel'])
        each({ name, size: 1, tag: 'x' });
      await list(each);
    };
    store.requests = [];
    expect(await isTouched(ben, store)).toBe(false);
    expect(store.requests.filter((request) => request.startsWith('get '))).toEqual([]);
    const known = { id: '5'.repeat(32), label: '', directory: store.url, memory: undefined, drive: undefined };
    expect(driveStatus(ben.session, known, { silentDays: 0, seals: true }).removable).toEqual([]);
  });
});
