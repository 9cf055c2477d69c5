// A bucket of NATS JetStream, by the helper as it is built and nats-server as it is shipped: every promise of a store is kept, what
// other programs put into the bucket is a file like any other, and what fails is told in known words.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { MARKER } from '../../src/sync/drive/marker.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { Scene } from '../cases/scene.js';
import { runBeside } from '../cli/program.js';
import { agedStore } from '../testkit/aged-store.js';
import { openWire, type Wire } from '../testkit/imap-server.js';
import { NatsClient } from '../testkit/nats-client.js';
import { trusted } from '../testkit/nats-credentials.js';
import { type NatsOptions, type NatsServer, startNats } from '../testkit/nats-server.js';
import { describeStore, getFrom, itComesToRest, LAG_MS, listOf, putTo } from './contract.js';

const BUILT = path.resolve('helpers/nats/dist/satchel-drive-nats.mjs');
const NO_END = new AbortController().signal;
const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
/** Each request is a process. */
const FILES = 12;
const PASSWORD = 'correct "horse';
const BUNDLE = `${'0a'.repeat(12)}.satchel`;
const CONFIGURATION = `
accounts {
  tests {
    jetstream: enabled
    users: [
      { user: "ana@example.org", password: ${JSON.stringify(PASSWORD)} }
      { user: keeper, password: k, permissions: { publish: { deny: ["$JS.API.STREAM.MSG.DELETE.>"] } } }
      { user: reader, password: r, permissions: { publish: { allow: ["$JS.API.STREAM.MSG.GET.>", "$JS.API.CONSUMER.>"] } } }
      { user: deaf, password: d, permissions: { subscribe: ["nothing"] } }
    ]
  }
}
`;

let server: NatsServer;
let bin: string;
beforeAll(async () => {
  server = await startNats({ more: CONFIGURATION });
  bin = fs.mkdtempSync(path.join(os.tmpdir(), 'bin-'));
  fs.symlinkSync(BUILT, path.join(bin, 'satchel-drive-nats'));
});
afterAll(async () => {
  await server.stop();
  fs.rmSync(bin, { recursive: true });
});

let buckets = 0;

interface Where {
  readonly login?: string;
  readonly bucket?: string;
  readonly password?: string;
  readonly port?: number;
  readonly times?: typeof TIMES;
}

function environment({ login = 'ana@example.org', password = PASSWORD }: Where = {}): NodeJS.ProcessEnv {
  const named = `machine localhost login ${JSON.stringify(login)} password ${JSON.stringify(password)}`;
  return { PATH: `${bin}:${process.env['PATH']}`, HERE: named };
}

/** A bucket of its own. */
function open(where: Where = {}): Promise<DriveStore> {
  const { bucket = `relay-${buckets++}`, port = server.port, times = TIMES } = where;
  return openStore(`nats://localhost:${port}/${bucket}?plain`, {
    env: environment(where),
    credentials: 'env:HERE',
    times,
  });
}

async function wireTo(port = server.port): Promise<Wire> {
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

describeStore('a bucket', () => open(), { files: FILES });

describe('a bucket that lags', () => itComesToRest(async () => agedStore(await open(), LAG_MS), LAG_MS));

/** What was asked of JetStream over a wire: subjects, without the names of a consumer. */
function askedOver(wire: Wire): string[] {
  const lines = wire.said.filter((line) => /^H?PUB /.test(line));
  return lines.map((line) => line.split(' ')[1]?.replace(/(MSG\.NEXT\.[^.]+)\.\w+$/, '$1') ?? '');
}

/** Another program, as somebody who may do everything. */
async function other(): Promise<NatsClient> {
  const client = await NatsClient.connect(server.port, { user: 'ana@example.org', pass: PASSWORD });
  onTestFinished(() => client.close());
  return client;
}

/** Every subject of a bucket, and how many messages it has. */
async function subjectsIn(bucket: string): Promise<Record<string, number>> {
  const info = await (await other()).ask(`STREAM.INFO.KV_${bucket}`, { subjects_filter: '>' });
  const { subjects = {} } = info['state'] as { subjects?: Record<string, number> };
  return Object.fromEntries(
    Object.entries(subjects).map(([subject, count]) => [subject.replace(`$KV.${bucket}.`, ''), count]),
  );
}

describe('a bucket', () => {
  it('is asked for a listing in two requests, for a file in one, and is made by the first file', async () => {
    const bucket = `relay-${buckets++}`;
    const wire = await wireTo();
    const store = await open({ bucket, port: wire.port });
    expect(await listOf(store)).toEqual(new Map());
    expect(askedOver(wire)).toEqual([`$JS.API.CONSUMER.CREATE.KV_${bucket}`]);
    await expect((await other()).ask(`STREAM.INFO.KV_${bucket}`)).rejects.toThrow('stream not found');
    await putTo(store, MARKER, Buffer.from('{}'));
    wire.said.length = 0;
    expect([...(await listOf(store)).keys()]).toEqual([MARKER]);
    expect((await getFrom(store, MARKER))?.toString()).toBe('{}');
    await putTo(store, BUNDLE, Buffer.from('x'));
    expect(askedOver(wire)).toEqual([
      `$JS.API.CONSUMER.CREATE.KV_${bucket}`,
      `$JS.API.CONSUMER.MSG.NEXT.KV_${bucket}`,
      `$JS.API.STREAM.MSG.GET.KV_${bucket}`,
      `$KV.${bucket}.${BUNDLE}`,
    ]);
  });

  it('is one of keys and values: what other programs put, change and remove there is seen', async () => {
    const bucket = `relay-${buckets++}`;
    const store = await open({ bucket });
    const names = ['a.satchel', 'people/0a.card', 'a..b', 'a.'];
    for (const name of names) await putTo(store, name, Buffer.from(name));
    expect(Object.keys(await subjectsIn(bucket)).sort()).toEqual(['a.satchel', 'a=2E', 'a=2E.b', 'people/0a.card']);
    for (const name of names) expect((await getFrom(store, name))?.toString()).toBe(name);
    const tag = (await listOf(store)).get('a.satchel')?.tag;
    const client = await other();
    await client.say(`$KV.${bucket}.a.satchel`, 'changed');
    await client.say(`$KV.${bucket}.odd~name`, 'passed over');
    await client.say(`$KV.${bucket}.b.satchel`, 'new');
    for (const name of ['people/0a.card', 'a=2E']) await client.say(`$KV.${bucket}.${name}`, '', ['KV-Operation: DEL']);
    const listed = await listOf(store);
    expect([...listed.keys()].sort()).toEqual(['a..b', 'a.satchel', 'b.satchel']);
    expect(listed.get('a.satchel')).toMatchObject({ size: 7, tag: expect.not.stringMatching(`^${tag}$`) });
    expect(await getFrom(store, 'people/0a.card')).toBeUndefined();
    await putTo(store, 'people/0a.card', Buffer.from('again'));
    expect((await getFrom(store, 'people/0a.card'))?.toString()).toBe('again');
  });

  it('puts a bundle and the marker once, also where another program left a mark that it was removed', async () => {
    const bucket = `relay-${buckets++}`;
    const store = await open({ bucket });
    const client = await other();
    for (const name of [BUNDLE, MARKER]) {
      expect(await putTo(store, name, Buffer.from('one'), 'if-absent')).toEqual({});
      expect(await putTo(store, name, Buffer.from('two'), 'if-absent')).toBe('exists');
      expect((await getFrom(store, name))?.toString()).toBe('one');
      expect(await putTo(store, name, Buffer.from('two'), 'replace')).toEqual({});
      expect((await getFrom(store, name))?.toString()).toBe('two');
      await client.say(`$KV.${bucket}.${name}`, '', ['KV-Operation: PURGE']);
      expect(await putTo(store, name, Buffer.from('three'), 'if-absent')).toEqual({});
      expect((await getFrom(store, name))?.toString()).toBe('three');
    }
  });

  it('keeps nothing of what was removed or replaced, be it in pieces', async () => {
    const bucket = `relay-${buckets++}`;
    const store = await open({ bucket });
    const large = Buffer.alloc(1_300_000, 'large');
    await putTo(store, 'a.satchel', large);
    expect(Object.keys(await subjectsIn(bucket))).toHaveLength(4);
    expect((await listOf(store)).get('a.satchel')?.size).toBe(large.length);
    await putTo(store, 'a.satchel', large.subarray(1));
    expect(Object.keys(await subjectsIn(bucket))).toHaveLength(4);
    expect((await getFrom(store, 'a.satchel'))?.equals(large.subarray(1))).toBe(true);
    await store.remove('a.satchel', NO_END);
    expect(await subjectsIn(bucket)).toEqual({});
    for (const bytes of [large, large.subarray(1)]) await putTo(store, BUNDLE, bytes, 'if-absent');
    expect((await getFrom(store, BUNDLE))?.length).toBe(large.length);
    expect(Object.keys(await subjectsIn(bucket))).toHaveLength(4);
  });

  it('of which a piece is lost gives nothing whole, and takes the file anew', async () => {
    const bucket = `relay-${buckets++}`;
    const store = await open({ bucket });
    const large = Buffer.alloc(1_300_000, 'large');
    await putTo(store, 'a.satchel', large);
    const piece = Object.keys(await subjectsIn(bucket)).find((subject) => subject.endsWith('.1'));
    await (await other()).ask(`STREAM.PURGE.KV_${bucket}`, { filter: `$KV.${bucket}.${piece}` });
    expect(await failing(getFrom(store, 'a.satchel'))).toMatchObject({ code: 'io' });
    await putTo(store, 'a.satchel', large);
    expect((await getFrom(store, 'a.satchel'))?.equals(large)).toBe(true);
  });

  it('that is full, or takes no message of that size, stays as it is, and says so', async () => {
    const bucket = `relay-${buckets++}`;
    await (await other()).ask(`STREAM.CREATE.KV_${bucket}`, {
      name: `KV_${bucket}`,
      subjects: [`$KV.${bucket}.>`],
      max_msgs_per_subject: 1,
      max_bytes: 1_000_000,
      discard: 'new',
    });
    const store = await open({ bucket });
    await putTo(store, 'a.satchel', Buffer.alloc(100_000, 'x'));
    const before = await subjectsIn(bucket);
    for (const size of [1_300_000, 5_000_000])
      expect(await failing(putTo(store, BUNDLE, Buffer.alloc(size)))).toMatchObject({ code: 'no-space' });
    expect(await subjectsIn(bucket)).toEqual(before);
    await putTo(store, 'people/0a.card', Buffer.from('fits'));
    const small = `relay-${buckets++}`;
    const client = await other();
    await client.ask(`STREAM.CREATE.KV_${small}`, {
      name: `KV_${small}`,
      subjects: [`$KV.${small}.>`],
      max_msg_size: 1_024,
    });
    expect(await failing(putTo(await open({ bucket: small }), BUNDLE, Buffer.alloc(2_048)))).toMatchObject({
      code: 'no-space',
    });
  });

  it.each([
    ['its user', { login: 'keeper', password: 'k' }],
    ['anybody, as nats kv add makes it', {}],
  ])('in which nothing may be removed by %s takes all the same, and says so', async (_, who) => {
    const bucket = `relay-${buckets++}`;
    await (await other()).ask(`STREAM.CREATE.KV_${bucket}`, {
      name: `KV_${bucket}`,
      subjects: [`$KV.${bucket}.>`],
      max_msgs_per_subject: 1,
      deny_delete: !('login' in who),
    });
    const store = await open({ ...who, bucket });
    const large = Buffer.alloc(1_300_000, 'large');
    await putTo(store, 'a.satchel', Buffer.from('one'));
    await putTo(store, 'b.satchel', large);
    await putTo(store, 'a.satchel', Buffer.from('two'));
    await putTo(store, 'b.satchel', large.subarray(1));
    for (const name of ['a.satchel', 'b.satchel'])
      expect(await failing(store.remove(name, NO_END))).toMatchObject({ code: 'denied' });
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('two');
    expect((await getFrom(store, 'b.satchel'))?.equals(large.subarray(1))).toBe(true);
  });

  it('which is only to be read is read, and says so', async () => {
    const bucket = `relay-${buckets++}`;
    await putTo(await open({ bucket }), 'a.satchel', Buffer.from('one'));
    const store = await open({ bucket, login: 'reader', password: 'r' });
    expect([...(await listOf(store)).keys()]).toEqual(['a.satchel']);
    expect((await getFrom(store, 'a.satchel'))?.toString()).toBe('one');
    for (const name of ['a.satchel', BUNDLE])
      expect(await failing(putTo(store, name, Buffer.from('x')))).toMatchObject({ code: 'denied' });
    expect(await failing(store.remove('a.satchel', NO_END))).toMatchObject({ code: 'denied' });
  });
});

describe('a bucket that is not reached', () => {
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

  it('for want of the right password, of any, or of what is needed to hear answers, says so', async () => {
    await expectAll(await open({ password: 'battery' }), { code: 'denied' });
    await expectAll(await open({ login: 'deaf', password: 'd' }), { code: 'denied' });
    const elsewhere = { ...environment(), HERE: 'machine elsewhere.example login ana password x' };
    const origin = `localhost:${server.port}/relay?plain`;
    await expectAll(await openStore(`nats://${origin}`, { env: elsewhere, credentials: 'env:HERE' }), {
      code: 'denied',
    });
    await expectAll(await openStore(`nats://ana@${origin}`, { env: elsewhere, credentials: 'env:HERE' }), {
      code: 'denied',
      message: expect.stringContaining('no password for ana at localhost'),
    });
  });

  it('because nobody is there is unreachable', async () => {
    const wire = await openWire(server.port);
    wire.close();
    await expectAll(await open({ port: wire.port }), { code: 'unreachable' });
  });

  it.each([
    ['at once', /^nothing$/, 0],
    ['when something is asked', /^H?PUB /, Number.POSITIVE_INFINITY],
  ])('because it falls silent %s is unreachable', async (_, when, passes) => {
    const wire = await wireTo();
    Object.assign(wire, { passes, ending: 'hang' });
    wire.onSaid = (line) => {
      if (when.test(line)) wire.passes = 0;
    };
    await expectAll(await open({ port: wire.port, times: { idleMs: 2_000, wholeMs: 3_000 } }), { code: 'unreachable' });
  });

  it('because the server is killed in the midst is unreachable, loses nothing, and is there again afterwards', async () => {
    const doomed = await startNats();
    onTestFinished(() => doomed.stop());
    const wire = await wireTo(doomed.port);
    const url = `nats://localhost:${wire.port}/relay?plain`;
    const store = await openStore(url, { env: environment(), credentials: 'env:HERE', times: TIMES });
    const large = Buffer.alloc(3_000_000, 'large');
    await putTo(store, 'a.satchel', large);
    wire.onSaid = (line) => {
      // the second piece is on its way
      if (/^HPUB .*\.1 /.test(line)) doomed.signal('SIGKILL');
    };
    expect(await failing(putTo(store, 'a.satchel', large.subarray(1)))).toMatchObject({ code: 'unreachable' });
    await doomed.kill();
    await doomed.start();
    expect((await getFrom(store, 'a.satchel'))?.equals(large)).toBe(true);
    wire.onSaid = () => {};
    await putTo(store, 'a.satchel', large.subarray(1));
    expect((await getFrom(store, 'a.satchel'))?.equals(large.subarray(1))).toBe(true);
    expect((await listOf(store)).size).toBe(1);
  });

  it('because the connection is cut once, anywhere, is asked again', async () => {
    const bucket = `relay-${buckets++}`;
    const wire = await wireTo();
    const store = await open({ bucket, port: wire.port });
    const bytes = Buffer.alloc(3_000, 'whole');
    await putTo(store, 'a.satchel', bytes);
    for (const [when, passes] of [
      [/^PUB /, Number.POSITIVE_INFINITY],
      // within the file
      [/^nothing$/, 2_500],
    ] as const) {
      let cuts = 0;
      wire.passes = passes;
      wire.onSaid = (line) => {
        if (cuts === 0 && when.test(line)) wire.passes = 0;
      };
      wire.onCut = () => {
        cuts++;
        wire.passes = Number.POSITIVE_INFINITY;
      };
      expect((await getFrom(store, 'a.satchel'))?.equals(bytes)).toBe(true);
      expect(cuts).toBe(1);
    }
  });
});

describe('a server', () => {
  /** The store of a bucket there, for somebody with these credentials. */
  async function at(options: NatsOptions, { named = '', more = {}, isPlain = true }: Shown): Promise<DriveStore> {
    const own = await startNats(options);
    onTestFinished(() => own.stop());
    const authority = options.isTls ? { NODE_EXTRA_CA_CERTS: own.authority } : {};
    const env = { PATH: `${bin}:${process.env['PATH']}`, HERE: named, ...authority, ...more };
    const url = `nats://localhost:${own.port}/relay${isPlain ? '?plain' : ''}`;
    return openStore(url, { env, credentials: 'env:HERE', times: TIMES });
  }
  interface Shown {
    readonly named?: string;
    readonly more?: NodeJS.ProcessEnv;
    readonly isPlain?: boolean;
  }

  it('is reached over TLS, by a certificate that is known, and nothing is said to another', async () => {
    const store = await at({ isTls: true }, { isPlain: false });
    await putTo(store, MARKER, Buffer.from('{}'));
    expect([...(await listOf(store)).keys()]).toEqual([MARKER]);
    const unknown = await at({ isTls: true }, { isPlain: false, more: { NODE_EXTRA_CA_CERTS: '/dev/null' } });
    expect(await failing(listOf(unknown))).toMatchObject({
      code: 'io',
      message: expect.stringContaining('certificate'),
    });
    const without = await at({}, { isPlain: false });
    expect(await failing(listOf(without))).toMatchObject({ code: 'io', message: expect.stringContaining('tls') });
  });

  it('is opened by a token, which is a password without a login', async () => {
    const more = 'authorization { token: "a token" }';
    const store = await at({ more }, { named: 'machine localhost login "" password "a token"' });
    expect([...(await listOf(store)).keys()]).toEqual([]);
    const wrong = await at({ more }, { named: 'machine localhost login "" password "another"' });
    expect(await failing(listOf(wrong))).toMatchObject({ code: 'denied' });
  });

  it('is opened by a file of credentials, and by none of another operator', async () => {
    const { configuration, file } = trusted();
    const store = await at({ more: configuration }, { named: file });
    await putTo(store, MARKER, Buffer.from('{}'));
    expect((await getFrom(store, MARKER))?.toString()).toBe('{}');
    const wrong = await at({ more: configuration }, { named: trusted().file });
    expect(await failing(listOf(wrong))).toMatchObject({ code: 'denied' });
  });

  it('without JetStream holds nothing, and says so', async () => {
    const store = await at({ isEmpty: true }, {});
    expect(await failing(listOf(store))).toMatchObject({ code: 'io', message: expect.stringContaining('JetStream') });
  });
});

describe('the built program', () => {
  it('asks for one listing when nothing is new, and for few requests besides its bundle when something is', async () => {
    const own = await startNats();
    onTestFinished(() => own.stop());
    const wire = await wireTo(own.port);
    const url = `nats://localhost:${wire.port}/relay?plain`;
    const scene = new Scene();
    const reach = { env: { PATH: `${bin}:${process.env['PATH']}` } };
    scene.people('ana', 'ben');
    scene.joined('the walled garden', 'ana', 'ben');
    const visit = async (who: string) => {
      wire.said.length = 0;
      const ended = await runBeside(['sync', '--json', url], { cwd: path.join(scene.directory, who), ...reach });
      expect(ended).toMatchObject({ status: 0 });
      const [drive] = (
        JSON.parse(ended.stdout) as { drives: { requests: number; touched: boolean; fetchedBytes: number }[] }
      ).drives;
      const asked = askedOver(wire);
      const puts = asked.filter((subject) => subject.startsWith('$KV.')).length;
      return { ...drive, asked, besides: (drive?.requests ?? 0) - puts };
    };
    const made = await runBeside(['drive', 'init', '-q', url], { cwd: path.join(scene.directory, 'ana'), ...reach });
    expect(made).toMatchObject({ status: 0 });
    for (let round = 0, touched = true; touched; round++) {
      expect(round).toBeLessThan(6);
      touched = false;
      for (const who of ['ana', 'ben']) touched = (await visit(who)).touched || touched;
    }
    const idle = await visit('ana');
    expect(idle).toMatchObject({ requests: 1, fetchedBytes: 0, touched: false });
    expect(idle.asked).toEqual(['$JS.API.CONSUMER.CREATE.KV_relay', '$JS.API.CONSUMER.MSG.NEXT.KV_relay']);
    const text = 'the spare key lies under the third stone';
    scene.must('ana', ['post', '-q', '-t', 'the walled garden', text]);
    const news = await visit('ana');
    expect(news).toMatchObject({ touched: true });
    expect(news.besides).toBeLessThanOrEqual(4);
    const taken = await visit('ben');
    expect(taken.besides).toBeLessThanOrEqual(4 + 1);
    expect(scene.texts('ben', 'the walled garden')).toEqual([text]);
    // whoever runs the server reads cards, and nothing of this; the search would find it
    const kept = fs
      .readdirSync(own.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(own.folder, name));
    const found = (words: string): boolean =>
      kept.some((file) => fs.statSync(file).isFile() && fs.readFileSync(file).includes(words));
    expect([found('drive.json'), found('walled garden'), found(text)]).toEqual([true, false, false]);
  });
});

it('is told what is wrong with a URL', async () => {
  const store = await openStore('nats://far.example/relay?plain', { env: environment(), credentials: 'env:HERE' });
  expect(await failing(listOf(store))).toMatchObject({ code: 'io', message: expect.stringContaining('this computer') });
});
