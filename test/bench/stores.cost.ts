// npm run bench -- --stores: what visits to drives at a URL cost, for each store that can be started here. What is found is written
// where BENCH_STORES says; nothing is compared with a limit, which test/stores/contract.ts does.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openPlace as openIpfs } from '../../helpers/ipfs/place.js';
import { openPlace as openSwarm } from '../../helpers/swarm/place.js';
import { createDrive, openDrive } from '../../src/sync/drive/drive.js';
import { writeIndex } from '../../src/sync/drive/drive-index.js';
import { encodeMarker, MARKER } from '../../src/sync/drive/marker.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { putTo } from '../stores/contract.js';
import { besideBundles, comeToRest, costOf } from '../stores/cost.js';
import { BATCH, startBee } from '../testkit/bee-server.js';
import { KEY, startBucket } from '../testkit/bucket-server.js';
import { startImap } from '../testkit/imap-server.js';
import { startKubo } from '../testkit/kubo-server.js';
import { type Meter, openMeter } from '../testkit/meter.js';
import { startNats } from '../testkit/nats-server.js';
import { placeStore } from '../testkit/place-store.js';
import { serveWebdav } from '../testkit/rclone-server.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { Chance } from './chance.js';
import type { StoreCost } from './stores.js';
import { Words } from './words.js';

const MANY = 1_000;
const PASSWORD = 'correct horse';

/** A store behind a meter; `publish` is called where its visitors only read, before each of their visits. */
interface Metered {
  readonly store: DriveStore;
  readonly meter: Meter;
  readonly publish?: (ana: Replica) => Promise<void>;
}

async function metered(port: number): Promise<Meter> {
  const meter = await openMeter(port);
  onTestFinished(() => meter.close());
  return meter;
}

function portOf(origin: string): number {
  return Number(/:(\d+)\/?$/.exec(origin)?.[1]);
}

const STORES: Readonly<Record<string, () => Promise<Metered>>> = {
  'webdav (rclone serve)': async () => {
    const meter = await metered(portOf(await serveWebdav()));
    const env = { HERE: 'machine 127.0.0.1 login ana password "p w"' };
    return { meter, store: await openStore(`webdav://127.0.0.1:${meter.port}/`, { env, credentials: 'env:HERE' }) };
  },
  's3 (stand-in)': async () => {
    const meter = await metered(portOf((await startBucket()).origin));
    const url = `s3://b/relay?endpoint=http://127.0.0.1:${meter.port}&region=eu-1`;
    return { meter, store: await openStore(url, { env: KEY }) };
  },
  'imap (Dovecot)': async () => {
    const server = await startImap([{ login: 'ana', password: PASSWORD }]);
    onTestFinished(() => server.stop());
    const meter = await metered(server.plainPort);
    const bin = scratchDirectory();
    fs.symlinkSync(path.resolve('helpers/imap/dist/satchel-drive-imap.mjs'), path.join(bin, 'satchel-drive-imap'));
    const HERE = `machine localhost login ana password "${PASSWORD}"`;
    const env = { PATH: `${bin}:${process.env['PATH']}`, HERE };
    const url = `imap://localhost:${meter.port}/relay?plain`;
    return { meter, store: await openStore(url, { env, credentials: 'env:HERE' }) };
  },
  'nats (nats-server)': async () => {
    const server = await startNats();
    onTestFinished(() => server.stop());
    const meter = await metered(server.port);
    const bin = scratchDirectory();
    fs.symlinkSync(path.resolve('helpers/nats/dist/satchel-drive-nats.mjs'), path.join(bin, 'satchel-drive-nats'));
    const env = { PATH: `${bin}:${process.env['PATH']}`, NONE: '' };
    return {
      meter,
      store: await openStore(`nats://localhost:${meter.port}/relay?plain`, { env, credentials: 'env:NONE' }),
    };
  },
  'https (published)': async () => {
    const parent = scratchDirectory();
    createDrive(parent, { label: 'pub', random: () => Buffer.alloc(16, 7), now: 0 });
    const meter = await metered(await serveFiles(path.join(parent, 'satchel')));
    const store = await openStore(`http://127.0.0.1:${meter.port}/`, { env: { NONE: '' }, credentials: 'env:NONE' });
    const publish = async (ana: Replica): Promise<void> => {
      await ana.visit(parent, { exportOnly: true });
      writeIndex(openDrive(parent), ana.now);
    };
    return { meter, store, publish };
  },
  'ipfs (stand-in)': async () => {
    const kubo = await startKubo();
    onTestFinished(() => kubo.close());
    const meter = await metered(portOf(kubo.api));
    const url = `ipfs:relay?api=http://127.0.0.1:${meter.port}`;
    return { meter, store: placeStore(url, () => openIpfs(url, { named: 'env:NONE', env: { NONE: '' } })) };
  },
  'swarm (stand-in)': async () => {
    const bee = await startBee();
    onTestFinished(() => bee.close());
    const meter = await metered(portOf(bee.api));
    const url = `swarm:relay?api=http://127.0.0.1:${meter.port}&stamp=${BATCH}`;
    const HERE = `machine swarm login relay password ${'46'.repeat(32)}`;
    return { meter, store: placeStore(url, () => openSwarm(url, { named: 'env:HERE', env: { HERE } })) };
  },
};

/** A server of the files in a folder; its port. */
async function serveFiles(folder: string): Promise<number> {
  const server = http.createServer(({ url = '' }, response) => {
    const file = path.join(folder, url);
    if (fs.existsSync(file)) response.end(fs.readFileSync(file));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const found: StoreCost[] = [];

it.each(Object.keys(STORES))('%s', async (name) => {
  const { store, meter, publish } = await (STORES[name] as () => Promise<Metered>)();
  const [ana, ben] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
  const words = new Words(new Chance(1));
  const note = async (situation: string, one: Replica): Promise<void> => {
    meter.read();
    const cost = await costOf(one, store);
    const beside = besideBundles(cost).length;
    const asked = { asked: beside, bundles: cost.requests.length - beside };
    found.push({ store: name, situation, ...asked, ...meter.read() });
  };
  if (!publish) await putTo(store, MARKER, encodeMarker({ id: '5'.repeat(32), label: 'far' }, 0));
  await ana.post('t', 'hello');
  await publish?.(ana);
  await comeToRest(publish ? [ben] : [ana, ben], store);
  await note('nothing new', ben);
  for (const [count, what] of [
    [1, 'one message'],
    [MANY, '1,000 messages'],
  ] as const) {
    const texts = Array.from({ length: count }, () => words.next());
    await ana.post('t', ...texts);
    if (publish) await publish(ana);
    else await note(`${what}, put`, ana);
    await note(`${what}, taken${publish ? '' : ' and acknowledged'}`, ben);
  }
  expect(ben.texts('t')).toHaveLength(1 + 1 + MANY);
  const file = process.env['BENCH_STORES'];
  if (file !== undefined) fs.writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
});
