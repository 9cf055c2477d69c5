// Where what stands in a card (spec/card.md, "Card"): behind the founding record the kind, what binds the device to the
// person, and the fields that every kind has.
import { FOUNDING_1_BYTES, foundingSizeBytes } from './founding.js';

/** The kinds of cards, by how the device is bound to the person. */
export const KIND = { founding: 0, further: 1, authority: 2, furtherLater: 3 } as const;

/** Bytes between the kind and the serial, by kind. */
const BINDING_BYTES: readonly (number | undefined)[] = [0, 98, 98, 194];

/** How many bytes bind a device in a card of this kind; undefined for a kind that is not known. */
export function bindingSizeBytes(kind: number): number | undefined {
  return BINDING_BYTES[kind];
}

/** Where the kind stands, behind the founding record: in version 1 that is one of version 1 always. */
export function kindAt(start: Uint8Array): number | undefined {
  if (start[0] === 1) return AT_FOUNDING + FOUNDING_1_BYTES;
  const size = start[0] === 2 ? foundingSizeBytes(start.subarray(AT_FOUNDING)) : undefined;
  return size === undefined ? undefined : AT_FOUNDING + size;
}

/** Where the serial stands; undefined while there are too few bytes to tell, or for a kind that is not known. */
export function tailAt(start: Uint8Array): number | undefined {
  const at = kindAt(start);
  const size = at === undefined ? undefined : bindingSizeBytes(start[at] ?? -1);
  return at === undefined || size === undefined ? undefined : at + 1 + size;
}

/** How many bytes the card has that begins with these, or undefined while they are too few to tell, or of no known version. */
export function cardSizeBytes(start: Uint8Array): number | undefined {
  const at = tailAt(start);
  const nameBytes = at === undefined ? undefined : start[at + NAME_LENGTH];
  return at === undefined || nameBytes === undefined ? undefined : at + NAME + nameBytes + SIGNATURE_BYTES;
}

/** The founding record in a card that is known to be good. */
export function cardFoundingBytes(bytes: Buffer): Buffer {
  return bytes.subarray(AT_FOUNDING, kindAt(bytes));
}

/** The generation in which a card that is known to be good binds its device. */
export function cardGeneration(bytes: Buffer): number {
  const at = kindAt(bytes) ?? 0;
  const kind = bytes[at];
  if (kind === KIND.authority) return bytes.readUInt16BE(at + 1);
  return kind === KIND.furtherLater ? bytes.readUInt16BE(at + 1 + DEVICE_KEY_BYTES) : 1;
}

/** The serial of a card that is known to be good. */
export function cardSerial(bytes: Buffer): number {
  return bytes.readUInt32BE(tailAt(bytes) ?? 0);
}

/** The bytes of the name in a card that is known to be good. */
export function cardNameBytes(bytes: Buffer): Buffer {
  return bytes.subarray((tailAt(bytes) ?? 0) + NAME, bytes.length - SIGNATURE_BYTES);
}

/** The bytes of the age recipient in a card that is known to be good. */
export function cardRecipientBytes(bytes: Buffer): Buffer {
  const at = tailAt(bytes) ?? 0;
  return bytes.subarray(at + RECIPIENT, at + NAME_LENGTH);
}

const DEVICE_KEY_BYTES = 32;

/** Where the founding record stands. */
export const AT_FOUNDING = 1;
export const RECIPIENT_BYTES = 32;
export const SIGNATURE_BYTES = 64;
// Counted from the serial on.
export const RECIPIENT = 4;
export const NAME_LENGTH = RECIPIENT + RECIPIENT_BYTES;
export const NAME = NAME_LENGTH + 1;
