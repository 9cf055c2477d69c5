// The signed record that introduces a person: founding record, device key, age recipient, name (spec/card.md).
import { DOMAINS } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, type PersonId } from '../format/ids.js';
import { recall } from '../format/lru.js';
import { sign, verifySignature } from '../format/signature/signature.js';
import { isTorsionFree } from '../format/signature/torsion.js';
import { decodeFounding, FOUNDING_BYTES } from './founding.js';
import { cardNameProblem } from './names.js';

/** What a person says about itself, as signed by its device. */
export interface Card {
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** The founding record, 97 bytes. */
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
 * The card of the person founded by the device with this secret seed.
 * @throws RangeError when a field is none that a card may have
 */
export function encodeCard(fields: CardFields, deviceSeed: Uint8Array): Buffer {
  assertFields(fields);
  const name = Buffer.from(fields.name);
  const head = Buffer.alloc(AT_NAME);
  head[0] = VERSION;
  fields.founding.copy(head, AT_FOUNDING);
  head[AT_KIND] = KIND_FOUNDING_DEVICE;
  head.writeUInt32BE(fields.serial, AT_SERIAL);
  fields.recipient.copy(head, AT_RECIPIENT);
  head[AT_NAME_LENGTH] = name.length;
  const statement = Buffer.concat([head, name]);
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

/** Whether a decoded card's device key is one that may be accepted: of prime order, so that one secret has one key. */
export function verifyCard(card: Card): boolean {
  return isTorsionFree(idBytes(card.device));
}

/** How many bytes the card has that begins with these, or undefined while they are too few to tell. */
export function cardSizeBytes(start: Uint8Array): number | undefined {
  const nameBytes = start[AT_NAME_LENGTH];
  return nameBytes === undefined ? undefined : AT_NAME + nameBytes + SIGNATURE_BYTES;
}

/** The bytes of the name in a card that is known to be good. */
export function cardNameBytes(bytes: Buffer): Buffer {
  return bytes.subarray(AT_NAME, bytes.length - SIGNATURE_BYTES);
}

/** The bytes of the age recipient in a card that is known to be good. */
export function cardRecipientBytes(bytes: Buffer): Buffer {
  return bytes.subarray(AT_RECIPIENT, AT_NAME_LENGTH);
}

function readCard(bytes: Buffer): Card {
  assertStructure(bytes);
  const nameEnd = bytes.length - SIGNATURE_BYTES;
  const name = readName(cardNameBytes(bytes));
  const founding = decodeFounding(bytes.subarray(AT_FOUNDING, AT_KIND));
  const message = cardMessage(bytes.subarray(0, nameEnd));
  if (!verifySignature(idBytes(founding.device), message, bytes.subarray(nameEnd))) {
    throw badCard('is not signed by its device');
  }
  return {
    person: founding.person,
    device: founding.device,
    founding: founding.bytes,
    kind: KIND_FOUNDING_DEVICE,
    serial: bytes.readUInt32BE(AT_SERIAL),
    recipient: cardRecipientBytes(bytes),
    name,
    bytes,
  };
}

function assertStructure(bytes: Buffer): void {
  if (bytes[0] !== VERSION) throw badCard(`has version ${bytes[0]}, expected ${VERSION}`);
  const expected = cardSizeBytes(bytes);
  if (expected === undefined || expected !== bytes.length) {
    throw badCard(`has ${bytes.length} bytes, expected ${expected ?? 'more'}`);
  }
  // Cards of later devices will have kinds of their own; until then nothing says which key would have to sign them.
  if (bytes[AT_KIND] !== KIND_FOUNDING_DEVICE) throw badCard(`has the unknown kind ${bytes[AT_KIND]}`);
  if (bytes.readUInt32BE(AT_SERIAL) === 0) throw badCard('has serial 0');
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
  if (founding.length !== FOUNDING_BYTES) throw new RangeError(`founding record of ${founding.length} bytes`);
  if (recipient.length !== RECIPIENT_BYTES) throw new RangeError(`recipient of ${recipient.length} bytes`);
  if (!Number.isInteger(serial) || serial < 1 || serial > SERIAL_MAX) throw new RangeError(`card serial ${serial}`);
  const problem = cardNameProblem(name);
  if (problem !== undefined) throw new RangeError(`the name ${problem}`);
}

function cardMessage(statement: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.card, 'latin1'), statement]);
}

function badCard(problem: string): SatchelError {
  return new SatchelError('bad-card', `a card ${problem}`);
}

const VERSION = 1;
const KIND_FOUNDING_DEVICE = 0;
const SERIAL_MAX = 2 ** 32 - 1;
const RECIPIENT_BYTES = 32;
const SIGNATURE_BYTES = 64;
const AT_FOUNDING = 1;
const AT_KIND = AT_FOUNDING + FOUNDING_BYTES;
const AT_SERIAL = AT_KIND + 1;
const AT_RECIPIENT = AT_SERIAL + 4;
const AT_NAME_LENGTH = AT_RECIPIENT + RECIPIENT_BYTES;
const AT_NAME = AT_NAME_LENGTH + 1;

/** Good cards by their bytes; bounded, because strangers decide how many there are. */
const recent = new Map<string, Card>();
const RECENT_MAX = 1_024;
