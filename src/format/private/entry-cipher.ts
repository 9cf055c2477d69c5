// What an entry of a veiled log says, sealed for its place in its log (spec/veiled.md, "Sealed entries"). Whoever has the
// secret opens it; that something does not open is no error, and says nothing.
import { type Cbor, decodeCbor, encodeCbor } from '../cbor/cbor.js';
import { HKDF_INFOS } from '../domains.js';
import { idBytes, type LogId } from '../ids.js';
import { VEILED_PLAIN_MAX } from '../limits.js';
import { padme } from '../padme.js';
import { type SIV_KINDS, SIV_TAG, type SivKeys, type SivPlace, sivKeys, sivOpen, sivSeal } from './siv.js';

/** Where a sealed entry stands: what it is, under which of its log's epochs, and its seq. */
export type EntryPlace = SivPlace & { readonly kind: Exclude<SivPlace['kind'], typeof SIV_KINDS.link> };

/** Bytes before the item: its length. */
const LENGTH_BYTES = 2;
/** Short ones are padded to a multiple of this ... */
const STEP = 32;
/** ... up to here. */
const STEPS_END = 512;

/** Whether something sealed may have so many bytes, `plainMax` of them beside its tag at most. */
export function isSealedEntrySize(bytes: number, plainMax = VEILED_PLAIN_MAX): boolean {
  return bytes >= SIV_TAG + STEP && bytes <= SIV_TAG + plainMax;
}

/** The keys that one secret of 32 bytes gives for the entries of one log. */
export function entryKeys(secret: Uint8Array, log: LogId): SivKeys {
  return sivKeys(secret, Buffer.concat([INFO, idBytes(log)]));
}

/**
 * The item sealed for that place.
 * @throws Error when it is longer than an entry may be: whoever writes has measured before
 */
export function sealEntry(keys: SivKeys, place: EntryPlace, item: Cbor): Buffer {
  const cbor = encodeCbor(item);
  const plain = Buffer.alloc(paddedEntrySize(cbor.length));
  if (plain.length > VEILED_PLAIN_MAX) throw new Error(`${cbor.length} bytes are too many for an entry`);
  plain.writeUInt16BE(cbor.length);
  cbor.copy(plain, LENGTH_BYTES);
  return sivSeal(keys, place, plain);
}

/** Bytes that an item of so many takes before it is sealed: its length, and what hides how long it is. */
export function paddedEntrySize(itemBytes: number): number {
  const size = LENGTH_BYTES + itemBytes;
  return size <= STEPS_END ? Math.ceil(size / STEP) * STEP : padme(size);
}

/** The item that was sealed with these keys for that place; undefined when none was. */
export function openEntry(keys: SivKeys, place: EntryPlace, sealed: Uint8Array): Cbor | undefined {
  if (!isSealedEntrySize(sealed.length)) return undefined;
  const plain = sivOpen(keys, place, sealed);
  const end = plain && LENGTH_BYTES + plain.readUInt16BE();
  if (!plain || end === undefined || end > plain.length) return undefined;
  return plain.subarray(end).every((byte) => byte === 0) ? decodeCbor(plain.subarray(LENGTH_BYTES, end)) : undefined;
}

const INFO = Buffer.from(HKDF_INFOS.entry, 'latin1');
