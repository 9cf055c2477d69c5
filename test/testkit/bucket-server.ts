// A bucket of S3 in a few lines, in memory, which can be told to fail: it signs what it is asked anew, and lets nobody else in.
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { Lagging } from './lagging.js';

/** Whom it lets in. */
export const KEY = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret/key' };
/** Files in a page of its listings. */
export const PAGE = 7;

/** A bucket while the test lasts. */
export interface Bucket {
  readonly origin: string;
  /** By their keys. */
  readonly files: Map<string, Buffer>;
  readonly lagging: Lagging;
  /** What was asked, as METHOD PATH. */
  readonly requests: string[];
  /** A status in the place of an answer, or a listing. */
  fault: (url: URL) => number | string | undefined;
}

/** Starts a server of one bucket, `b`, with nothing in it. Listings may be so old, ms. */
export async function startBucket({ lagMs = 0 } = {}): Promise<Bucket> {
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

/** A listing with this in it. */
export function listingOf(inner: string): string {
  return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`;
}
