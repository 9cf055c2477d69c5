// A stand-in for a kubo node: its RPC API as far as a drive needs it, as the reference describes it
// (https://docs.ipfs.tech/reference/kubo/rpc/), and its gateway (https://specs.ipfs.tech/http-gateways/path-gateway/), in memory.
// It can be told to fail.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256 } from './wire.js';

/** How it answers a request instead; undefined: as it should. */
export type KuboFault = (command: string, response: http.ServerResponse) => true | undefined;

/** The stand-in. */
export interface KuboServer {
  /** Of the API, and of the gateway. */
  readonly api: string;
  readonly gateway: string;
  /** Its files (MFS), by path. */
  readonly files: Map<string, Buffer>;
  /** What each name of IPNS led to, the latest last, as files by their names. */
  readonly published: Map<string, ReadonlyMap<string, Buffer>[]>;
  /** What the API was asked. */
  readonly requests: string[];
  fault: KuboFault;
  close(): void;
}

/** Starts one, on loopback. */
export async function startKubo(): Promise<KuboServer> {
  const node = new Node();
  const api = http.createServer((request, response) => void node.answer(request, response));
  const gateway = http.createServer((request, response) => node.show(request, response));
  const [apiOrigin, gatewayOrigin] = await Promise.all([listening(api), listening(gateway)]);
  return Object.assign(node, {
    api: apiOrigin,
    gateway: gatewayOrigin,
    close() {
      for (const server of [api, gateway]) {
        server.close();
        server.closeAllConnections();
      }
    },
  });
}

async function listening(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Said = string | Buffer | object;

class Node {
  readonly files = new Map<string, Buffer>();
  readonly published = new Map<string, Map<string, Buffer>[]>();
  readonly requests: string[] = [];
  readonly #added = new Map<string, Buffer>();
  readonly #keys = new Map<string, string>();
  readonly #roots = new Map<string, Map<string, Buffer>>();
  fault: KuboFault = () => undefined;

  async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://kubo');
    const command = url.pathname.replace('/api/v0/', '');
    this.requests.push(command);
    const parts: Buffer[] = [];
    try {
      for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    } catch {
      return;
    }
    if (this.fault(command, response)) return;
    if (request.method !== 'POST') return void response.writeHead(405).end('405 - Method Not Allowed');
    const work = COMMANDS[command];
    if (!work) return void response.writeHead(404).end('404 page not found');
    try {
      const said = work(this, url.searchParams, formFile(Buffer.concat(parts), request.headers['content-type'] ?? ''));
      response.end(typeof said === 'string' || Buffer.isBuffer(said) ? said : `${JSON.stringify(said)}\n`);
    } catch (error) {
      const failed = { Message: (error as Error).message, Code: 0, Type: 'error' };
      response.writeHead(500, { 'content-type': 'application/json' }).end(`${JSON.stringify(failed)}\n`);
    }
  }

  /** What the gateway shows: /ipns/NAME/FILE. */
  show({ url = '' }: http.IncomingMessage, response: http.ServerResponse): void {
    const [, name = '', file = ''] = /^\/ipns\/([^/]+)\/(.+)$/.exec(url) ?? [];
    const bytes = this.published.get(name)?.at(-1)?.get(file);
    response.writeHead(bytes ? 200 : 404).end(bytes ?? 'no link named');
  }

  added(bytes: Buffer): string {
    const cid = cidOf(bytes);
    this.#added.set(cid, bytes);
    return cid;
  }

  at(path: string): Buffer {
    const bytes = path.startsWith('/ipfs/') ? this.#added.get(path.slice('/ipfs/'.length)) : this.files.get(path);
    if (!bytes) throw new Error(path.startsWith('/ipfs/') ? 'block was not found locally' : 'file does not exist');
    return bytes;
  }

  below(folder: string): [string, Buffer][] {
    const found = [...this.files].filter(([path]) => path.startsWith(`${folder}/`));
    if (found.length === 0) throw new Error('file does not exist');
    return found.map(([path, bytes]) => [path.slice(folder.length + 1), bytes]);
  }

  root(folder: string): string {
    const files = new Map(this.below(folder));
    const cid = cidOf(Buffer.from(JSON.stringify([...files].map(([name, bytes]) => [name, cidOf(bytes)]).sort())));
    this.#roots.set(cid, files);
    return cid;
  }

  key(name: string): string | undefined {
    return this.#keys.get(name);
  }

  keys(): object[] {
    return [...this.#keys].map(([Name, Id]) => ({ Name, Id }));
  }

  makeKey(name: string): string {
    if (this.#keys.has(name)) throw new Error(`key with name '${name}' already exists`);
    const id = `k51qzi5uqu5d${sha256(Buffer.from(name)).toString('hex').slice(0, 50)}`;
    this.#keys.set(name, id);
    return id;
  }

  publish(path: string, key: string): object {
    const id = this.#keys.get(key);
    if (id === undefined) throw new Error('no key by the given name or PeerID was found');
    const files = this.#roots.get(path.replace('/ipfs/', ''));
    if (!files) throw new Error(`could not resolve ${path}`);
    this.published.set(id, [...(this.published.get(id) ?? []), files]);
    return { Name: id, Value: path };
  }
}

type Command = (node: Node, params: URLSearchParams, file: Buffer) => Said;

const COMMANDS: Readonly<Record<string, Command>> = {
  add: (node, params, file) => {
    const Hash = node.added(file);
    return { Name: 'file', Hash, Size: `${file.length}`, Pinned: params.get('pin') };
  },
  'files/ls': (node, params) => {
    const entries = new Map<string, object>();
    for (const [path, bytes] of node.below(params.get('arg') ?? '')) {
      const [name = '', inside] = path.split('/');
      const isFile = inside === undefined;
      const [Type, Size, Hash] = isFile ? [0, bytes.length, cidOf(bytes)] : [1, 0, cidOf(Buffer.from(name))];
      // without long only the names are told
      entries.set(
        name,
        params.get('long') === 'true' ? { Name: name, Type, Size, Hash } : { Name: name, Type: 0, Size: 0, Hash: '' },
      );
    }
    return { Entries: [...entries.values()] };
  },
  'files/read': (node, params) => node.at(params.get('arg') ?? ''),
  'files/cp': (node, params) => {
    const [from = '', to = ''] = params.getAll('arg');
    if (node.files.has(to))
      throw new Error(`cp: cannot put node in path ${to}: directory already has entry by that name`);
    node.files.set(to, node.at(from));
    return '';
  },
  'files/mv': (node, params) => {
    const [from = '', to = ''] = params.getAll('arg');
    node.files.set(to, node.at(from));
    node.files.delete(from);
    return '';
  },
  'files/rm': (node, params) => {
    const path = params.get('arg') ?? '';
    node.at(path);
    node.files.delete(path);
    return '';
  },
  'files/stat': (node, params) => ({ Hash: node.root(params.get('arg') ?? ''), Type: 'directory' }),
  'key/list': (node) => ({ Keys: node.keys() }),
  'key/gen': (node, params) => {
    const name = params.get('arg') ?? '';
    return { Name: name, Id: node.makeKey(name) };
  },
  'name/publish': (node, params) => node.publish(params.get('arg') ?? '', params.get('key') ?? 'self'),
};

/** What the one part of a form holds. */
function formFile(body: Buffer, type: string): Buffer {
  const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(type) ?? [];
  if (boundary === undefined) return Buffer.alloc(0);
  const begin = body.indexOf('\r\n\r\n') + 4;
  return body.subarray(begin, body.lastIndexOf(`\r\n--${boundary}--`));
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** CIDv1, raw, sha2-256, in base32 (https://github.com/multiformats/cid). */
function cidOf(bytes: Buffer): string {
  const all = Buffer.concat([Buffer.of(0x01, 0x55, 0x12, 0x20), sha256(bytes)]);
  const bits = [...all].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{1,5}/g) ?? [];
  return `b${digits.map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')}`;
}
