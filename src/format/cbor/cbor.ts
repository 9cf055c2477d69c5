// Deterministic CBOR (spec/README.md, "CBOR"; RFC 8949, section 4.2.1). Maps have integer keys and come back as Map; byte
// strings as Buffer.
import { readCbor } from './read.js';
import type { Cbor } from './value.js';
import { writeCbor } from './write.js';

export type { Cbor } from './value.js';

/** The one encoding of the value: shortest forms, definite lengths, keys ascending. */
export function encodeCbor(value: Cbor): Buffer {
  return writeCbor(value);
}

/**
 * The value, or undefined when the bytes are anything but its one deterministic encoding: a payload that cannot be
 * understood is unreadable, never a violation (spec/log.md, "Validity").
 */
export function decodeCbor(bytes: Uint8Array): Cbor | undefined {
  return readCbor(asBuffer(bytes));
}

/** The value as a map, or undefined. */
export function asMap(value: Cbor | undefined): ReadonlyMap<number, Cbor> | undefined {
  return value instanceof Map ? value : undefined;
}

/** Whether the map has a critical key, one below zero: they are for later versions, and nobody here knows one. */
export function hasCriticalKey(map: ReadonlyMap<number, Cbor>): boolean {
  for (const key of map.keys()) if (key < 0) return true;
  return false;
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
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
