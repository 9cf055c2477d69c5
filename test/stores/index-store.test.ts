// The list of a drive that is published in a store: it names what lies there, and costs no more than it has to.
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { DRIVE_INDEX, editionIn, parseIndexLine } from '../../src/sync/drive/drive-index.js';
import { indexStore } from '../../src/sync/store/index-store.js';
import { MemoryStore, markStore, visitFar } from '../testkit/memory-store.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const HOW = { lockTimeoutMs: 1_000 };

describe('the list of a drive in a store', () => {
  let store: MemoryStore;
  let ana: Replica;
  beforeEach(async () => {
    store = new MemoryStore();
    markStore(store);
    [ana] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
    await ana.post('t', 'hello');
    await visitFar(ana, store, { exportOnly: true });
  });

  function lines(): string[] {
    return `${store.files.get(DRIVE_INDEX)}`.split('\n').slice(1, -1);
  }

  it('names all that lies there but itself, by what it is', async () => {
    store.files.set('notes.txt', Buffer.from('x'));
    store.files.set('a.satchel', Buffer.from('somebody put that there'));
    for (let round = 0; round < 2; round++) {
      const { files } = await indexStore(ana.session, store, HOW);
      const there = [...store.files].filter(([name]) => ![DRIVE_INDEX, 'notes.txt'].includes(name)).sort();
      const expected = there.map(([name, bytes]) => ({
        name,
        size: bytes.length,
        digest: createHash('sha256').update(bytes).digest('hex'),
      }));
      expect(files).toEqual(expected);
      expect(lines().map(parseIndexLine)).toEqual(expected);
    }
  });

  it('is put for three requests and the old list, however much was verified here; each is a later one', async () => {
    const editions: number[] = [];
    // by now the tags of its small files are known
    await visitFar(ana, store, { exportOnly: true });
    for (const old of [[], [`get ${DRIVE_INDEX}`], [`get ${DRIVE_INDEX}`]]) {
      store.requests = [];
      await indexStore(ana.session, store, HOW);
      expect(store.requests).toEqual(['list', ...old, 'get drive.json', `put ${DRIVE_INDEX}`]);
      editions.push(editionIn(store.files.get(DRIVE_INDEX) as Buffer) ?? 0);
      ana.now -= 10;
    }
    expect(editions).toEqual([...new Set(editions)].sort((a, b) => a - b));
  });

  it('has what somebody else put in the place of a file, not what was there', async () => {
    const name = store.bundles()[0] as string;
    store.files.set(name, Buffer.from('another'));
    await indexStore(ana.session, store, HOW);
    const digest = createHash('sha256').update('another').digest('hex');
    expect(lines()).toContain(`7 ${digest} ${name}`);
  });

  it('is written by nobody where it is only read', async () => {
    await expect(indexStore(ana.session, Object.assign(store, { isReadOnly: true }), HOW)).rejects.toMatchObject({
      code: 'usage',
    });
    expect(store.files.has(DRIVE_INDEX)).toBe(false);
  });
});
