// A bucket: every promise of a store is kept, requests are signed as Signature Version 4 has it, and pages are followed.
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { Lagging } from '../testkit/lagging.js';
import { describeStore, getFrom, itComesToRest, LAG_MS, listOf, putTo } from './contract.js';

const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
const KEY = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret/key' };
const PAGE = 7;

interface Bucket {
  readonly origin: string;
  readonly files: Map<string, Buffer>;
  readonly lagging: Lagging;
  readonly requests: string[];
  /** A status in the place of an answer, or a listing. */
  fault: (url: URL) => number | string | undefined;
}

/** A server of one bucket, `b`, in memory; who does not sign rightly is not let in. Listings may be so old, ms. */
async function startBucket({ lagMs = 0 } = {}): Promise<Bucket> {
  const files = new Map<string, Buffer>();
  const lagging = new Lagging(files, lagMs);
  const bucket: Bucket = { origin: '', files, lagging, requests: [], fault: () => undefined };
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (more: Buffer) => parts.push(more));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://localhost');
      bucket.requests.push(`${request.method} ${url.pathname}`);
      lagging.tick();
      const fault = bucket.fault(url);
      if (!isSigned(request, url)) response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
      else if (typeof fault === 'number') response.writeHead(fault).end('<Error/>');
      else if (fault !== undefined) response.end(fault);
      else answer(bucket, { method: request.method ?? '', url, body: Buffer.concat(parts) }, response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(bucket, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** The signature made again, by the description of AWS. */
function isSigned({ method, headers }: http.IncomingMessage, url: URL): boolean {
  const [, scope = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\S+?), ?SignedHeaders=(\S+?), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const query = [...url.searchParams].map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  const signed = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const lines = [method, url.pathname, query.sort().join('&'), signed.join(''), names, headers['x-amz-content-sha256']];
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${KEY.AWS_SECRET_ACCESS_KEY}`);
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, digest].join('\n');
  return hmac(key, text).toString('hex') === signature;
}

function answer(
  { files, lagging }: Bucket,
  { method, url, body }: { readonly method: string; readonly url: URL; readonly body: Buffer },
  response: http.ServerResponse,
): void {
  const key = decodeURIComponent(url.pathname).replace(/^\/b\//, '');
  const held = files.get(key);
  if (method === 'PUT') {
    files.set(key, body);
    response.writeHead(200, { etag: etagOf(body) }).end();
  } else if (method === 'DELETE') {
    files.delete(key);
    response.writeHead(204).end();
  } else if (url.searchParams.get('list-type') === '2') response.end(pageOf(lagging.listed, url.searchParams));
  else response.writeHead(held ? 200 : 404).end(held ?? '<Error/>');
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function pageOf(files: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const after = query.get('continuation-token')?.slice('after+/='.length) ?? '';
  const keys = [...files.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after).sort();
  const page = keys.slice(0, PAGE);
  const contents = page.map((key) => {
    const bytes = files.get(key) ?? Buffer.alloc(0);
    const etag = etagOf(bytes).replaceAll('"', '&quot;');
    return `<Contents><Key>${key}</Key><ETag>${etag}</ETag><Size>${bytes.length}</Size></Contents>`;
  });
  const next = `<NextContinuationToken>after+/=${page.at(-1)}</NextContinuationToken>`;
  return listingOf(
    `<IsTruncated>${keys.length > PAGE}</IsTruncated>${contents.join('')}${keys.length > PAGE ? next : ''}`,
  );
}

function listingOf(inner: string): string {
  return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`;
}

function storeOf({ origin }: Bucket, env: NodeJS.ProcessEnv = KEY): Promise<DriveStore> {
  return openStore(`s3://b/to%20us/relay?endpoint=${origin}&region=eu-1`, { env, times: TIMES });
}

describeStore('a bucket', async () => storeOf(await startBucket()));

describe('a bucket', () => {
  itComesToRest(async () => storeOf(await startBucket({ lagMs: LAG_MS })), LAG_MS);

  it('shows what is below the prefix, on however many pages, each asked for once', async () => {
    const bucket = await startBucket();
    const store = await storeOf(bucket);
    for (const key of ['to us/relay-2/a', 'to us/a', 'z']) bucket.files.set(key, Buffer.from('x'));
    for (let i = 0; i < 2 * PAGE + 1; i++) await putTo(store, `${i}.satchel`, Buffer.from('x'));
    bucket.requests.length = 0;
    expect((await listOf(store)).size).toBe(2 * PAGE + 1);
    expect(bucket.requests).toEqual(['GET /b/', 'GET /b/', 'GET /b/']);
  });

  it('says what it calls what was put, as it lists it', async () => {
    const store = await storeOf(await startBucket());
    const put = await putTo(store, 'a.satchel', Buffer.from('x'));
    expect(put).toEqual({ tag: (await listOf(store)).get('a.satchel')?.tag });
  });

  it('lets in who signs with the right key, and nobody else', async () => {
    const bucket = await startBucket();
    const wrong = await storeOf(bucket, { ...KEY, AWS_SECRET_ACCESS_KEY: 'another' });
    const refused = expect.objectContaining({ code: 'denied', hint: expect.stringContaining('AWS_ACCESS_KEY_ID') });
    await expect(listOf(wrong)).rejects.toEqual(refused);
    const named = { HERE: 'machine 127.0.0.1 login AKIDEXAMPLE password secret/key' };
    const url = `s3://b?endpoint=${bucket.origin}`;
    const store = await openStore(url, { env: named, credentials: 'env:HERE', times: TIMES });
    expect([...(await listOf(store))]).toEqual([]);
    await expect(openStore(url, { env: { HERE: '' }, credentials: 'env:HERE' })).rejects.toEqual(refused);
  });

  it.each([
    [403, 'denied'],
    [404, 'drive-absent'],
    [410, 'drive-absent'],
    [429, 'unreachable'],
    [500, 'io'],
    [503, 'unreachable'],
    [507, 'no-space'],
  ])('that answers %i fails of %s', async (status, code) => {
    const bucket = await startBucket();
    bucket.fault = () => status;
    const store = await storeOf(bucket);
    await expect(listOf(store)).rejects.toMatchObject({ code });
    if (code === 'drive-absent') {
      expect(await getFrom(store, 'a.satchel')).toBeUndefined();
      await store.remove('a.satchel', new AbortController().signal);
    } else await expect(putTo(store, 'a.satchel', Buffer.from('x'))).rejects.toMatchObject({ code });
  });

  it.each([
    ['a page', '<html></html>'],
    ['no tag', listingOf('<Contents><Key>to us/relay/a</Key></Contents>')],
    ['an entity', `<!DOCTYPE x [<!ENTITY a "b">]>${listingOf('')}`],
    ['no end', listingOf('<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>')],
  ])('that lists %s is told to be broken', async (_, listing) => {
    const bucket = await startBucket();
    bucket.fault = () => listing;
    await expect(listOf(await storeOf(bucket))).rejects.toMatchObject({ code: 'io' });
  });

  it.each([
    's3:',
    's3://',
    's3://b?x=y',
    's3://b#x',
    's3://b?endpoint=http://example.org',
    's3://b?endpoint=https://a:b@h',
    's3://a:b@h',
    's3://b/50%/x',
  ])('is not at %s', async (url) => {
    await expect(openStore(url, { env: KEY })).rejects.toMatchObject({ code: 'usage' });
  });
});
