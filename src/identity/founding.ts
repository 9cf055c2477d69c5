// The record that founded a person and named its first device (spec/card.md, "Founding record").
import { createHash } from 'node:crypto';
import { DOMAINS, HASH_PREFIXES } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, type PersonId, readId } from '../format/ids.js';
import { publicKeyOf, sign, verifySignature } from '../format/signature/signature.js';

/** Bytes of a founding record: version, device key, signature. */
export const FOUNDING_BYTES = 97;

/** A person's first statement: this device is me. */
export interface Founding {
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** The record itself, 97 bytes. */
  readonly bytes: Buffer;
}

/** The founding record of the person whose first device has this secret seed; always the same for one seed. */
export function encodeFounding(deviceSeed: Uint8Array): Buffer {
  const statement = Buffer.concat([Buffer.from([VERSION]), publicKeyOf(deviceSeed)]);
  return Buffer.concat([statement, sign(deviceSeed, foundingMessage(statement))]);
}

/**
 * The founding record in these bytes, its signature verified.
 * @throws SatchelError `bad-card` when it is not one, or the device did not sign it
 */
export function decodeFounding(bytes: Uint8Array): Founding {
  if (bytes.length !== FOUNDING_BYTES) throw badFounding(`has ${bytes.length} bytes, expected ${FOUNDING_BYTES}`);
  if (bytes[0] !== VERSION) throw badFounding(`has version ${bytes[0]}, expected ${VERSION}`);
  const own = Buffer.from(bytes);
  const device = readId<DeviceKey>(own, 1);
  const message = foundingMessage(own.subarray(0, AT_SIGNATURE));
  if (!verifySignature(idBytes(device), message, own.subarray(AT_SIGNATURE))) {
    throw badFounding('is not signed by the device it names');
  }
  return { person: personOf(own), device, bytes: own };
}

/** The id of the person that a founding record founded. */
export function personOf(founding: Uint8Array): PersonId {
  return createHash('sha256').update(PERSON_PREFIX).update(founding).digest('hex') as PersonId;
}

function foundingMessage(statement: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.founding, 'latin1'), statement]);
}

function badFounding(problem: string): SatchelError {
  return new SatchelError('bad-card', `a card's founding record ${problem}`);
}

const VERSION = 1;
const AT_SIGNATURE = 33;
const PERSON_PREFIX = Buffer.from([HASH_PREFIXES.person]);
