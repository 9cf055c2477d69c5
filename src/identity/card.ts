// The signed record that introduces a person: founding record, device key, age recipient, name (spec/card.md).
import { DOMAINS } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, type PersonId } from '../format/ids.js';
import { recall } from '../format/lru.js';
import { ownBytes } from '../format/own-bytes.js';
import { publicKeyOf, sign, verifySignature } from '../format/signature/signature.js';
import { isTorsionFree } from '../format/signature/torsion.js';
import { foundingAuthority } from './authority.js';
import { type Binding, type Bound, decodeBinding, encodeBinding, kindOf } from './binding.js';
import {
  AT_FOUNDING,
  bindingSizeBytes,
  cardNameBytes,
  cardRecipientBytes,
  cardSizeBytes,
  KIND,
  kindAt,
  NAME,
  NAME_LENGTH,
  RECIPIENT,
  RECIPIENT_BYTES,
  SIGNATURE_BYTES,
  tailAt,
} from './card-layout.js';
import { decodeFounding, foundingSizeBytes, recoveryKeyOf } from './founding.js';
import { cardNameProblem } from './names.js';

export { cardFoundingBytes, cardNameBytes, cardRecipientBytes, cardSizeBytes } from './card-layout.js';

/** What a person says about itself, as signed by its device. */
export interface Card {
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** The founding record, 97 or 129 bytes. */
  readonly founding: Buffer;
  /** 0: the device is the one that founded the person; 1 and 3: a further one; 2: the one that the recovery words made speak. */
  readonly kind: number;
  /** How the device belongs to the person. */
  readonly binding: Binding;
  /** From 1; of one device's cards the one with the highest serial counts. */
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
  /** Left out for the founding device in the first generation. */
  readonly binding?: Binding | undefined;
}

/**
 * The card of the device with this secret seed: version 1 for the founding device of a founding record of version 1, as every
 * program reads it, else version 2.
 * @throws RangeError when a field is none that a card may have
 */
export function encodeCard(fields: CardFields, deviceSeed: Uint8Array): Buffer {
  assertFields(fields);
  const { founding, serial, recipient } = fields;
  const device = publicKeyOf(deviceSeed).toString('hex') as DeviceKey;
  const binding = fields.binding ?? foundingAuthority({ device });
  const kind = kindOf(binding);
  const name = Buffer.from(fields.name);
  const fixed = Buffer.alloc(NAME);
  fixed.writeUInt32BE(serial);
  recipient.copy(fixed, RECIPIENT);
  fixed[NAME_LENGTH] = name.length;
  const version = Buffer.of(founding[0] === 1 && kind === KIND.founding ? 1 : 2);
  const bound = encodeBinding({ device, binding });
  const statement = Buffer.concat([version, founding, Buffer.of(kind), bound, fixed, name]);
  return Buffer.concat([statement, sign(deviceSeed, cardMessage(statement))]);
}

/**
 * The card in these bytes, all its signatures verified. Before a card is accepted, {@link verifyCard} is to be asked
 * too. The value shares no memory with `bytes`.
 * @throws SatchelError `bad-card` with what is wrong
 */
export function decodeCard(bytes: Uint8Array): Card {
  // Thousands of introductions carry the same few cards, and two signatures each time would be most of their cost.
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return recall(recent, key, RECENT_MAX, () => readCard(ownBytes(bytes)));
}

/**
 * Whether a decoded card's keys, those of the device, of its authority and of the recovery words, are ones that may be
 * accepted: of prime order, so that one secret has one key.
 */
export function verifyCard({ device, binding, founding }: Card): boolean {
  const recovery = recoveryKeyOf(founding);
  const devices = [...new Set([device, binding.authority])].map(idBytes);
  return [...devices, ...(recovery ? [recovery] : [])].every(isTorsionFree);
}

function readCard(bytes: Buffer): Card {
  const { kind, tail } = assertStructure(bytes);
  const nameEnd = bytes.length - SIGNATURE_BYTES;
  const name = readName(cardNameBytes(bytes));
  const { device, binding, person, founding } = readDevice(bytes, kind, tail);
  const message = cardMessage(bytes.subarray(0, nameEnd));
  if (!verifySignature(idBytes(device), message, bytes.subarray(nameEnd))) {
    throw badCard('is not signed by its device');
  }
  const serial = bytes.readUInt32BE(tail);
  return { person, device, founding, kind, binding, serial, recipient: cardRecipientBytes(bytes), name, bytes };
}

/** Whose card it is, and of which device; every signature but the card's own is verified. */
function readDevice(bytes: Buffer, kind: number, tail: number): Bound & Pick<Card, 'person' | 'founding'> {
  const at = kindAt(bytes) ?? 0;
  const record = bytes.subarray(AT_FOUNDING, at);
  const founding = decodeFounding(record);
  const bound = decodeBinding(founding, kind, bytes.subarray(at + 1, tail));
  return { ...bound, person: founding.person, founding: record };
}

/** The kind of a card whose parts have their lengths, and where its serial stands. */
function assertStructure(bytes: Buffer): { readonly kind: number; readonly tail: number } {
  const [version] = bytes;
  if (version !== 1 && version !== 2) throw badCard(`has version ${version}, expected 1 or 2`);
  const at = kindAt(bytes);
  if (at === undefined || (version === 1 && bytes[AT_FOUNDING] !== 1)) {
    throw badCard(`has a founding record of version ${bytes[AT_FOUNDING]}, expected ${version === 1 ? 1 : '1 or 2'}`);
  }
  const kind = bytes[at] ?? KIND.founding;
  if (bindingSizeBytes(kind) === undefined || (version === 1 && kind !== KIND.founding)) {
    throw badCard(`has the unknown kind ${kind}`);
  }
  const expected = cardSizeBytes(bytes);
  const tail = tailAt(bytes);
  if (tail === undefined || expected !== bytes.length) {
    throw badCard(`has ${bytes.length} bytes, expected ${expected ?? 'more'}`);
  }
  if (bytes.readUInt32BE(tail) === 0) throw badCard('has serial 0');
  return { kind, tail };
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

/** Good cards by their bytes; bounded, because strangers decide how many there are. */
const recent = new Map<string, Card>();
const RECENT_MAX = 1_024;
