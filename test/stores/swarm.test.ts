// Files on Swarm, by what the helper does and a stand-in for the node: every promise of a store is kept for one who writes, what is
// published is read through a gateway, and what fails is told in known words.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chunkOf, ownerOf, updateId } from '../../helpers/swarm/chunk.js';
import { openPlace } from '../../helpers/swarm/place.js';
import { tarOf } from '../../helpers/swarm/tar.js';
import { encodeMarker, MARKER } from '../../src/sync/drive/marker.js';
import { indexStore } from '../../src/sync/store/index-store.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { BATCH, type BeeServer, startBee } from '../testkit/bee-server.js';
import { visitFar } from '../testkit/memory-store.js';
import { placeStore } from '../testkit/place-store.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { describeStore, getFrom, listOf, putTo } from './contract.js';
import { itFailsInKnownWords } from './failing.js';

const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
const KEY = '46'.repeat(32);

let bee: BeeServer;
beforeAll(async () => {
  bee = await startBee();
});
afterAll(() => bee.close());
beforeEach(() => {
  bee.fault = () => undefined;
  bee.stamps = [{ batchID: BATCH, usable: true, batchTTL: 1_000 }];
  bee.behind = 0;
  bee.requests.length = 0;
});

let feeds = 0;

function urlOf(name: string, stamp = `&stamp=${BATCH}`): string {
  return `swarm:${name}?api=${bee.api}&gateway=${bee.api}${stamp}`;
}

function keyed(name: string, key = KEY): { readonly named: string; readonly env: NodeJS.ProcessEnv } {
  return { named: 'env:HERE', env: { HERE: `machine swarm login ${name} password ${key}` } };
}

function open(name = `feed-${feeds++}`, stamp?: string): Promise<DriveStore> {
  const url = urlOf(name, stamp);
  return Promise.resolve(placeStore(url, () => openPlace(url, keyed(name))));
}

describeStore('files on Swarm', () => open(), { isShared: false });

describe('a chunk', () => {
  it('has the address that others compute', () => {
    // the address of "hello world", as bee and its libraries for other languages say it
    const address = '92672a471f4419b255d7cb0cf313474a6f5856fb347c5ece85fb706d644b630f';
    expect(chunkOf(Buffer.from('hello world')).address.toString('hex')).toBe(address);
    expect(() => chunkOf(Buffer.alloc(4_097))).toThrow();
  });

  it('belongs to the address of Ethereum of a key', () => {
    // the key of the example in EIP-155
    expect(ownerOf(Buffer.from(KEY, 'hex')).toString('hex')).toBe('9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f');
    expect(updateId(Buffer.alloc(32), 1n)).not.toEqual(updateId(Buffer.alloc(32), 2n));
  });
});

describe('a folder for gateways', () => {
  it('is a tar file that tar unpacks', async () => {
    const folder = scratchDirectory();
    const contents = ['', 'x', 'y'.repeat(512), 'z'.repeat(5_000)].map((text) => Buffer.from(text));
    const files = contents.map((bytes, i) => {
      return { name: `people/${i}.card`, size: bytes.length, bytes: () => iterated(bytes) };
    });
    fs.writeFileSync(path.join(folder, 'a.tar'), await bytesOf(tarOf(files)));
    execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder });
    for (const [i, bytes] of contents.entries())
      expect(fs.readFileSync(path.join(folder, `people/${i}.card`)).equals(bytes)).toBe(true);
    const short = tarOf([{ name: 'a', size: 2, bytes: () => iterated(Buffer.from('x')) }]);
    await expect(bytesOf(short)).rejects.toThrow(/another size/);
  });
});

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function* iterated(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('files on Swarm', () => {
  it('are listed for one request, and nothing is kept that has no name any more', async () => {
    const store = await open();
    expect(await listOf(store)).toEqual(new Map());
    for (const text of ['one', 'two']) await putTo(store, 'a.card', Buffer.from(text));
    bee.requests.length = 0;
    expect([...(await listOf(store)).keys()]).toEqual(['a.card']);
    expect(bee.requests).toEqual(['GET feeds']);
    expect(bee.pins.has(chunkOf(Buffer.from('one')).address.toString('hex'))).toBe(false);
    expect(bee.pins.has(chunkOf(Buffer.from('two')).address.toString('hex'))).toBe(true);
    // the same again costs the bytes and no update
    bee.requests.length = 0;
    await putTo(store, 'a.card', Buffer.from('two'));
    expect(bee.requests).toEqual(['GET feeds', 'POST bytes']);
  });

  it('are what they were when an update fails, whenever', async () => {
    const store = await open('failing-update');
    await putTo(store, 'a.card', Buffer.from('one'));
    for (let nth = 1; nth <= 3; nth++) {
      let posts = 0;
      bee.fault = (path, response) => {
        if (/^\/(pins|feeds)/.test(path) || ++posts !== nth) return undefined;
        response.writeHead(500).end('{"code":500,"message":"cannot"}');
        return true;
      };
      await expect(putTo(store, 'a.card', Buffer.from(`two ${nth}`))).rejects.toMatchObject({ code: 'io' });
      bee.fault = () => undefined;
      expect((await getFrom(store, 'a.card'))?.toString()).toBe('one');
    }
  });

  it('are paid for with the batch that lasts longest, or the one that was named', async () => {
    const store = await open('paid', '');
    const other = 'cd'.repeat(32);
    bee.stamps = [
      { batchID: 'ee'.repeat(32), usable: false, batchTTL: 9_000 },
      { batchID: BATCH, usable: true, batchTTL: 10 },
      { batchID: other, usable: true, batchTTL: 20 },
    ];
    await putTo(store, 'a.card', Buffer.from('one'));
    bee.stamps = bee.stamps.filter(({ usable }) => !usable);
    await expect(putTo(store, 'a.card', Buffer.from('two'))).rejects.toMatchObject({ code: 'no-space' });
    const named = await open('paid', `&stamp=${'ee'.repeat(32)}`);
    await expect(putTo(named, 'a.card', Buffer.from('two'))).rejects.toMatchObject({ code: 'denied' });
    bee.stamps = [];
    await expect(putTo(named, 'a.card', Buffer.from('two'))).rejects.toMatchObject({ code: 'denied' });
  });

  it('are published by a feed, and read through a gateway, which takes nothing back', async () => {
    const store = await open('site');
    await putTo(store, MARKER, encodeMarker({ id: '7'.repeat(32), label: 'site' }, 0));
    const [ana, ben] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
    const told: string[] = [];
    for (const text of ['one', 'two']) {
      await ana.post('t', text);
      await visitFar(ana, store, { exportOnly: true });
      told.push(...(await indexStore(ana.session, store, { lockTimeoutMs: 1_000 })).addresses);
      const gateway = await openStore(told[0] ?? '', { env: { NONE: '' }, credentials: 'env:NONE', times: TIMES });
      expect((await visitFar(ben, gateway)).failure).toBeUndefined();
    }
    expect(told[0]).toBe(told[1]);
    expect(ben.texts('t')).toEqual(['one', 'two']);
    expect(bee.requests.filter((request) => request === 'POST feeds')).toHaveLength(1);
    bee.behind = 1;
    const gateway = await openStore(told[0] ?? '', { env: { NONE: '' }, credentials: 'env:NONE', times: TIMES });
    await expect(visitFar(ben, gateway)).rejects.toMatchObject({ code: 'outdated' });
    expect(ben.texts('t')).toEqual(['one', 'two']);
  });

  it.each([
    ['a list of something else', 200, '<html>', { 'swarm-feed-index-next': '0000000000000001' }],
    ['no number of the next update', 200, '', {}],
    ['a number that is none', 200, '', { 'swarm-feed-index-next': 'next' }],
  ])('of which the node says %s are not listed', async (_, status, said, headers) => {
    bee.fault = (_path, response) => {
      response.writeHead(status, headers).end(said);
      return true;
    };
    await expect(listOf(await open())).rejects.toMatchObject({ code: 'io' });
  });

  it.each(['swarm:', 'swarm:a/b', 'swarm:a?b=c', 'swarm:a?stamp=1', 'swarm:a?api=http://example.org', 'swarm://h/a'])(
    'are not at %s',
    (url) => {
      expect(() => openPlace(url, keyed('a'))).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  it('need a key, which nothing tells', () => {
    for (const key of ['', 'secret', '4711'])
      expect(() => openPlace(urlOf('a'), keyed('a', JSON.stringify(key)))).toThrow(
        expect.objectContaining({ code: 'denied', message: expect.not.stringMatching(/secret|4711/) }),
      );
    expect(() => openPlace(urlOf('a'), keyed('b'))).toThrow(expect.objectContaining({ code: 'denied' }));
  });

  itFailsInKnownWords({
    open: () => open('failing'),
    failWith: (answer) => {
      bee.fault = (_, response) => answer(response);
    },
    full: (response) => {
      response.writeHead(402).end('{"code":402,"message":"batch is overissued"}');
    },
  });
});
