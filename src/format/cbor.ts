// Deterministic CBOR (RFC 8949 section 4.2.1): the sole owner of cborg (spec/README.md, "Conventions").
// Maps have small integer keys and come back as Map; byte strings as Buffer.
import { decode, encode } from 'cborg';
import { CBOR_DEPTH_MAX } from './limits.js';

/** What a CBOR item can be here: no floats, no tags, no undefined. */
export type Cbor = number | bigint | string | boolean | null | Uint8Array | readonly Cbor[] | ReadonlyMap<number, Cbor>;

/** The one encoding of the value: shortest forms, definite lengths, keys ascending. */
export function encodeCbor(value: Cbor): Buffer {
  return asBuffer(encode(value));
}

/** The value, or undefined when the bytes are anything but its one deterministic encoding. */
export function decodeCbor(bytes: Uint8Array): Cbor | undefined {
  try {
    const value: Cbor = decode(bytes, {
      strict: true,
      useMaps: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      rejectDuplicateMapKeys: true,
    });
    return isOurs(value) && encodeCbor(value).equals(bytes) ? value : undefined;
  } catch {
    // a payload that cannot be understood is unreadable, never a violation (spec/log.md, "Validity")
    return undefined;
  }
}

/** Whether all numbers are whole, all maps have whole numbers as keys, and nothing is nested too deep. */
function isOurs(value: unknown, depth = 0): value is Cbor {
  if (typeof value === 'number') return Number.isInteger(value);
  if (!Array.isArray(value) && !(value instanceof Map)) return true;
  // how deep a decoder gets must not depend on its stack
  if (depth === CBOR_DEPTH_MAX) return false;
  if (Array.isArray(value)) return value.every((item) => isOurs(item, depth + 1));
  for (const [key, item] of value) if (!Number.isSafeInteger(key) || !isOurs(item, depth + 1)) return false;
  return true;
}

/** The value as a map, or undefined. */
export function asMap(value: Cbor | undefined): ReadonlyMap<number, Cbor> | undefined {
  return value instanceof Map ? value : undefined;
}

/** The value as a list, or undefined. */
export function asList(value: Cbor | undefined): readonly Cbor[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The value as a safe integer of at least `least`, or undefined. */
export function asInteger(value: Cbor | undefined, least = 0): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : undefined;
}

/** The value as text, or undefined. */
export function asText(value: Cbor | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value as bytes, of exactly `size` when given, or undefined. */
export function asBytes(value: Cbor | undefined, size?: number): Buffer | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  return size === undefined || value.length === size ? asBuffer(value) : undefined;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
