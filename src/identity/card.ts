// The signed record that introduces a person: founding record, device key, age recipient, name (spec/card.md).
import { DOMAINS } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, type PersonId } from '../format/ids.js';
import { recall } from '../format/lru.js';
import { sign, verifySignature } from '../format/signature/signature.js';
import { isTorsionFree } from '../format/signature/torsion.js';
import { decodeFounding, FOUNDING_1_BYTES, foundingSizeBytes, recoveryKeyOf } from './founding.js';
import { cardNameProblem } from './names.js';

/** What a person says about itself, as signed by its device. */
export interface Card {
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** The founding record, 97 or 129 bytes. */
  readonly founding: Buffer;
  /** 0: the device is the one that founded the person. */
  readonly kind: number;
  /** From 1; of one person's cards the one with the highest serial counts. */
  readonly serial: number;
  /** The X25519 key that age encrypts to, 32 bytes. */
  readonly recipient: Buffer;
  /** Self-chosen: anybody may call itself anything. */
  readonly name: string;
  /** The whole card. */
  readonly bytes: Buffer;
}

/** What a card says beyond its device's own key. */
export interface CardFields {
  readonly founding: Buffer;
  readonly serial: number;
  readonly recipient: Buffer;
  readonly name: string;
}

/**
 * The card of the person founded by the device with this secret seed: version 1 for a founding record of version 1, as every
 * program reads it, else version 2.
 * @throws RangeError when a field is none that a card may have
 */
export function encodeCard(fields: CardFields, deviceSeed: Uint8Array): Buffer {
  assertFields(fields);
  const { founding, serial, recipient } = fields;
  const name = Buffer.from(fields.name);
  const fixed = Buffer.alloc(NAME);
  fixed[0] = KIND_FOUNDING_DEVICE;
  fixed.writeUInt32BE(serial, SERIAL);
  recipient.copy(fixed, RECIPIENT);
  fixed[NAME_LENGTH] = name.length;
  const version = Buffer.of(founding[0] === 1 ? 1 : 2);
  const statement = Buffer.concat([version, founding, fixed, name]);
  return Buffer.concat([statement, sign(deviceSeed, cardMessage(statement))]);
}

/**
 * The card in these bytes, both its signatures verified. Before a card is accepted, {@link verifyCard} is to be asked
 * too. The value shares no memory with `bytes`.
 * @throws SatchelError `bad-card` with what is wrong
 */
export function decodeCard(bytes: Uint8Array): Card {
  // Thousands of introductions carry the same few cards, and two signatures each time would be most of their cost.
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return recall(recent, key, RECENT_MAX, () => readCard(Buffer.from(bytes)));
}

/**
 * Whether a decoded card's keys, that of the device and that of the recovery words, are ones that may be accepted: of prime
 * order, so that one secret has one key.
 */
export function verifyCard(card: Card): boolean {
  const recovery = recoveryKeyOf(card.founding);
  return isTorsionFree(idBytes(card.device)) && (recovery === undefined || isTorsionFree(recovery));
}

/** How many bytes the card has that begins with these, or undefined while they are too few to tell, or of no known version. */
export function cardSizeBytes(start: Uint8Array): number | undefined {
  const at = kindAt(start);
  const nameBytes = at === undefined ? undefined : start[at + NAME_LENGTH];
  return at === undefined || nameBytes === undefined ? undefined : at + NAME + nameBytes + SIGNATURE_BYTES;
}

/** The founding record in a card that is known to be good. */
export function cardFoundingBytes(bytes: Buffer): Buffer {
  return bytes.subarray(AT_FOUNDING, kindAt(bytes));
}

/** The bytes of the name in a card that is known to be good. */
export function cardNameBytes(bytes: Buffer): Buffer {
  return bytes.subarray((kindAt(bytes) ?? 0) + NAME, bytes.length - SIGNATURE_BYTES);
}

/** The bytes of the age recipient in a card that is known to be good. */
export function cardRecipientBytes(bytes: Buffer): Buffer {
  const at = kindAt(bytes) ?? 0;
  return bytes.subarray(at + RECIPIENT, at + NAME_LENGTH);
}

/** Where the kind stands, behind the founding record: in version 1 that is one of version 1 always. */
function kindAt(start: Uint8Array): number | undefined {
  if (start[0] === 1) return AT_FOUNDING + FOUNDING_1_BYTES;
  const size = start[0] === 2 ? foundingSizeBytes(start.subarray(AT_FOUNDING)) : undefined;
  return size === undefined ? undefined : AT_FOUNDING + size;
}

function readCard(bytes: Buffer): Card {
  const at = assertStructure(bytes);
  const nameEnd = bytes.length - SIGNATURE_BYTES;
  const name = readName(cardNameBytes(bytes));
  const founding = decodeFounding(bytes.subarray(AT_FOUNDING, at));
  const message = cardMessage(bytes.subarray(0, nameEnd));
  if (!verifySignature(idBytes(founding.device), message, bytes.subarray(nameEnd))) {
    throw badCard('is not signed by its device');
  }
  return {
    person: founding.person,
    device: founding.device,
    founding: founding.bytes,
    kind: KIND_FOUNDING_DEVICE,
    serial: bytes.readUInt32BE(at + SERIAL),
    recipient: cardRecipientBytes(bytes),
    name,
    bytes,
  };
}

/** Where the kind of a card stands whose parts have their lengths. */
function assertStructure(bytes: Buffer): number {
  const [version] = bytes;
  if (version !== 1 && version !== 2) throw badCard(`has version ${version}, expected 1 or 2`);
  const at = kindAt(bytes);
  if (at === undefined || (version === 1 && bytes[AT_FOUNDING] !== 1)) {
    throw badCard(`has a founding record of version ${bytes[AT_FOUNDING]}, expected ${version === 1 ? 1 : '1 or 2'}`);
  }
  const kind = bytes[at];
  // Cards of further devices have kinds of their own; until they are read nothing says which key had to sign them.
  if (kind !== undefined && kind !== KIND_FOUNDING_DEVICE) throw badCard(`has the unknown kind ${kind}`);
  const expected = cardSizeBytes(bytes);
  if (expected === undefined || expected !== bytes.length) {
    throw badCard(`has ${bytes.length} bytes, expected ${expected ?? 'more'}`);
  }
  if (bytes.readUInt32BE(at + SERIAL) === 0) throw badCard('has serial 0');
  return at;
}

function readName(bytes: Buffer): string {
  const name = bytes.toString('utf8');
  if (!Buffer.from(name).equals(bytes)) throw badCard('has a name that is not UTF-8');
  const problem = cardNameProblem(name);
  if (problem !== undefined) throw badCard(`has a name that ${problem}`);
  return name;
}

function assertFields(fields: CardFields): void {
  const { founding, recipient, serial, name } = fields;
  if (founding.length !== foundingSizeBytes(founding))
    throw new RangeError(`founding record of ${founding.length} bytes`);
  if (recipient.length !== RECIPIENT_BYTES) throw new RangeError(`recipient of ${recipient.length} bytes`);
  if (!Number.isInteger(serial) || serial < 1 || serial > CARD_SERIAL_MAX)
    throw new RangeError(`card serial ${serial}`);
  const problem = cardNameProblem(name);
  if (problem !== undefined) throw new RangeError(`the name ${problem}`);
}

function cardMessage(statement: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.card, 'latin1'), statement]);
}

function badCard(problem: string): SatchelError {
  return new SatchelError('bad-card', `a card ${problem}`);
}

/** The highest serial that a card can have. */
export const CARD_SERIAL_MAX = 2 ** 32 - 1;
const KIND_FOUNDING_DEVICE = 0;
const RECIPIENT_BYTES = 32;
const SIGNATURE_BYTES = 64;
const AT_FOUNDING = 1;
// Counted from the kind on.
const SERIAL = 1;
const RECIPIENT = SERIAL + 4;
const NAME_LENGTH = RECIPIENT + RECIPIENT_BYTES;
const NAME = NAME_LENGTH + 1;

/** Good cards by their bytes; bounded, because strangers decide how many there are. */
const recent = new Map<string, Card>();
const RECENT_MAX = 1_024;
