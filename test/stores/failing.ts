// How a store behind a helper that speaks HTTP fails: one suite for all.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Place } from '../../helpers/web/answer.js';
import { SatchelError } from '../../src/format/error.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { getFrom, listOf, putTo } from './contract.js';

/** What is tested. */
export interface Failing {
  open(): Promise<DriveStore>;
  /** Has every request answered like this. */
  failWith(answer: (response: http.ServerResponse) => true): void;
  /** How the server says that there is no space. */
  full(response: http.ServerResponse): void;
}

const NO_END = new AbortController().signal;

/** The code with which a request failed. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SatchelError) return error.code;
  throw new Error(`did not fail as it should: ${error}`);
}

/** Runs the suite. */
export function itFailsInKnownWords({ open, failWith, full }: Failing): void {
  const answers: readonly [string, (response: http.ServerResponse) => void, string][] = [
    ['401', (response) => void response.writeHead(401).end(), 'denied'],
    ['403', (response) => void response.writeHead(403).end('403 - Forbidden'), 'denied'],
    ['429 for long', (response) => void response.writeHead(429, { 'retry-after': '600' }).end(), 'unreachable'],
    ['502', (response) => void response.writeHead(502).end('<html>'), 'unreachable'],
    ['507', (response) => void response.writeHead(507).end(), 'no-space'],
    ['that it is full', full, 'no-space'],
    ['400', (response) => void response.writeHead(400).end('{"message":"no"}'), 'io'],
    ['500 and rubbish', (response) => void response.writeHead(500).end('\u0000\u0001'), 'io'],
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://example.org/' }).end(), 'io'],
    ['nothing, and cuts the connection', (response) => void response.destroy(), 'unreachable'],
  ];
  it.each(answers)('whose server answers %s fails of it', async (_, answer, code) => {
    failWith((response) => {
      answer(response);
      return true;
    });
    const store = await open();
    expect(await codeOf(listOf(store))).toBe(code);
    expect(await codeOf(getFrom(store, 'a.satchel'))).toBe(code);
    expect(await codeOf(putTo(store, 'a.satchel', Buffer.alloc(2 ** 17)))).toBe(code);
    expect(await codeOf(store.remove('a.satchel', NO_END))).toBe(code);
  });

  it('whose server stops in the middle of a file gives none', async () => {
    failWith((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('x'.repeat(500), () => response.destroy());
      return true;
    });
    expect(await codeOf(getFrom(await open(), 'a.satchel'))).toBe('unreachable');
  });

  it('whose server never ends a listing is stopped, and little of it is kept', async () => {
    const before = process.memoryUsage().rss;
    failWith((response) => {
      const piece = Buffer.alloc(2 ** 20, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
      return true;
    });
    expect(await codeOf(listOf(await open()))).toBe('io');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });
}

const LARGE = 2 ** 27;

/** A file is passed on as it comes, and none of it is kept: `answer` is what the server says to what was put. */
export function itKeepsNothing(open: (api: string) => Place, answer: (path: string) => object): void {
  it('passes a large file on in either direction, and keeps none of it', async () => {
    const piece = Buffer.alloc(2 ** 20, 'x');
    let taken = 0;
    const server = http.createServer((request, response) => {
      request.on('data', (bytes: Buffer) => {
        taken += bytes.length;
      });
      request.on('end', () => void answerTo(request.url ?? '', response));
    });
    const answerTo = async (url: string, response: http.ServerResponse): Promise<void> => {
      if (!/files\/read|^\/bytes\/./.test(url)) {
        response.setHeader('swarm-feed-index-next', '0000000000000001');
        response.end(answerText(answer(url)));
        return;
      }
      for (let sent = 0; sent < LARGE; sent += piece.length) if (!response.write(piece)) await once(response, 'drain');
      response.end();
    };
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const place = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const before = process.memoryUsage().rss;
    let got = 0;
    await place.get('a.satchel', async (bytes) => {
      got += bytes.length;
    });
    expect(got).toBe(LARGE);
    await place.put('a.satchel', repeated(piece, LARGE / piece.length));
    expect(taken).toBeGreaterThan(LARGE);
    expect(process.memoryUsage().rss - before).toBeLessThan(LARGE / 2);
  });
}

function answerText(said: object): string | Buffer {
  return Buffer.isBuffer(said) ? said : JSON.stringify(said);
}

async function* repeated(piece: Buffer, times: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < times; i++) yield piece;
}
