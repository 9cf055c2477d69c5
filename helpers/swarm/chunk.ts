// Chunks of Swarm, and those that only the owner of a key can make (https://docs.ethswarm.org/docs/concepts/DISC/): as much of them
// as an update of a feed needs.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';

const PAYLOAD_MAX = 4_096;
const SEGMENT = 32;
const SPAN = 8;
const ADDRESS = 20;
/** What Ethereum puts in front of 32 bytes that are signed by people (EIP-191). */
const SIGNED_PREFIX = Buffer.from('\x19Ethereum Signed Message:\n32');
/** Added to the recovery number. */
const V = 27;

/** A chunk: how many bytes it stands for, and its payload. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly address: Buffer;
}

/** Keccak-256 of all parts. */
export function keccak(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.from(keccak_256(Buffer.concat(parts)));
}

/** The chunk of at most 4,096 bytes, whose address is made of its content. */
export function chunkOf(payload: Uint8Array): Chunk {
  if (payload.length > PAYLOAD_MAX) throw new Error(`a chunk has at most ${PAYLOAD_MAX} bytes`);
  const span = Buffer.alloc(SPAN);
  span.writeBigUInt64LE(BigInt(payload.length));
  return { bytes: Buffer.concat([span, payload]), address: keccak(span, rootOf(payload)) };
}

/** The root of a binary Merkle tree over 32 bytes each, of a payload that is filled up with zeros. */
function rootOf(payload: Uint8Array): Buffer {
  const full = Buffer.alloc(PAYLOAD_MAX);
  full.set(payload);
  let level = full;
  while (level.length > SEGMENT) {
    const pairs = Array.from({ length: level.length / (2 * SEGMENT) }, (_, i) =>
      keccak(level.subarray(2 * SEGMENT * i, 2 * SEGMENT * (i + 1))),
    );
    level = Buffer.concat(pairs);
  }
  return level;
}

/** The address of Ethereum that belongs to a secret key: who owns what is signed with it. */
export function ownerOf(key: Uint8Array): Buffer {
  return keccak(secp256k1.getPublicKey(key, false).subarray(1)).subarray(-ADDRESS);
}

/** The name of an update of a feed. */
export function updateId(topic: Uint8Array, index: bigint): Buffer {
  const number = Buffer.alloc(SPAN);
  number.writeBigUInt64BE(index);
  return keccak(topic, number);
}

/** What an update says: that from this moment on the feed leads to that reference. */
export function updatePayload(reference: string, atMs: number): Buffer {
  const seconds = Buffer.alloc(SPAN);
  seconds.writeBigUInt64BE(BigInt(Math.floor(atMs / 1_000)));
  return Buffer.concat([seconds, Buffer.from(reference, 'hex')]);
}

/** The signature by which a chunk belongs to the owner of the key, under this name: R, S and the recovery number. */
export function signChunk(key: Uint8Array, id: Uint8Array, { address }: Chunk): Buffer {
  const digest = keccak(SIGNED_PREFIX, keccak(id, address));
  const [recovery = 0, ...rest] = secp256k1.sign(digest, key, { prehash: false, format: 'recovered' });
  return Buffer.from([...rest, recovery + V]);
}
