// Builds Ed25519 keys and signatures that no honest signer would make: with points of small order added to the key or
// to R, in encodings of choice, and with the message searched until the equation does what a vector wants to show.
// Deterministic, on noble's point arithmetic alone: nothing here comes from the code under test.
import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';

/** The order of the prime subgroup. */
export const L = Point.CURVE().n;

/** The prime of the field. */
export const P = Point.CURVE().p;

/** What a forged signature consists of. */
export interface Forged {
  readonly key: Buffer;
  readonly message: Buffer;
  readonly signature: Buffer;
}

/** The challenge of a forged signature modulo 8, as OpenSSL reduces it (modulo L first) and not reduced at all. */
export interface Challenge {
  readonly reduced: number;
  readonly unreduced: number;
}

/** How a signature is to be wrong; what is left out is as an honest signer does it. */
export interface Recipe {
  /** Seeds key, nonce and message. */
  readonly label: string;
  /** The key's secret scalar: 0 leaves a key of small order. */
  readonly secret?: bigint;
  /** R's secret scalar: 0 leaves an R of small order. */
  readonly nonce?: bigint;
  /** Which multiple of the point of order 8 is added to the key. */
  readonly keyTorsion?: number;
  /** Which multiple of the point of order 8 is added to R. */
  readonly nonceTorsion?: number;
  /** Bytes to stand for the key and for R in place of their canonical encoding. */
  readonly keyEncoding?: Buffer;
  readonly nonceEncoding?: Buffer;
  /** Messages are tried until this holds. */
  readonly until?: (challenge: Challenge, signature: Buffer) => boolean;
}

/** The first signature that fits the recipe. */
export function forge(recipe: Recipe): Forged {
  const secret = recipe.secret ?? scalarOf(`${recipe.label} key`);
  const nonce = recipe.nonce ?? scalarOf(`${recipe.label} nonce`);
  const key = recipe.keyEncoding ?? encodePoint(multiple(secret, recipe.keyTorsion));
  const r = recipe.nonceEncoding ?? encodePoint(multiple(nonce, recipe.nonceTorsion));
  for (let attempt = 0; ; attempt++) {
    const message = Buffer.from(`${recipe.label} ${attempt}`);
    const h = readScalar(sha512(r, key, message));
    const signature = Buffer.concat([r, writeScalar((nonce + (h % L) * secret) % L)]);
    const challenge = { reduced: Number((h % L) % 8n), unreduced: Number(h % 8n) };
    if (recipe.until?.(challenge, signature) ?? true) return { key, message, signature };
  }
}

/** An RFC 8032 signature; a `context` other than empty goes before both hashes, as Ed25519ctx and Ed25519ph put it. */
export function signHonestly(seed: Buffer, message: Buffer, context: Buffer = Buffer.alloc(0)): Forged {
  const expanded = sha512(seed);
  const secret = readScalar(clamp(expanded.subarray(0, 32)));
  const key = encodePoint(multiple(secret % L));
  const nonce = readScalar(sha512(context, expanded.subarray(32), message)) % L;
  const r = encodePoint(multiple(nonce));
  const h = readScalar(sha512(context, r, key, message));
  return { key, message, signature: Buffer.concat([r, writeScalar((nonce + h * secret) % L)]) };
}

/** 32 bytes that follow from a label. */
export function seedOf(label: string): Buffer {
  return sha512(Buffer.from(label)).subarray(0, 32);
}

/** SHA-512 over the parts, back to back. */
export function sha512(...parts: readonly Uint8Array[]): Buffer {
  return createHash('sha512').update(Buffer.concat(parts)).digest();
}

/** The point `scalar` * B, plus `torsion` times the point of order 8. */
export function multiple(scalar: bigint, torsion = 0): Point {
  return Point.BASE.multiply(scalar, false).add(ORDER_8.multiply(BigInt(torsion), false));
}

/** The canonical encoding of a point. */
export function encodePoint(point: Point): Buffer {
  return Buffer.from(point.toBytes());
}

/** A number below 2^256 as 32 bytes, little-endian; not reduced. */
export function writeScalar(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}

/** Bytes, little-endian, as a number; not reduced. */
export function readScalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function scalarOf(label: string): bigint {
  return readScalar(sha512(Buffer.from(label))) % L;
}

function clamp(half: Buffer): Buffer {
  const clamped = Buffer.from(half);
  clamped[0] = (clamped[0] ?? 0) & 0xf8;
  clamped[31] = ((clamped[31] ?? 0) & 0x3f) | 0x40;
  return clamped;
}

/** Multiplying any point by L leaves its part of small order; the first y that leaves one of order 8 is taken. */
function findOrder8(): Point {
  for (let y = 2n; ; y++) {
    const point = pointAt(y);
    const torsion = point?.multiply(L - 1n, false).add(point);
    if (torsion?.multiply(4n, false).is0() === false) return torsion;
  }
}

function pointAt(y: bigint): Point | undefined {
  try {
    return Point.fromBytes(writeScalar(y));
  } catch {
    return undefined;
  }
}

const ORDER_8 = findOrder8();
