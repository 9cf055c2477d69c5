// Helpers that ask a server over HTTP, as they are built: what they print and end with is what satchel understands.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlace as openIpfs } from '../../helpers/ipfs/place.js';
import { openPlace as openSwarm } from '../../helpers/swarm/place.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { BATCH, type BeeServer, startBee } from '../testkit/bee-server.js';
import { type KuboServer, startKubo } from '../testkit/kubo-server.js';
import { getFrom, listOf, putTo } from './contract.js';
import { codeOf, itKeepsNothing } from './failing.js';

const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
const NO_END = new AbortController().signal;

let kubo: KuboServer;
let bee: BeeServer;
let bin: string;
beforeAll(async () => {
  kubo = await startKubo();
  bee = await startBee();
  bin = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-bin-'));
  for (const name of ['ipfs', 'swarm']) {
    const program = `satchel-drive-${name}`;
    fs.symlinkSync(path.resolve(`helpers/${name}/dist/${program}.mjs`), path.join(bin, program));
  }
});
afterAll(() => {
  kubo.close();
  bee.close();
  fs.rmSync(bin, { recursive: true });
});

function open(url: string, times = TIMES): Promise<DriveStore> {
  const HERE = `machine swarm login relay password ${'46'.repeat(32)}`;
  return openStore(url, { env: { PATH: `${bin}:${process.env['PATH']}`, HERE }, credentials: 'env:HERE', times });
}

const HELPERS = [
  {
    name: 'ipfs',
    url: () => `ipfs:relay?api=${kubo.api}&gateway=${kubo.gateway}`,
    hang: (hangs: boolean) => {
      kubo.fault = () => (hangs ? true : undefined);
    },
  },
  {
    name: 'swarm',
    url: () => `swarm:relay?api=${bee.api}&gateway=${bee.api}&stamp=${BATCH}`,
    hang: (hangs: boolean) => {
      bee.fault = () => (hangs ? true : undefined);
    },
  },
];

describe.each(HELPERS)('satchel-drive-$name', ({ name, url, hang }) => {
  it('answers each request', async () => {
    const store = await open(url());
    expect(await listOf(store)).toEqual(new Map());
    expect(await getFrom(store, 'people/a.card')).toBeUndefined();
    const large = Buffer.alloc(3_000_000, 'large');
    await putTo(store, 'people/a.card', Buffer.from('card'));
    await putTo(store, 'a.satchel', large);
    expect((await getFrom(store, 'a.satchel'))?.equals(large)).toBe(true);
    expect([...(await listOf(store)).keys()].sort()).toEqual(['a.satchel', 'people/a.card']);
    await store.remove('a.satchel', NO_END);
    await store.remove('a.satchel', NO_END);
    expect([...(await listOf(store)).keys()]).toEqual(['people/a.card']);
    expect(await store.addresses?.(NO_END)).toEqual([]);
    await putTo(store, 'drive.index', Buffer.from('satchel-index/1 1\n'));
    expect(await store.addresses?.(NO_END)).toEqual([expect.stringMatching(/^http:/)]);
  });

  it('says what is wrong with a URL, and is ended when its server hangs', async () => {
    const wrong = await open(`${name}:`);
    await expect(listOf(wrong)).rejects.toMatchObject({ code: 'io', message: expect.stringContaining('it is') });
    hang(true);
    expect(await codeOf(listOf(await open(url(), { idleMs: 2_000, wholeMs: 60_000 })))).toBe('unreachable');
    hang(false);
  });
});

describe('an IPFS node', () => {
  itKeepsNothing(
    (api) => openIpfs(`ipfs:a?api=${api}`, { named: 'env:NONE', env: { NONE: '' } }),
    () => ({ Hash: 'bafkreia' }),
  );
});

describe('a Swarm node', () => {
  const HERE = `machine swarm login a password ${'46'.repeat(32)}`;
  itKeepsNothing(
    (api) => openSwarm(`swarm:a?api=${api}&stamp=${BATCH}`, { named: 'env:HERE', env: { HERE } }),
    (asked) => (asked.startsWith('/feeds') ? Buffer.from(`5 ${BATCH} a.satchel\n`) : { reference: 'ff'.repeat(32) }),
  );
});
