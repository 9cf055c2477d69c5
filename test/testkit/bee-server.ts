// A stand-in for a bee node: its API as far as a drive needs it, as the reference describes it (https://docs.ethswarm.org/api/), in
// memory. It takes an update of a feed only with the signature of its owner, and can be told to fail.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { chunkOf } from '../../helpers/swarm/chunk.js';

/** How it answers a request instead; undefined: as it should. */
export type BeeFault = (path: string, response: http.ServerResponse) => true | undefined;

/** The stand-in; it is its own gateway. */
export interface BeeServer {
  readonly api: string;
  /** The postage batches it has. */
  stamps: { readonly batchID: string; readonly usable: boolean; readonly batchTTL: number }[];
  /** What was asked, as METHOD and the first part of the path. */
  readonly requests: string[];
  /** What it keeps for us. */
  readonly pins: Set<string>;
  /** Gateways show what feeds led to so many updates ago. */
  behind: number;
  fault: BeeFault;
  close(): void;
}

/** Id of its batch. */
export const BATCH = 'ab'.repeat(32);

/** Starts one, on loopback. */
export async function startBee(): Promise<BeeServer> {
  const node = new Node();
  const server = http.createServer((request, response) => void node.answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return Object.assign(node, {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  });
}

interface Asked {
  readonly node: Node;
  readonly words: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A status, and what is said: JSON, or bytes, with headers. */
type Said = readonly [number, object | Buffer, Record<string, string>?];

class Node {
  stamps = [{ batchID: BATCH, usable: true, batchTTL: 1_000 }];
  readonly requests: string[] = [];
  readonly pins = new Set<string>();
  behind = 0;
  readonly bytes = new Map<string, Buffer>();
  readonly folders = new Map<string, ReadonlyMap<string, Buffer>>();
  /** Payloads of single-owner chunks, by owner and id. */
  readonly owned = new Map<string, Buffer>();
  /** Of feeds: owner and topic, by reference. */
  readonly manifests = new Map<string, readonly [string, string]>();
  fault: BeeFault = () => undefined;

  async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://bee');
    const words = url.pathname.split('/').filter((word) => word !== '');
    this.requests.push(`${request.method} ${words[0]}`);
    const parts: Buffer[] = [];
    try {
      for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    } catch {
      return;
    }
    if (this.fault(url.pathname, response)) return;
    const asked = { node: this, words, query: url.searchParams, headers: request.headers, body: Buffer.concat(parts) };
    const work = REQUESTS[`${request.method} ${words[0]}`];
    const unpaid = request.method === 'POST' ? whyUnpaid(this, request.headers) : undefined;
    const [status, said, headers = {}] = unpaid ?? work?.(asked) ?? failed(404, 'Not Found');
    if (Buffer.isBuffer(said)) response.writeHead(status, headers).end(said);
    else response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(said));
  }

  /** The latest update of a feed, and its number. */
  latest(owner: string, topic: string, behind = 0): { readonly reference: string; readonly index: bigint } | undefined {
    let count = 0n;
    while (this.owned.has(`${owner}/${idOf(topic, count)}`)) count++;
    const index = count - 1n - BigInt(behind);
    const payload = this.owned.get(`${owner}/${idOf(topic, index)}`);
    // moment (8 bytes) and reference
    return payload && { reference: payload.subarray(8).toString('hex'), index };
  }
}

const REQUESTS: Readonly<Record<string, (asked: Asked) => Said>> = {
  'GET stamps': ({ node }) => [200, { stamps: node.stamps }],
  'POST bytes': ({ node, body, headers }) => {
    const reference = (body.length > 4_096 ? keccak(body) : chunkOf(body).address).toString('hex');
    node.bytes.set(reference, body);
    if (headers['swarm-pin'] === 'true') node.pins.add(reference);
    return [201, { reference }];
  },
  'GET bytes': ({ node, words: [, reference = ''] }) => {
    const bytes = node.bytes.get(reference);
    return bytes ? [200, bytes] : failed(404, 'not found');
  },
  'DELETE pins': ({ node, words: [, reference = ''] }) =>
    node.pins.delete(reference) ? [200, { code: 200, message: 'OK' }] : failed(404, 'Not Found'),
  'POST bzz': ({ node, body, headers }) => {
    if (headers['content-type'] !== 'application/x-tar' || headers['swarm-collection'] !== 'true')
      return failed(400, 'could not extract dir info from request');
    const reference = keccak(body).toString('hex');
    node.folders.set(reference, filesOf(body));
    return [201, { reference }];
  },
  'GET bzz': ({ node, words: [, manifest = '', ...path] }) => {
    const [owner = '', topic = ''] = node.manifests.get(manifest) ?? [];
    const { reference = '' } = node.latest(owner, topic, node.behind) ?? {};
    const bytes = node.folders.get(reference)?.get(path.join('/'));
    return bytes ? [200, bytes] : failed(404, 'path address not found');
  },
  'POST soc': ({ node, words: [, owner = '', id = ''], query, body }) => {
    const chunk = chunkOf(body.subarray(8));
    if (!chunk.bytes.equals(body)) return failed(400, 'chunk data error');
    if (signerOf(id, chunk.address, query.get('sig') ?? '') !== owner) return failed(401, 'invalid chunk');
    node.owned.set(`${owner}/${id}`, body.subarray(8));
    return [201, { reference: keccak(Buffer.from(id, 'hex'), Buffer.from(owner, 'hex')).toString('hex') }];
  },
  'GET feeds': ({ node, words: [, owner = '', topic = ''] }) => {
    const latest = node.latest(owner, topic);
    if (!latest) return failed(404, 'no update found');
    const bytes = node.bytes.get(latest.reference) ?? Buffer.from(`a folder ${latest.reference}`);
    const number = (index: bigint): string => index.toString(16).padStart(16, '0');
    return [
      200,
      bytes,
      { 'swarm-feed-index': number(latest.index), 'swarm-feed-index-next': number(latest.index + 1n) },
    ];
  },
  'POST feeds': ({ node, words: [, owner = '', topic = ''] }) => {
    const reference = keccak(Buffer.from(`${owner}/${topic}`)).toString('hex');
    node.manifests.set(reference, [owner, topic]);
    return [201, { reference }];
  },
};

function failed(code: number, message: string): Said {
  return [code, { code, message }];
}

function whyUnpaid({ stamps }: Node, headers: http.IncomingHttpHeaders): Said | undefined {
  const id = headers['swarm-postage-batch-id'];
  if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id)) return failed(400, 'invalid header params');
  const stamp = stamps.find(({ batchID }) => batchID === id);
  if (!stamp) return failed(404, 'batch with id not found');
  return stamp.usable ? undefined : failed(422, 'batch not usable yet or does not exist');
}

function keccak(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.from(keccak_256(Buffer.concat(parts)));
}

function idOf(topic: string, index: bigint): string {
  const number = Buffer.alloc(8);
  if (index >= 0n) number.writeBigUInt64BE(index);
  return keccak(Buffer.from(topic, 'hex'), number).toString('hex');
}

/** Whose signature this is: an address of Ethereum. */
function signerOf(id: string, address: Uint8Array, signature: string): string {
  const bytes = Buffer.from(signature, 'hex');
  const prefix = Buffer.from('\x19Ethereum Signed Message:\n32');
  const digest = keccak(prefix, keccak(Buffer.from(id, 'hex'), address));
  try {
    const recovered = Buffer.concat([Buffer.of((bytes[64] ?? 0) - 27), bytes.subarray(0, 64)]);
    const key = secp256k1.Signature.fromBytes(recovered, 'recovered').recoverPublicKey(digest).toBytes(false);
    return keccak(key.subarray(1)).subarray(12).toString('hex');
  } catch {
    return 'nobody';
  }
}

/** The files in a tar file. */
function filesOf(tar: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number): string =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    files.set(text(0, 100), tar.subarray(at + 512, at + 512 + size));
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
}
