// A folder of a kubo node, by what the helper does and a stand-in for the node: every promise of a store is kept, what is
// published is read through a gateway, and what fails is told in known words.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPlace } from '../../helpers/ipfs/place.js';
import { encodeMarker, MARKER } from '../../src/sync/drive/marker.js';
import { indexStore } from '../../src/sync/store/index-store.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { type KuboServer, startKubo } from '../testkit/kubo-server.js';
import { visitFar } from '../testkit/memory-store.js';
import { placeStore } from '../testkit/place-store.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { describeStore, getFrom, listOf, putTo } from './contract.js';
import { itFailsInKnownWords } from './failing.js';

const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
const NONE = { named: 'env:NONE', env: { NONE: '' } };

let kubo: KuboServer;
beforeAll(async () => {
  kubo = await startKubo();
});
afterAll(() => kubo.close());
beforeEach(() => {
  kubo.fault = () => undefined;
  kubo.requests.length = 0;
});

let folders = 0;

function open(folder = `relay-${folders++}`): Promise<DriveStore> {
  const url = `ipfs:${folder}?api=${kubo.api}&gateway=${kubo.gateway}`;
  return Promise.resolve(placeStore(url, () => openPlace(url, NONE)));
}

describeStore('a folder of an IPFS node', () => open());

describe('a folder of an IPFS node', () => {
  it('is asked for a listing by a request, and one for each folder in it', async () => {
    const store = await open();
    expect(await listOf(store)).toEqual(new Map());
    await putTo(store, 'drive.json', Buffer.from('{}'));
    await putTo(store, 'people/a.card', Buffer.from('card'));
    kubo.requests.length = 0;
    expect([...(await listOf(store)).keys()].sort()).toEqual(['drive.json', 'people/a.card']);
    expect(kubo.requests).toEqual(['files/ls', 'files/ls']);
  });

  it('keeps what has a name until another one has it, and leaves nothing else behind', async () => {
    const store = await open('keep');
    await putTo(store, 'a.card', Buffer.from('one'));
    kubo.fault = (command, response) => {
      if (command !== 'files/mv') return undefined;
      response.writeHead(500).end('{"Message":"the node is shutting down"}');
      return true;
    };
    await expect(putTo(store, 'a.card', Buffer.from('two'))).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('shutting down'),
    });
    expect((await getFrom(store, 'a.card'))?.toString()).toBe('one');
    expect([...(await listOf(store)).keys()]).toEqual(['a.card']);
    kubo.fault = () => undefined;
    await putTo(store, 'a.card', Buffer.from('two'));
    expect((await getFrom(store, 'a.card'))?.toString()).toBe('two');
  });

  it('is published by its own name, which the node makes once, and read through a gateway', async () => {
    const store = await open('site');
    await putTo(store, MARKER, encodeMarker({ id: '6'.repeat(32), label: 'site' }, 0));
    const [ana, ben] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
    const how = { lockTimeoutMs: 1_000 };
    const told: string[][] = [];
    for (const text of ['one', 'two']) {
      await ana.post('t', text);
      await visitFar(ana, store, { exportOnly: true });
      const published = kubo.published.size;
      told.push([...(await indexStore(ana.session, store, how)).addresses]);
      expect(kubo.published.size).toBe(Math.max(published, 1));
      const [[address = '']] = told as [string[]];
      expect(address).toMatch(/\/ipns\/k51[a-z0-9]+\/$/);
      const gateway = await openStore(address, { env: { NONE: '' }, credentials: 'env:NONE', times: TIMES });
      await visitFar(ben, gateway);
    }
    expect(told[0]).toEqual(told[1]);
    expect(ben.texts('t')).toEqual(['one', 'two']);
    expect(kubo.requests.filter((command) => command === 'key/gen')).toHaveLength(1);
    // what a gateway kept of before takes nothing back
    for (const lists of kubo.published.values()) lists.push(lists[0] as ReadonlyMap<string, Buffer>);
    const gateway = await openStore(told[0]?.[0] ?? '', { env: { NONE: '' }, credentials: 'env:NONE', times: TIMES });
    await expect(visitFar(ben, gateway)).rejects.toMatchObject({ code: 'outdated' });
  });

  it.each([
    ['what is no JSON', '<html>'],
    ['no list', '{"Entries": 5}'],
    ['an entry without a size', '{"Entries": [{"Name": "a", "Hash": "b", "Type": 0}]}'],
    ['an entry of a negative size', '{"Entries": [{"Name": "a", "Hash": "b", "Type": 0, "Size": -1}]}'],
    ['a hash that is none', '{"Entries": [{"Name": "a", "Hash": "b\\nc", "Type": 0, "Size": 1}]}'],
  ])('that answers with %s is told', async (_, said) => {
    kubo.fault = (_command, response) => {
      response.end(said);
      return true;
    };
    await expect(listOf(await open())).rejects.toMatchObject({ code: 'io' });
  });

  it.each(['ipfs:', 'ipfs:../x', 'ipfs:a?b=c', 'ipfs:a?api=http://example.org', 'ipfs:a?key=%2F', 'ipfs://host/a'])(
    'is not at %s',
    (url) => {
      expect(() => openPlace(url, NONE)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  itFailsInKnownWords({
    open: () => open('failing'),
    failWith: (answer) => {
      kubo.fault = (_, response) => answer(response);
    },
    full: (response) => {
      response.writeHead(500).end('{"Message":"write: no space left on device","Code":0,"Type":"error"}');
    },
  });
});
