// A folder on a WebDAV server: every promise of a store is kept, and a server that fails, hangs or is hostile is told in known words.
import fs from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { multistatusOf, responseOf, startWebdav, type WebdavServer } from '../testkit/webdav-server.js';
import { describeStore, getFrom, itComesToRest, LAG_MS, listOf, putTo } from './contract.js';

const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
const NO_END = new AbortController().signal;
const FOLDER = '<D:resourcetype><D:collection/></D:resourcetype>';

function storeOf({ origin }: WebdavServer, { times = TIMES, login = '', netrc = '' } = {}): Promise<DriveStore> {
  const url = `${origin.replace('http://', `webdav://${login}`)}/dav`;
  return openStore(url, { env: { NETRC_HERE: netrc }, credentials: 'env:NETRC_HERE', times });
}

describeStore('a WebDAV server', async () => storeOf(await startWebdav()));

function answer(response: http.ServerResponse, status: number, headers: http.OutgoingHttpHeaders = {}): true {
  response.writeHead(status, headers).end('<html>told by a proxy</html>');
  return true;
}

async function errorOf(work: Promise<unknown>): Promise<SatchelError> {
  const error: unknown = await work.then(
    () => new Error('did not fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof SatchelError) return error;
  throw error;
}

describe('a WebDAV server', () => {
  itComesToRest(async () => storeOf(await startWebdav({ lagMs: LAG_MS })), LAG_MS);

  let server: WebdavServer;
  let store: DriveStore;
  beforeEach(async () => {
    server = await startWebdav();
    store = await storeOf(server);
  });

  const FOUR: readonly (() => Promise<unknown>)[] = [
    () => listOf(store),
    () => getFrom(store, 'a.satchel'),
    () => putTo(store, 'a.satchel', Buffer.alloc(2 ** 17)),
    () => store.remove('a.satchel', NO_END),
  ];

  it.each([
    [401, 'denied'],
    [403, 'denied'],
    [413, 'no-space'],
    [423, 'unreachable'],
    [429, 'unreachable'],
    [500, 'io'],
    [502, 'unreachable'],
    [503, 'unreachable'],
    [507, 'no-space'],
    [301, 'io'],
    [418, 'io'],
  ])('that answers %i fails of %s', async (status, code) => {
    server.fault = (_, response) => answer(response, status, { location: 'https://ana:of-somebody@elsewhere/' });
    for (const work of FOUR) {
      const error = await errorOf(work());
      expect(error.code).toBe(code);
      expect(error.hint).not.toContain('of-somebody');
    }
  });

  it.each([404, 410])('that says %i of what is not there is told of no failure', async (status) => {
    await putTo(store, 'people/a.card', Buffer.from('x'));
    server.fault = ({ method, name }, response) => {
      const isListing = method === 'PROPFIND' && name === '';
      return isListing || server.files.has(name) ? undefined : answer(response, status);
    };
    expect([...(await listOf(store)).keys()]).toEqual([]);
    expect(await getFrom(store, 'a.satchel')).toBeUndefined();
    await store.remove('a.satchel', NO_END);
    let refused = 0;
    server.fault = ({ method }, response) => {
      if (method !== 'MOVE' && !(method === 'PUT' && refused++ === 0)) return undefined;
      return answer(response, status);
    };
    // neither moved, nor a folder for it at first
    await putTo(store, 'other/b.card', Buffer.from('y'));
    expect(server.files.get('other/b.card')?.toString()).toBe('y');
  });

  it('that has no such folder says so, and one that has no such file too', async () => {
    const other = await openStore(`${server.origin.replace('http', 'webdav')}/none`, { env: {}, times: TIMES });
    expect((await errorOf(listOf(other))).code).toBe('drive-absent');
    expect(await getFrom(store, 'a.satchel')).toBeUndefined();
  });

  it('that names a time is asked again after it, but not for ever', async () => {
    let refused = 0;
    server.fault = (_, response) =>
      refused++ < 2 ? answer(response, refused === 1 ? 429 : 503, { 'retry-after': '0' }) : undefined;
    expect(await putTo(store, 'a.satchel', Buffer.from('x'))).toEqual({});
    expect([...server.files.keys()]).toEqual(['a.satchel']);
    server.fault = (_, response) => answer(response, 503, { 'retry-after': '0' });
    server.requests.length = 0;
    expect((await errorOf(listOf(store))).code).toBe('unreachable');
    expect(server.requests).toHaveLength(4);
    server.requests.length = 0;
    server.fault = (_, response) => answer(response, 429, { 'retry-after': '3600' });
    expect((await errorOf(listOf(store))).code).toBe('unreachable');
    expect(server.requests).toHaveLength(1);
  });

  it('that cannot move is put to directly, with nothing left over, and asked once', async () => {
    server.fault = ({ method }, response) => (method === 'MOVE' ? answer(response, 501) : undefined);
    expect(await putTo(store, 'a.satchel', Buffer.from('one'))).toEqual({});
    expect(await putTo(store, 'a.satchel', Buffer.from('two'), 'if-absent')).toBe('exists');
    expect(await putTo(store, 'a.satchel', Buffer.from('two'))).toEqual({});
    expect([...server.files]).toEqual([['a.satchel', Buffer.from('two')]]);
    expect(server.requests.filter((request) => request.startsWith('MOVE'))).toHaveLength(1);
  });

  it('that hangs is left, before an answer and in the middle of one', async () => {
    store = await storeOf(server, { times: { idleMs: 200, wholeMs: 60_000 } });
    server.fault = () => true;
    for (const work of FOUR) expect((await errorOf(work())).code).toBe('unreachable');
    server.fault = (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('some');
      return true;
    };
    expect((await errorOf(getFrom(store, 'a.satchel'))).code).toBe('unreachable');
  });

  it('that sends a byte now and then has its time, and no more', async () => {
    store = await storeOf(server, { times: { idleMs: 60_000, wholeMs: 400 } });
    server.fault = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    expect((await errorOf(getFrom(store, 'a.satchel'))).code).toBe('unreachable');
  });

  it('that breaks off is told, and so is one that is not there', async () => {
    server.fault = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('some', () => response.destroy());
      return true;
    };
    expect((await errorOf(getFrom(store, 'a.satchel'))).code).toBe('unreachable');
    const none = await openStore('webdav://127.0.0.1:2/', { env: {}, times: TIMES });
    expect((await errorOf(listOf(none))).code).toBe('unreachable');
    // no TLS there
    const other = await openStore(`${server.origin.replace('http', 'webdavs')}/dav`, { env: {}, times: TIMES });
    expect((await errorOf(listOf(other))).message).toContain('does not prove who it is');
  });

  it('is left when its user interrupts', async () => {
    server.fault = () => true;
    const user = new AbortController();
    const listing = errorOf(store.list(() => {}, user.signal));
    user.abort();
    expect((await listing).message).toContain('interrupted');
  });

  it('is asked for two listings and no more, however many folders somebody made', async () => {
    await putTo(store, 'people/0a.card', Buffer.from('x'));
    await putTo(store, 'a.satchel', Buffer.from('x'));
    server.requests.length = 0;
    expect([...(await listOf(store)).keys()].sort()).toEqual(['a.satchel', 'people/0a.card']);
    expect(server.requests).toEqual(['PROPFIND ', 'PROPFIND people/']);
    for (let i = 0; i < 40; i++) await putTo(store, `f${i}/a`, Buffer.from('x'));
    server.requests.length = 0;
    expect((await listOf(store)).has('people/0a.card')).toBe(true);
    expect(server.requests).toHaveLength(17);
  });

  it('shows nothing that is unfinished, and gets rid of it after a day', async () => {
    for (const name of ['old.partial', 'new.partial']) server.files.set(name, Buffer.from('x'));
    const dated = (name: string, date: string) =>
      responseOf(name, `<D:getetag>"x"</D:getetag><D:getlastmodified>${date}</D:getlastmodified>`);
    const now = 'Mon, 30 Nov 2026 12:00:00 GMT';
    server.fault = ({ method }, response) => {
      if (method !== 'PROPFIND') return undefined;
      const old = dated('old.partial', 'Sat, 28 Nov 2026 12:00:00 GMT');
      response
        .writeHead(207, { date: now })
        .end(multistatusOf(responseOf('', FOLDER) + old + dated('new.partial', now)));
      return true;
    };
    expect([...(await listOf(store))]).toEqual([]);
    await putTo(store, 'a.satchel', Buffer.from('x'));
    expect([...server.files.keys()].sort()).toEqual(['a.satchel', 'new.partial']);
  });

  it.each([
    ['no XML', 'rubbish'],
    ['a page', '<html><body>Welcome</body></html>'],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "${'x'.repeat(99)}">]>${multistatusOf(responseOf('', FOLDER))}`],
    ['an entity', multistatusOf('<D:response><D:href>&a;</D:href></D:response>')],
    ['many levels', multistatusOf('<x>'.repeat(100_000))],
    ['an endless name', multistatusOf(`<D:response><D:href>${'x'.repeat(2 ** 22)}</D:href></D:response>`)],
    ['an endless comment', multistatusOf(`<!--${'x'.repeat(2 ** 22)}-->`)],
    ['an endless tag', multistatusOf(`<x ${'a'.repeat(2 ** 22)}="">`)],
    ['what is not UTF-8', Buffer.from([0x3c, 0xff, 0xfe])],
    ['half of one', multistatusOf(responseOf('', FOLDER)).slice(0, -20)],
    ['another place', multistatusOf('<D:response><D:href>/elsewhere/</D:href></D:response>')],
    ['nothing', multistatusOf('')],
    ['no tag', multistatusOf(responseOf('', FOLDER) + responseOf('a', '<D:getcontentlength>1</D:getcontentlength>'))],
  ])('that lists %s is told to be broken', async (_, listing) => {
    server.fault = (__, response) => {
      response.writeHead(207).end(listing);
      return true;
    };
    expect((await errorOf(listOf(store))).code).toBe('io');
  });

  it('may write hrefs as it likes, in any namespace prefix, but names what is below the folder only', async () => {
    const etag = '<getetag>W/"1 2"</getetag>';
    const one = (href: string) =>
      `<response><href>${href}</href><propstat><prop>${etag}</prop><status>HTTP/1.1 200 OK</status></propstat></response>`;
    const names = ['http://other/dav/a.satchel', '/dav/%62.satchel', 'c.satchel', '<![CDATA[/dav/d&e]]>', '/dav/../f'];
    const hidden = ['/dav/x/y/z', '//', '/dav/%zz', '/dav/%2e%2e%2fg', '/dav/-h', '/dav/i%0aj'];
    server.fault = ({ name }, response) => {
      const self = name === '' ? '<response><href>/dav</href></response>' : '';
      response
        .writeHead(207)
        .end(`<multistatus xmlns="DAV:">${self}${[...names, ...hidden].map(one).join('')}</multistatus>`);
      return true;
    };
    const listed = await listOf(store);
    expect([...listed.keys()]).toEqual(['a.satchel', 'b.satchel', 'c.satchel']);
    expect(listed.get('a.satchel')?.tag).toMatch(/^[0-9a-f]{64}$/);
  });

  it('that never ends is stopped, and nothing of it is kept', async () => {
    const piece = responseOf(`${'a'.repeat(90)}`, '<D:getetag>"x"</D:getetag>').repeat(1_000);
    let sent = 0;
    server.fault = ({ method }, response) => {
      response.writeHead(method === 'GET' ? 200 : 207);
      response.write(method === 'GET' ? piece : `<D:multistatus xmlns:D="DAV:">${responseOf('', FOLDER)}`);
      const more = (): void => {
        while (!response.destroyed && ++sent && response.write(piece));
      };
      response.on('drain', more);
      more();
      return true;
    };
    const before = process.memoryUsage().rss;
    let seen = 0;
    const stop = new Error('enough');
    const listing = store.list(() => {
      if (++seen > 100_000) throw stop;
    }, NO_END);
    await expect(listing).rejects.toBe(stop);
    let bytes = 0;
    const getting = store.get(
      'a.satchel',
      (more) => {
        bytes += more.length;
        if (bytes > 2 ** 27) throw stop;
      },
      NO_END,
    );
    await expect(getting).rejects.toBe(stop);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
    expect(sent).toBeGreaterThan(200);
  });
});

describe('credentials', () => {
  const NETRC =
    '# machine 127.0.0.1 login no password no\nmacdef m\nmachine 127.0.0.1 login no password no\n\n' +
    'machine other login x password y\nmachine 127.0.0.1 login ana password "p w"\ndefault login z password d\n';

  it('of the host go to it, and to nobody else', async () => {
    const server = await startWebdav();
    const sent: (string | undefined)[] = [];
    server.fault = ({ headers }) => void sent.push(headers.authorization) as undefined;
    await listOf(await storeOf(server, { netrc: NETRC }));
    await listOf(await storeOf(server, { netrc: NETRC, login: 'ana@' }));
    await listOf(await storeOf(server, { netrc: NETRC, login: 'ben@' }));
    await listOf(await storeOf(server, { netrc: 'machine 127.0.0.2 login ana password x' }));
    const basic = `Basic ${Buffer.from('ana:p w').toString('base64')}`;
    expect(sent).toEqual([basic, basic, undefined, undefined]);
    server.fault = (_, response) => answer(response, 401);
    const { message, hint } = await errorOf(listOf(await storeOf(server, { netrc: NETRC })));
    expect(hint).toContain('drive.credentials');
    expect(message + hint).not.toContain('p w');
  });

  it('come out of a file that nobody else may read', async () => {
    const server = await startWebdav();
    const file = path.join(scratchDirectory(), 'netrc');
    const open = () => openStore(`${server.origin.replace('http', 'webdav')}/dav/`, { env: {}, credentials: file });
    await expect(open()).rejects.toMatchObject({ code: 'usage' });
    fs.writeFileSync(file, NETRC, { mode: 0o644 });
    await expect(open()).rejects.toMatchObject({ code: 'denied' });
    fs.chmodSync(file, 0o600);
    server.fault = ({ headers }, response) => (headers.authorization ? undefined : answer(response, 401));
    expect([...(await listOf(await open()))]).toEqual([]);
  });

  it('never travel in the clear to another computer', async () => {
    const env = { HERE: 'machine cloud.example login ana password x' };
    await expect(openStore('webdav://cloud.example/', { env, credentials: 'env:HERE' })).rejects.toMatchObject({
      code: 'usage',
    });
    await openStore('webdavs://cloud.example/', { env, credentials: 'env:HERE' });
    await expect(openStore('webdavs://cloud.example/', { env, credentials: 'env:NONE' })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it.each([
    'webdav:',
    'webdavs://',
    'webdav:/x',
    'webdavs://h/x?y',
    'webdavs://h/x#y',
    'webdavs://a:b@h/',
    'webdavs://h:x/',
    'webdavs://a%zz@h/',
    'webdavs://h/50%/x',
  ])('or not, %s is no place', async (url) => {
    await expect(openStore(url, { env: {} })).rejects.toMatchObject({ code: 'usage' });
  });
});
