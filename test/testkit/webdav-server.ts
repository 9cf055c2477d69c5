// A WebDAV server of a few lines, in memory, which can be told to fail: what one has to answer for a drive, and what it may.
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Shown } from './certificates.js';
import { Lagging } from './lagging.js';
import { sha256 } from './wire.js';

/** How it answers a request instead; undefined: as it should. */
export type Fault = (
  request: { readonly method: string; readonly name: string; readonly headers: http.IncomingHttpHeaders },
  response: http.ServerResponse,
) => true | undefined;

/** A server while the test lasts. */
export interface WebdavServer {
  /** Without a path. */
  readonly origin: string;
  /** Below `/dav/`, by their names. */
  readonly files: Map<string, Buffer>;
  /** What was asked, as METHOD NAME. */
  readonly requests: string[];
  fault: Fault;
}

/** How one is started. */
export interface WebdavOptions {
  /** How old listings are, ms. */
  readonly lagMs?: number;
  /** What it shows of itself, for TLS. */
  readonly shown?: Shown;
}

/** Starts one, with the folder `/dav/` and nothing in it. */
export async function startWebdav({ lagMs = 0, shown }: WebdavOptions = {}): Promise<WebdavServer> {
  const files = new Map<string, Buffer>();
  const lagging = new Lagging(files, lagMs);
  const folders = new Set(['']);
  const requests: string[] = [];
  const answer: http.RequestListener = (request, response) => {
    const parts: Buffer[] = [];
    const { method = '', url = '', headers } = request;
    const name = decodeURIComponent(url).replace(/^\/dav\/?/, '');
    requests.push(`${method} ${name}`);
    lagging.tick();
    request.on('data', (more: Buffer) => parts.push(more));
    request.on('end', () => {
      if (started.fault({ method, name, headers }, response)) return;
      const body = Buffer.concat(parts);
      const [status, answered] = url.startsWith('/dav/')
        ? answerTo({ method, name, headers, body }, { files, folders, lagging })
        : ([404, ''] as const);
      if (!response.headersSent) response.writeHead(status).end(answered);
    });
  };
  const server = shown ? https.createServer(shown, answer) : http.createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const started: WebdavServer = {
    origin: `http${shown ? 's' : ''}://127.0.0.1:${port}`,
    files,
    requests,
    fault: () => undefined,
  };
  return started;
}

interface Asked {
  readonly method: string;
  readonly name: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Held {
  readonly files: Map<string, Buffer>;
  readonly folders: Set<string>;
  readonly lagging: Lagging;
}

function answerTo(
  { method, name, headers, body }: Asked,
  { files, folders, lagging }: Held,
): readonly [number, string | Buffer] {
  const held = files.get(name);
  const parent = /^(.*)\//.exec(name)?.[1] ?? '';
  if (method === 'PROPFIND') return propfind(name.replace(/\/$/, ''), lagging.listed, folders);
  if (method === 'GET') return held ? [200, held] : [404, 'no'];
  if (method === 'MKCOL') return makeFolder(name.replace(/\/$/, ''), folders);
  if (method === 'DELETE') return files.delete(name) ? [204, ''] : [404, 'no'];
  if (method === 'PUT') {
    if (!folders.has(parent)) return [409, 'no folder'];
    if (held && headers['if-none-match'] === '*') return [412, 'is there'];
    files.set(name, body);
    return [201, 'made'];
  }
  if (method !== 'MOVE') return [405, ''];
  const to = decodeURIComponent(new URL(`${headers['destination']}`).pathname).replace(/^\/dav\//, '');
  if (!held) return [404, 'no'];
  if (files.has(to) && headers['overwrite'] === 'F') return [412, 'is there'];
  files.delete(name);
  files.set(to, held);
  return [201, 'moved'];
}

function makeFolder(name: string, folders: Set<string>): readonly [number, string] {
  if (folders.has(name)) return [405, 'is there'];
  folders.add(name);
  return [201, 'made'];
}

function propfind(folder: string, files: ReadonlyMap<string, Buffer>, folders: Set<string>): readonly [number, string] {
  if (!folders.has(folder)) return [404, 'no'];
  const below = folder === '' ? '' : `${folder}/`;
  const inside = (name: string): boolean => name.startsWith(below) && !name.slice(below.length).includes('/');
  const within = [...folders].filter((name) => name !== '' && name !== folder && inside(name));
  const responses = [
    responseOf(below, FOLDER),
    ...within.map((name) => responseOf(`${name}/`, FOLDER)),
    ...[...files].filter(([name]) => inside(name)).map(([name, bytes]) => responseOf(name, propertiesOf(bytes))),
  ];
  return [207, multistatusOf(responses.join(''))];
}

/** The document around responses. */
export function multistatusOf(responses: string): string {
  return `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">${responses}</D:multistatus>`;
}

const FOLDER = '<D:resourcetype><D:collection/></D:resourcetype>';

function propertiesOf(bytes: Buffer): string {
  const etag = `"${sha256(bytes).toString('hex').slice(0, 20)}"`;
  return `<D:resourcetype/><D:getcontentlength>${bytes.length}</D:getcontentlength><D:getetag>${etag}</D:getetag>`;
}

/** What is told of one thing; one property it has not, as servers tell it. */
export function responseOf(name: string, properties: string): string {
  return (
    `<D:response><D:href>/dav/${encodeURI(name)}</D:href><D:propstat><D:prop>${properties}</D:prop>` +
    '<D:status>HTTP/1.1 200 OK</D:status></D:propstat><D:propstat><D:prop><D:getlastmodified/></D:prop>' +
    '<D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>'
  );
}
