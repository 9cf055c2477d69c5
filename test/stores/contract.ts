// What every store promises to a visit, and what a conversation over it comes to. One suite for all.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeMarker, MARKER } from '../../src/sync/drive/marker.js';
import type { DriveStore, ListedInStore } from '../../src/sync/store/store.js';
import { REQUEST_MS } from '../testkit/lagging.js';
import { visitFar } from '../testkit/memory-store.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { besideBundles, comeToRest, costOf } from './cost.js';

const NO_END = new AbortController().signal;

/** How old listings are of a store that lags. */
export const LAG_MS = 3_000;

/** The whole listing. */
export async function listOf(store: DriveStore): Promise<Map<string, ListedInStore>> {
  const files = new Map<string, ListedInStore>();
  await store.list((file) => void files.set(file.name, file), NO_END);
  return files;
}

/** All bytes of a file; undefined when it is gone. */
export async function getFrom(store: DriveStore, name: string): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  const isThere = await store.get(name, (bytes) => void parts.push(Buffer.from(bytes)), NO_END);
  return isThere ? Buffer.concat(parts) : undefined;
}

/** Puts these bytes. */
export async function putTo(store: DriveStore, name: string, bytes: Buffer, how: 'if-absent' | 'replace' = 'replace') {
  const file = path.join(scratchDirectory(), 'put');
  fs.writeFileSync(file, bytes);
  return store.put(name, { path: file, size: bytes.length }, how, NO_END);
}

/** Runs the suite over stores that `open` makes, each empty; of one that is not shared only one of all visitors writes at a time. */
export function describeStore(
  name: string,
  open: () => Promise<DriveStore>,
  { files = 40, isShared = true }: { readonly files?: number; readonly isShared?: boolean } = {},
) {
  describe(name, () => {
    let store: DriveStore;
    beforeEach(async () => {
      store = await open();
    });

    it('holds what was put, under names with and without a folder, and nothing else', async () => {
      expect([...(await listOf(store)).keys()]).toEqual([]);
      expect(await getFrom(store, 'a.satchel')).toBeUndefined();
      const held = new Map([
        ['drive.json', Buffer.from('{}')],
        ['people/0a.card', Buffer.from('card')],
        ['empty.satchel', Buffer.alloc(0)],
        ['large.satchel', Buffer.alloc(5 * 2 ** 20, 'large')],
      ]);
      for (const [one, bytes] of held) await putTo(store, one, bytes);
      const listed = await listOf(store);
      expect([...listed.keys()].sort()).toEqual([...held.keys()].sort());
      for (const [one, bytes] of held) {
        expect((await getFrom(store, one))?.equals(bytes)).toBe(true);
        expect(listed.get(one)?.size ?? bytes.length).toBe(bytes.length);
      }
      await store.remove('people/0a.card', NO_END);
      await store.remove('people/0a.card', NO_END);
      expect((await listOf(store)).has('people/0a.card')).toBe(false);
      expect(await getFrom(store, 'people/0a.card')).toBeUndefined();
    });

    it('has another tag for other content, and the same for the same', async () => {
      await putTo(store, 'a.satchel', Buffer.from('one'));
      const first = (await listOf(store)).get('a.satchel')?.tag;
      expect((await listOf(store)).get('a.satchel')?.tag).toBe(first);
      await putTo(store, 'a.satchel', Buffer.from('another'));
      expect((await listOf(store)).get('a.satchel')?.tag).not.toBe(first);
      expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('another');
    });

    it('does not mind that the same is put twice, whatever it is told to do then', async () => {
      for (const how of ['replace', 'if-absent', 'if-absent', 'replace'] as const) {
        await putTo(store, 'a.satchel', Buffer.from('same'), how);
        expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('same');
      }
    });

    it('lists many', async () => {
      const names = Array.from({ length: files }, (_, i) => `${String(i).padStart(24, '0')}.satchel`);
      for (const one of names) await putTo(store, one, Buffer.from(one));
      expect([...(await listOf(store)).keys()].sort()).toEqual(names);
    });

    it('ends a file that is more than was asked for', async () => {
      await putTo(store, 'a.satchel', Buffer.alloc(2 ** 20));
      const stop = new Error('enough');
      const reading = store.get(
        'a.satchel',
        () => {
          throw stop;
        },
        NO_END,
      );
      await expect(reading).rejects.toBe(stop);
    });

    it('is asked for one listing when nothing is new, and else for at most four things beside the bundles', async () => {
      const friends = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
      await putTo(store, MARKER, encodeMarker({ id: '5'.repeat(32), label: 'far' }, 0));
      await friends[0].post('t', 'hello');
      await comeToRest(friends, store);
      for (const one of friends) expect((await costOf(one, store)).requests).toEqual(['list']);
      await friends[0].post('t', 'news');
      for (const one of friends) {
        const cost = await costOf(one, store);
        expect(cost.requests.some((request) => request.endsWith('.satchel'))).toBe(true);
        expect(besideBundles(cost).length, `${cost.requests}`).toBeLessThanOrEqual(4);
      }
      expect(friends[1].texts('t')).toEqual(['hello', 'news']);
    });

    if (isShared) itComesToRest(() => Promise.resolve(store));
  });
}

/** Five visitors at once, over a store whose listings may be so old by its own clock, ms: nothing is lost, and then nothing is done. */
export function itComesToRest(open: () => Promise<DriveStore>, lagMs = 0): void {
  const old = lagMs > 0 ? `, with listings ${lagMs / 1_000} s old` : '';
  it(`brings five visitors to rest, who then agree${old}`, async () => {
    const store = await open();
    const names = ['ana', 'ben', 'cleo', 'dan', 'eve'];
    const everybody = await makeFriends(scratchDirectory(), [...names, 'fay'], 't');
    const visitors = everybody.slice(0, names.length);
    const fay = everybody.at(-1) as Replica;
    await putTo(store, MARKER, encodeMarker({ id: '5'.repeat(32), label: 'far' }, 0));
    await visitFar(fay, store);
    for (const one of visitors) await one.post('t', `from ${one.name}`);
    for (let round = 0; round < 2; round++) {
      const reports = await Promise.all(visitors.map((one) => visitFar(one, store)));
      for (const { failure } of reports) expect(failure).toBeUndefined();
    }
    // who lists what was there a while ago has seen everything when all did for longer than that
    const atRest = 1 + lagMs / (visitors.length * REQUEST_MS);
    for (let round = 0, idle = 0; idle < atRest; round++) {
      let touched = 0;
      for (const one of visitors) if ((await visitFar(one, store)).touched) touched++;
      idle = touched === 0 ? idle + 1 : 0;
      expect(round).toBeLessThan(4 + 4 * atRest);
    }
    const said = names.map((one) => `from ${one}`).sort();
    for (const one of visitors) expect(one.texts('t').sort()).toEqual(said);
    // what is needed by who was away was never removed, and what is there twice was
    await visitFar(fay, store);
    expect(fay.texts('t').sort()).toEqual(said);
    const bundles = [...(await listOf(store)).keys()].filter((one) => one.endsWith('.satchel'));
    expect(bundles.length).toBeLessThanOrEqual(2 * everybody.length);
  });
}
