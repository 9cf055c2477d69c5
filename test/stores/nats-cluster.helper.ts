// Three servers of NATS that are a cluster, of which one is killed and started again while people visit a drive there: what anybody
// said is there for everybody afterwards, and then nobody writes anything any more. Five people and each server once; with SOAK=1
// ten people for SOAK_MINUTES (10), and a server each minute. Which one is by a seed, which is printed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { encodeMarker, MARKER } from '../../src/sync/drive/marker.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { visitFar } from '../testkit/memory-store.js';
import { NatsClient } from '../testkit/nats-client.js';
import { type NatsCluster, startCluster } from '../testkit/nats-cluster.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { getFrom, listOf, putTo } from './contract.js';

const IS_SOAK = process.env['SOAK'] === '1';
const MINUTE_MS = 60_000;
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10);
const KILLS = IS_SOAK ? MINUTES : 3;
const NAMES = ['ana', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal', 'ida', 'jon'].slice(0, IS_SOAK ? 10 : 5);
const ROUNDS_MAX = 8;

let cluster: NatsCluster;
let bin: string;
beforeAll(async () => {
  cluster = await startCluster();
  bin = fs.mkdtempSync(path.join(os.tmpdir(), 'bin-'));
  fs.symlinkSync(path.resolve('helpers/nats/dist/satchel-drive-nats.mjs'), path.join(bin, 'satchel-drive-nats'));
});
afterAll(async () => {
  await cluster.stop();
  fs.rmSync(bin, { recursive: true });
});

/** People who post and visit, until they are told that it is enough. */
class Working {
  visits = 0;
  /** Visits that ended because nobody was reached; nothing else may go wrong. */
  unreachable = 0;
  readonly said: string[] = [];
  #isEnough = false;
  readonly #waiting: { readonly visits: number; readonly resolve: () => void }[] = [];
  readonly #store: DriveStore;

  constructor(store: DriveStore) {
    this.#store = store;
  }

  /** Until so many more visits went well. */
  more(visits: number): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push({ visits: this.visits + visits, resolve }));
  }

  enough(): void {
    this.#isEnough = true;
  }

  async work(one: Replica): Promise<void> {
    for (let at = 0; !this.#isEnough; at++) {
      const text = `${at} from ${one.name}`;
      await one.post('t', text);
      this.said.push(text);
      if (await this.visit(one)) this.#count();
    }
  }

  /** Whether it went well. */
  async visit(one: Replica): Promise<boolean> {
    try {
      const { failure } = await visitFar(one, this.#store);
      if (!failure) return true;
      throw failure;
    } catch (error) {
      if (!(error instanceof SatchelError) || error.code !== 'unreachable') throw error;
      this.unreachable++;
      return false;
    }
  }

  #count(): void {
    this.visits++;
    for (const { visits, resolve } of this.#waiting) if (visits <= this.visits) resolve();
  }
}

/** Kills one server after the other, and starts it again when everybody could have done something without it. */
async function killEach(working: Working, order: number): Promise<void> {
  for (let kill = 0; kill < KILLS; kill++) {
    const minute = IS_SOAK ? passing(MINUTE_MS) : Promise.resolve();
    const server = cluster.servers[(order + kill) % cluster.servers.length];
    await server?.kill();
    await working.more(NAMES.length);
    await server?.start();
    // two of three have to have everything before another one goes
    await cluster.settled();
    await working.more(NAMES.length);
    await minute;
  }
}

/** How many servers keep the bucket, and are up to date. */
async function copies(): Promise<number> {
  const client = await NatsClient.connect(cluster.servers[0]?.port ?? 0);
  const info = await client.ask('STREAM.INFO.KV_relay').finally(() => client.close());
  const { replicas = [] } = info['cluster'] as { replicas?: { current: boolean }[] };
  return 1 + replicas.filter(({ current }) => current).length;
}

/** The store of a bucket on all of them. */
function openOn(bucket: string): Promise<DriveStore> {
  const everywhere = cluster.servers.map(({ port }) => `localhost:${port}`).join(',');
  const env = { PATH: `${bin}:${process.env['PATH']}`, HERE: '' };
  return openStore(`nats://${everywhere}/${bucket}?plain`, { env, credentials: 'env:HERE' });
}

it('keeps what was there before something else was removed, whichever server was killed then', async () => {
  const store = await openOn('removed');
  const stay = [MARKER, ...cluster.servers.map((_, at) => `stays-${at}`)];
  const comesAndGoes = async (): Promise<void> => {
    await putTo(store, 'goes', Buffer.from('goes'));
    await store.remove('goes', new AbortController().signal);
  };
  await putTo(store, MARKER, Buffer.from('{}'));
  for (const [at, server] of cluster.servers.entries()) {
    await putTo(store, `stays-${at}`, Buffer.from('stays'));
    await comesAndGoes();
    await server.kill();
    await comesAndGoes();
    expect([...(await listOf(store)).keys()].sort()).toEqual(stay.slice(0, at + 2).sort());
    await server.start();
    await cluster.settled();
  }
  // a server that was killed may list what was removed meanwhile (nats-server 2.9.10 does); what stays has to be there
  const listed = [...(await listOf(store)).keys()].filter((name) => name !== 'goes');
  expect(listed.sort()).toEqual(stay.sort());
  expect((await getFrom(store, MARKER))?.toString()).toBe('{}');
});

it(`loses nothing when a server is killed ${KILLS} times`, { timeout: IS_SOAK ? 0 : 600_000 }, async () => {
  const order = seedOf('KILLED_FIRST');
  const store = await openOn('relay');
  const people = await makeFriends(scratchDirectory(), NAMES, 't');
  await putTo(store, MARKER, encodeMarker({ id: '5'.repeat(32), label: 'far' }, 0));
  expect(await copies()).toBe(cluster.servers.length);

  const working = new Working(store);
  const killing = killEach(working, order).finally(() => working.enough());
  await Promise.all([killing, ...people.map((one) => working.work(one))]);
  for (let round = 0, touched = 1; touched > 0; round++) {
    expect(round).toBeLessThan(ROUNDS_MAX);
    touched = 0;
    for (const one of people) {
      const { failure, touched: isTouched } = await visitFar(one, store);
      expect(failure).toBeUndefined();
      if (isTouched) touched++;
    }
  }
  for (const one of people) expect(one.texts('t').sort()).toEqual([...working.said].sort());
  const bundles = [...(await listOf(store)).keys()].filter((name) => name.endsWith('.satchel'));
  expect(bundles.length).toBeLessThanOrEqual(2 * people.length);
  expect(await copies()).toBe(cluster.servers.length);
  const { visits, unreachable, said } = working;
  console.log(
    `${KILLS} kills: ${visits} visits, ${unreachable} unreachable, ${said.length} messages, ${bundles.length} bundles`,
  );
});
