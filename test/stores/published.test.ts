// A published drive: read by its list from any server of files, never written to, and never taken for more than it says.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDrive, openDrive } from '../../src/sync/drive/drive.js';
import { DRIVE_INDEX, parseIndexHead, parseIndexLine, writeIndex } from '../../src/sync/drive/drive-index.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { createStoredDrive } from '../../src/sync/store/visit-store.js';
import { Chance } from '../testkit/chance.js';
import { visitFar } from '../testkit/memory-store.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { getFrom, listOf, putTo } from './contract.js';

const TIMES = { idleMs: 60_000, wholeMs: 60_000 };

interface Site {
  readonly folder: string;
  readonly origin: string;
  readonly requests: string[];
  /** How a request is answered instead; undefined: with the file. */
  answer: (name: string, response: http.ServerResponse, headers: http.IncomingHttpHeaders) => true | undefined;
}

/** A server of the files in a folder, and of nothing else. */
async function startSite(): Promise<Site> {
  const site: Site = { folder: scratchDirectory(), origin: '', requests: [], answer: () => undefined };
  const server = http.createServer(({ url = '', headers }, response) => {
    const name = url.replace(/^\/pub\//, '');
    site.requests.push(name);
    if (site.answer(name, response, headers)) return;
    const file = path.join(site.folder, name);
    if (fs.existsSync(file)) response.end(fs.readFileSync(file));
    else response.writeHead(404).end('no');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(site, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function storeOf({ origin }: Pick<Site, 'origin'>, env: NodeJS.ProcessEnv = { NONE: '' }): Promise<DriveStore> {
  return openStore(`${origin}/pub`, { env, credentials: `env:${Object.keys(env)[0]}`, times: TIMES });
}

/** Ana publishes what she wrote. */
async function publish(ana: Replica, parent: string): Promise<void> {
  const directory = path.dirname(parent);
  await ana.visit(directory, { exportOnly: true });
  writeIndex(openDrive(directory), ana.now);
}

async function publisher(): Promise<{ site: Site; ana: Replica; ben: Replica }> {
  const started = await startSite();
  const parent = scratchDirectory();
  const site = Object.assign(started, { folder: path.join(parent, 'satchel') });
  createDrive(parent, { label: 'pub', random: () => Buffer.alloc(16, 7), now: 0 });
  const [ana, ben] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
  return { site, ana, ben };
}

describe('a published drive', () => {
  it('brings what was written since, for one list when that is nothing', async () => {
    const { site, ana, ben } = await publisher();
    const store = await storeOf(site);
    for (const text of ['one', 'two']) {
      await ana.post('t', text);
      await publish(ana, site.folder);
      const report = await visitFar(ben, store);
      expect(report.failure).toBeUndefined();
      site.requests.length = 0;
      expect((await visitFar(ben, store)).failure).toBeUndefined();
      expect(site.requests).toEqual([DRIVE_INDEX]);
    }
    expect(ben.texts('t')).toEqual(['one', 'two']);
  });

  it('names every bundle that a visitor looks into, whoever called it what, and nothing else', async () => {
    const { site } = await publisher();
    const long = `${'x'.repeat(92)}.satchel`;
    const names = ['a.satchel', 'B.SATCHEL', long, `x${long}`, 'ä.satchel', '.c.satchel', 'e f.satchel', 'notes.txt'];
    for (const name of names) fs.writeFileSync(path.join(site.folder, name), name);
    fs.mkdirSync(path.join(site.folder, 'd.satchel'));
    const listed = writeIndex(openDrive(path.dirname(site.folder)), 0).map(({ name }) => name);
    expect(listed).toEqual(['B.SATCHEL', 'a.satchel', 'drive.json', long]);
    expect([...(await listOf(await storeOf(site))).keys()]).toEqual(listed);
  });

  it('whose marker changed since it was listed is no less a drive, and says so', async () => {
    const { site, ana, ben } = await publisher();
    await ana.post('t', 'one');
    await publish(ana, site.folder);
    const store = await storeOf(site);
    const marker = path.join(site.folder, 'drive.json');
    const sound = fs.readFileSync(marker);
    fs.writeFileSync(marker, `${sound}\n`);
    await expect(visitFar(ben, store)).rejects.toMatchObject({
      code: 'changed',
      message: expect.stringMatching(/index/),
    });
    for (const large of [Buffer.alloc(5_000), Buffer.alloc(5_000, ' ')]) {
      fs.writeFileSync(marker, large);
      await expect(visitFar(ben, store)).rejects.toMatchObject({ code: 'no-drive' });
    }
    fs.writeFileSync(marker, `${sound}\n`);
    writeIndex(openDrive(path.dirname(site.folder)), ana.now);
    await visitFar(ben, store);
    expect(ben.texts('t')).toEqual(['one']);
    // by now its tag tells of it, and nothing is asked for that could be another one
    fs.writeFileSync(marker, sound);
    expect((await visitFar(ben, store)).failure).toBeUndefined();
  });

  it('is never written to', async () => {
    const { site, ana, ben } = await publisher();
    await publish(ana, site.folder);
    await ben.post('t', 'mine');
    const store = await storeOf(site);
    const before = fs.readdirSync(site.folder, { recursive: true }).sort();
    expect((await visitFar(ben, store)).exported).toBeUndefined();
    for (const options of [{ exportOnly: true }, { tidyOnly: true }, { oneWay: { ageMs: 1 } }] as const)
      await expect(visitFar(ben, store, options)).rejects.toMatchObject({ code: 'usage' });
    await expect(putTo(store, 'a.satchel', Buffer.from('x'))).rejects.toMatchObject({ code: 'denied' });
    await expect(store.remove('a.satchel', new AbortController().signal)).rejects.toMatchObject({ code: 'denied' });
    site.answer = (name, response) => {
      if (name !== DRIVE_INDEX) return undefined;
      response.end(`satchel-index/1 ${ben.now + 1_000}\n`);
      return true;
    };
    fs.rmSync(path.join(site.folder, 'drive.json'));
    const how = { lockTimeoutMs: 1_000, label: 'x', isOpen: false, settleMs: 1 };
    await expect(createStoredDrive(ben.session, store, how)).rejects.toMatchObject({ code: 'denied' });
    expect(fs.readdirSync(site.folder, { recursive: true }).sort()).toEqual(
      before.filter((name) => name !== 'drive.json'),
    );
  });

  it('gives nothing whose bytes are not those of its list, and all of it once they are', async () => {
    const { site, ana, ben } = await publisher();
    await ana.post('t', 'hello');
    await publish(ana, site.folder);
    const store = await storeOf(site);
    const chance = new Chance(seedOf('PUBLISHED_SEED'));
    site.answer = (name, response) => {
      if (!name.endsWith('.satchel')) return undefined;
      const bytes = fs.readFileSync(path.join(site.folder, name));
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
      const at = chance.below(bytes.length);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << chance.below(7)), at);
      response.end(bytes);
      return true;
    };
    const report = await visitFar(ben, store);
    expect(report.scanned).toMatchObject([{ error: { code: 'changed' } }]);
    expect(ben.texts('t')).toEqual([]);
    site.answer = () => undefined;
    await visitFar(ben, store);
    expect(ben.texts('t')).toEqual(['hello']);
  });

  it('that shows an older list takes nothing back, and is read on once it shows a newer one', async () => {
    const { site, ana, ben } = await publisher();
    const store = await storeOf(site);
    const index = path.join(site.folder, DRIVE_INDEX);
    const lists: Buffer[] = [];
    for (const text of ['one', 'two']) {
      await ana.post('t', text);
      await publish(ana, site.folder);
      lists.push(fs.readFileSync(index));
    }
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = lists;
    await visitFar(ben, store);
    const unnumbered = second.subarray(second.indexOf('\n') + 1);
    for (const old of [first, unnumbered, Buffer.alloc(0)]) {
      fs.writeFileSync(index, old);
      site.requests.length = 0;
      await expect(visitFar(ben, store)).rejects.toMatchObject({ code: 'outdated' });
      expect(site.requests).toEqual([DRIVE_INDEX]);
    }
    expect(ben.texts('t')).toEqual(['one', 'two']);
    fs.writeFileSync(index, second);
    site.requests.length = 0;
    expect((await visitFar(ben, store)).failure).toBeUndefined();
    expect(site.requests).toEqual([DRIVE_INDEX]);
    // one who says to be far ahead keeps nothing back for good
    fs.writeFileSync(index, Buffer.concat([Buffer.from('satchel-index/1 99999999999999\n'), unnumbered]));
    await visitFar(ben, store);
    await ana.post('t', 'three');
    await publish(ana, site.folder);
    // whose clock went back to where it was counts on from the list before
    const edition = parseIndexHead(`${fs.readFileSync(index)}`.split('\n')[0] ?? '');
    expect(edition).toBeGreaterThan(99_999_999_999_999);
    fs.writeFileSync(index, `${fs.readFileSync(index)}`.replace(/ \d+/, ` ${ben.now + 1_000}`));
    await visitFar(ben, store);
    expect(ben.texts('t')).toEqual(['one', 'two', 'three']);
    fs.writeFileSync(index, `satchel-index/2 1\n`);
    await expect(visitFar(ben, store)).rejects.toMatchObject({ code: 'newer-version' });
  });

  it('has a list of lines, and nothing else', async () => {
    const site = await startSite();
    const store = await storeOf(site);
    await expect(listOf(store)).rejects.toMatchObject({ code: 'no-drive' });
    const digest = '0'.repeat(64);
    for (const line of [
      '<html>',
      `1 ${digest}`,
      `01 ${digest} a`,
      `1 ${digest.slice(1)} a`,
      `-1 ${digest} a`,
      `1 ${digest} a b`,
    ]) {
      fs.writeFileSync(path.join(site.folder, DRIVE_INDEX), `0 ${digest} fine\n${line}\n`);
      expect(parseIndexLine(line)).toBeUndefined();
      await expect(listOf(store)).rejects.toMatchObject({ code: 'io' });
    }
    site.answer = (_, response) => {
      const more = (): void => {
        while (
          !response.destroyed &&
          response.write(`1 ${digest} aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n`.repeat(500))
        );
      };
      response.on('drain', more);
      more();
      return true;
    };
    await expect(listOf(store)).rejects.toMatchObject({ code: 'io' });
  });

  it('is followed to where it is now, but not out of TLS, nor with credentials, nor for ever', async () => {
    const old = await startSite();
    const now = await startSite();
    fs.writeFileSync(path.join(now.folder, 'a.satchel'), 'moved');
    const seen: (string | undefined)[] = [];
    const redirect = (to: string) => (_: string, response: http.ServerResponse, headers: http.IncomingHttpHeaders) => {
      seen.push(headers.authorization);
      response.writeHead(302, { location: to }).end();
      return true as const;
    };
    old.answer = redirect(`${now.origin}/pub/a.satchel`);
    now.answer = (_, __, headers) => void seen.push(headers.authorization) as undefined;
    const store = await storeOf(old, { HERE: 'machine 127.0.0.1 login ana password x' });
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('moved');
    expect(seen).toEqual([expect.stringMatching(/^Basic /), undefined]);
    for (const to of ['http://example.org/', 'ftp://example.org/', '//', 'a.satchel']) {
      old.requests.length = 0;
      old.answer = redirect(to);
      await expect(getFrom(store, 'a.satchel')).rejects.toMatchObject({ code: 'io' });
      expect(old.requests.length).toBe(to === 'a.satchel' ? 6 : 1);
    }
  });

  it.each([
    'http://example.org/',
    'https:',
    'https://',
    'https://h/?x',
    'https://a:b@h/',
    'https://a%@h/',
    'https://h/50%/',
  ])('is not at %s', async (url) => {
    await expect(openStore(url, { env: {} })).rejects.toMatchObject({ code: 'usage' });
  });
});
