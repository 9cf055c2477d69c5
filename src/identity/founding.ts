// The record that founded a person and named its first device (spec/card.md, "Founding record").
import { createHash } from 'node:crypto';
import { DOMAINS, HASH_PREFIXES } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, type PersonId, readId } from '../format/ids.js';
import { publicKeyOf, sign, verifySignature } from '../format/signature/signature.js';

/** Bytes of a founding record of version 1: version, device key, signature. */
export const FOUNDING_1_BYTES = 97;

/** A person's first statement: this device is me. */
export interface Founding {
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** The record itself, 97 or 129 bytes. */
  readonly bytes: Buffer;
}

/** The founding record of the person whose first device has this secret seed, and whose words give this recovery key. */
export function encodeFounding(deviceSeed: Uint8Array, recoveryKey: Uint8Array): Buffer {
  if (recoveryKey.length !== KEY_BYTES) throw new RangeError(`recovery key of ${recoveryKey.length} bytes`);
  const statement = Buffer.concat([Buffer.of(2), publicKeyOf(deviceSeed), recoveryKey]);
  return Buffer.concat([statement, sign(deviceSeed, foundingMessage(statement))]);
}

/**
 * The founding record in these bytes, its signature verified.
 * @throws SatchelError `bad-card` when it is not one, or the device did not sign it
 */
export function decodeFounding(bytes: Uint8Array): Founding {
  const expected = foundingSizeBytes(bytes);
  if (expected === undefined) throw badFounding(`has version ${bytes[0]}, expected 1 or 2`);
  if (bytes.length !== expected) throw badFounding(`has ${bytes.length} bytes, expected ${expected}`);
  const own = Buffer.from(bytes);
  const device = readId<DeviceKey>(own, 1);
  const statement = own.subarray(0, -SIGNATURE_BYTES);
  if (!verifySignature(idBytes(device), foundingMessage(statement), own.subarray(statement.length))) {
    throw badFounding('is not signed by the device it names');
  }
  return { person: personOf(own), device, bytes: own };
}

/** How many bytes the founding record has that begins with these; undefined for a version that is not known. */
export function foundingSizeBytes(start: Uint8Array): number | undefined {
  if (start[0] === 1) return FOUNDING_1_BYTES;
  return start[0] === 2 ? AT_SIGNATURE_2 + SIGNATURE_BYTES : undefined;
}

/** The recovery key that a good founding record names; undefined for one of version 1, which has none. */
export function recoveryKeyOf(founding: Buffer): Buffer | undefined {
  return founding[0] === 1 ? undefined : founding.subarray(AT_SIGNATURE_1, AT_SIGNATURE_2);
}

/** The id of the person that a founding record founded. */
export function personOf(founding: Uint8Array): PersonId {
  return createHash('sha256').update(PERSON_PREFIX).update(founding).digest('hex') as PersonId;
}

function foundingMessage(statement: Uint8Array): Buffer {
  const domain = statement[0] === 1 ? DOMAINS.founding : DOMAINS.founding2;
  return Buffer.concat([Buffer.from(domain, 'latin1'), statement]);
}

function badFounding(problem: string): SatchelError {
  return new SatchelError('bad-card', `a card's founding record ${problem}`);
}

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const AT_SIGNATURE_1 = 33;
const AT_SIGNATURE_2 = 65;
const PERSON_PREFIX = Buffer.from([HASH_PREFIXES.person]);
