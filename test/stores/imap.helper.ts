// A folder of a mailbox, by the helper as it is built and Dovecot as it is shipped: every promise of a store is kept, other mails
// stay as they are, and what fails is told in known words.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { agedStore } from '../testkit/aged-store.js';
import { type ImapServer, openWire, startImap, type Wire } from '../testkit/imap-server.js';
import { describeStore, getFrom, itComesToRest, LAG_MS, listOf, putTo } from './contract.js';

const BUILT = path.resolve('helpers/imap/dist/satchel-drive-imap.mjs');
const NO_END = new AbortController().signal;
const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
/** Each request is a process. */
const FILES = 12;
const PASSWORD = 'correct "horse';

let server: ImapServer;
let bin: string;
beforeAll(async () => {
  server = await startImap([
    { login: 'ana@example.org', password: PASSWORD },
    { login: 'full', password: PASSWORD, kilobytes: 64 },
  ]);
  bin = fs.mkdtempSync(path.join(path.dirname(server.mail), 'bin-'));
  fs.symlinkSync(BUILT, path.join(bin, 'satchel-drive-imap'));
});
afterAll(() => server.stop());

let folders = 0;

interface Where {
  readonly login?: string;
  readonly folder?: string;
  readonly password?: string;
  readonly wire?: Wire;
  readonly times?: typeof TIMES;
}

function environment({ login = 'ana@example.org', password = PASSWORD }: Where = {}): NodeJS.ProcessEnv {
  const named = `machine localhost login ${login} password ${JSON.stringify(password)}`;
  return {
    PATH: `${bin}:${process.env['PATH']}`,
    HERE: named,
    NODE_EXTRA_CA_CERTS: server.authority,
  };
}

/** A folder of its own; over the wire without encryption, so that what passes is seen. */
function open(where: Where = {}): Promise<DriveStore> {
  const { login = 'ana@example.org', folder = `relay-${folders++}`, wire, times = TIMES } = where;
  const origin = wire ? `localhost:${wire.port}` : `${encodeURIComponent(login)}@localhost:${server.port}`;
  const env = environment(where);
  return openStore(`imap://${origin}/${folder}${wire ? '?plain' : ''}`, { env, credentials: 'env:HERE', times });
}

async function wireTo(port: number): Promise<Wire> {
  const wire = await openWire(port);
  onTestFinished(() => wire.close());
  return wire;
}

async function failing(work: Promise<unknown>): Promise<SatchelError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SatchelError) return error;
  throw new Error(`did not fail as it should: ${error}`);
}

describeStore('a mailbox', () => open(), { files: FILES });

describe('a mailbox that lags', () => itComesToRest(async () => agedStore(await open(), LAG_MS), LAG_MS));

/** Where the server keeps the mails of a folder. */
function mailsOf(folder: string, login = 'ana@example.org'): string {
  return path.join(server.mail, login, 'Maildir', `.${folder}`, 'cur');
}

/** Every mail there: its text, and its flags. */
function stored(folder: string): string[] {
  const mails = mailsOf(folder);
  const names = fs.readdirSync(mails).sort();
  return names.map((name) => `${name.split(':2,')[1]} ${fs.readFileSync(path.join(mails, name), 'latin1')}`);
}

/** Puts a mail of somebody's there, with flags as Maildir has them. */
function deliver(folder: string, name: string, flags: string, text: string): void {
  fs.writeFileSync(path.join(mailsOf(folder), `${name}:2,${flags}`), text);
}

const OTHERS = [
  'Subject: see you on Sunday\r\n\r\nhello',
  // of somebody who was sent a file
  'Subject: drive.json\r\n\r\n{}',
  'Subject: a.satchel\r\nX-Satchel-Size: 1\r\n\r\neA==',
];

describe('a folder', () => {
  it('is asked for a listing in one round, and for nothing while it is not there', async () => {
    const wire = await wireTo(server.plainPort);
    const store = await open({ wire });
    expect(await listOf(store)).toEqual(new Map());
    await putTo(store, 'drive.json', Buffer.from('{}'));
    wire.said.length = 0;
    expect([...(await listOf(store)).keys()]).toEqual(['drive.json']);
    const asked = wire.said.map((line) => line.replace(/^\w+ /, ''));
    const fetching = asked.findIndex((line) => line.startsWith('UID FETCH'));
    expect(asked.slice(fetching - 1)).toEqual([
      expect.stringMatching(/^EXAMINE /),
      'UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (subject satchel-size)])',
    ]);
    expect(asked.join()).not.toContain('SELECT');
  });

  it('keeps other mails as they are, whatever is put and removed beside them', async () => {
    const folder = `relay-${folders++}`;
    const store = await open({ folder });
    await putTo(store, 'b.satchel', Buffer.from('b'));
    // the last one was marked as deleted by its owner, who may still change their mind
    OTHERS.forEach((text, at) => void deliver(folder, `170000000${at}.x`, ['', 'FS', 'T'][at] ?? '', text));
    const before = stored(folder).filter((mail) => !mail.includes('From: satchel'));
    expect(before).toHaveLength(OTHERS.length);
    expect([...(await listOf(store)).keys()]).toEqual(['b.satchel']);
    await putTo(store, 'a.satchel', Buffer.from('one'));
    await putTo(store, 'a.satchel', Buffer.from('two'));
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('two');
    for (const name of ['a.satchel', 'b.satchel', 'drive.json']) await store.remove(name, NO_END);
    expect(stored(folder)).toEqual(before);
  });

  it('has a file once, however often it was appended; the newest counts, and all go', async () => {
    const folder = `relay-${folders++}`;
    const store = await open({ folder });
    await putTo(store, 'people/a.card', Buffer.from('old'));
    const [mail = ''] = fs.readdirSync(mailsOf(folder));
    const old = fs.readFileSync(path.join(mailsOf(folder), mail), 'latin1');
    await putTo(store, 'people/a.card', Buffer.from('newer'));
    const tag = (await listOf(store)).get('people/a.card')?.tag;
    deliver(folder, '1900000000.x', 'S', old);
    const listed = await listOf(store);
    expect([...listed.values()]).toEqual([{ name: 'people/a.card', size: 3, tag: expect.any(String) }]);
    expect(listed.get('people/a.card')?.tag).not.toBe(tag);
    expect((await getFrom(store, 'people/a.card'))?.toString()).toBe('old');
    await store.remove('people/a.card', NO_END);
    expect(stored(folder)).toEqual([]);
  });

  it('whose server removes all that is marked, or nothing, is only marked', async () => {
    const folder = `relay-${folders++}`;
    const wire = await wireTo(server.plainPort);
    wire.rewrite = (said) => said.replaceAll('UIDPLUS', 'UIDNONE');
    const store = await open({ folder, wire });
    await putTo(store, 'a.satchel', Buffer.from('one'));
    deliver(folder, '1700000000.x', 'T', OTHERS[0] ?? '');
    await store.remove('a.satchel', NO_END);
    expect(wire.said.join('\n')).not.toContain('EXPUNGE');
    expect(await listOf(store)).toEqual(new Map());
    expect(await getFrom(store, 'a.satchel')).toBeUndefined();
    expect(stored(folder).map((mail) => mail.split(' ')[0])).toEqual(['T', 'ST']);
    await putTo(store, 'a.satchel', Buffer.from('two'));
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('two');
  });

  it('from which nothing may be removed takes all the same, and says so', async () => {
    const store = await open({ folder: `kept-${folders++}` });
    await putTo(store, 'a.satchel', Buffer.from('one'));
    await putTo(store, 'a.satchel', Buffer.from('two'));
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('two');
    expect(await failing(store.remove('a.satchel', NO_END))).toMatchObject({ code: 'denied' });
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('two');
  });

  it.each([
    ['and says so', (said: string) => said],
    ['and only its quota tells', (said: string) => said.replaceAll('[OVERQUOTA] Quota exceeded', 'sorry')],
  ])('that is full stays as it is, %s', async (_, rewrite) => {
    const wire = await wireTo(server.plainPort);
    wire.rewrite = rewrite;
    const store = await open({ login: 'full', folder: `relay-${folders++}`, wire });
    await putTo(store, 'a.satchel', Buffer.from('one'));
    const much = Buffer.alloc(60_000, 'much');
    expect(await failing(putTo(store, 'a.satchel', much))).toMatchObject({ code: 'no-space' });
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('one');
    await putTo(store, 'a.satchel', Buffer.from('two'));
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('two');
  });

  it('has the name it is given, in folders and in letters of any kind', async () => {
    const store = await open({ folder: `Work/caf%C3%A9%20${folders++}` });
    await putTo(store, 'a.satchel', Buffer.from('one'));
    expect([...(await listOf(store)).keys()]).toEqual(['a.satchel']);
  });
});

describe('a mailbox that is not opened', () => {
  const every = (store: DriveStore): Promise<unknown>[] => [
    listOf(store),
    getFrom(store, 'a.satchel'),
    putTo(store, 'a.satchel', Buffer.from('x')),
    store.remove('a.satchel', NO_END),
  ];

  async function expectAll(store: DriveStore, expected: object): Promise<void> {
    for (const error of await Promise.all(every(store).map(failing))) {
      expect(error).toMatchObject(expected);
      expect(`${error.message}${error.hint}`).not.toContain(PASSWORD);
    }
  }

  it('for want of the right password, or of any, says so', async () => {
    await expectAll(await open({ password: 'battery' }), { code: 'denied' });
    const none = await openStore(`imap://localhost:${server.port}/x`, {
      env: { ...environment(), HERE: 'machine elsewhere.example login ana password x' },
      credentials: 'env:HERE',
    });
    await expectAll(none, { code: 'denied', message: expect.stringContaining('no password for localhost') });
  });

  it('because nobody is there is unreachable', async () => {
    const wire = await openWire(server.plainPort);
    wire.close();
    await expectAll(await open({ wire }), { code: 'unreachable' });
  });

  it('because its server cannot be known is told no password', async () => {
    const wire = await wireTo(server.port);
    const url = `imap://localhost:${wire.port}/relay`;
    const { NODE_EXTRA_CA_CERTS: _, ...env } = environment();
    await expectAll(await openStore(url, { env, credentials: 'env:HERE' }), {
      code: 'io',
      message: expect.stringContaining('certificate'),
    });
  });

  it.each([0, 400])('because it falls silent after %i bytes is unreachable', async (passes) => {
    const wire = await wireTo(server.plainPort);
    Object.assign(wire, { passes, ending: 'hang' });
    const store = await open({ wire, times: { idleMs: 2_000, wholeMs: 3_000 } });
    await expectAll(store, { code: 'unreachable' });
  });

  it('because the connection is cut, anywhere, loses nothing', async () => {
    const wire = await wireTo(server.plainPort);
    const store = await open({ wire });
    const bytes = Buffer.alloc(3_000, 'whole');
    await putTo(store, 'a.satchel', bytes);
    const ends: string[] = [];
    // up to where a mail is fetched, and appended
    for (const passes of [150, 700, 1_500, 1_900, 2_300, 4_000, 7_000]) {
      wire.passes = passes;
      const [got, put] = await Promise.allSettled([getFrom(store, 'a.satchel'), putTo(store, 'a.satchel', bytes)]);
      if (got.status === 'fulfilled') expect(got.value?.equals(bytes)).toBe(true);
      for (const ended of [got, put])
        if (ended.status === 'rejected') expect(ended.reason).toMatchObject({ code: 'unreachable' });
      ends.push(`${got.status}, ${put.status}`);
    }
    expect(ends.at(0)).toBe('rejected, rejected');
    expect(ends.at(-1)).toBe('fulfilled, fulfilled');
    wire.passes = Number.POSITIVE_INFINITY;
    expect((await listOf(store)).size).toBe(1);
    expect((await getFrom(store, 'a.satchel'))?.equals(bytes)).toBe(true);
  });
});

it('is told what is wrong with a URL', async () => {
  const store = await openStore('imap://mail.example/relay?plain', { env: environment(), credentials: 'env:HERE' });
  expect(await failing(listOf(store))).toMatchObject({ code: 'io', message: expect.stringContaining('this computer') });
});
