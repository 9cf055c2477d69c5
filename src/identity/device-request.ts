// What a device that waits asks for: to become one of a person's (spec/devices.md, "Request").
import { DOMAINS } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, readId } from '../format/ids.js';
import { DEVICE_LABEL_MAX } from '../format/limits.js';
import { publicKeyOf, sign, verifySignature } from '../format/signature/signature.js';
import { cardNameProblem } from './names.js';
import { pastedBytes } from './pasted-bytes.js';

/** What a request's text begins with. */
export const REQUEST_PREFIX = 'satchelrequest1:';

/** A request that its device signed. */
export interface DeviceRequest {
  readonly device: DeviceKey;
  /** The X25519 key to which the welcome is sealed, 32 bytes. */
  readonly recipient: Buffer;
  /** What the device is to be called. */
  readonly label: string;
  readonly bytes: Buffer;
}

/** The request of the device with this seed. */
export function createRequest(
  deviceSeed: Uint8Array,
  { recipient, label }: { recipient: Buffer; label: string },
): Buffer {
  const text = Buffer.from(label);
  const statement = Buffer.concat([
    Buffer.of(VERSION),
    publicKeyOf(deviceSeed),
    recipient,
    Buffer.of(text.length),
    text,
  ]);
  return Buffer.concat([statement, sign(deviceSeed, requestMessage(statement))]);
}

/**
 * The request in these bytes, its signature verified.
 * @throws SatchelError `bad-request` when it is none
 */
export function decodeRequest(bytes: Uint8Array): DeviceRequest {
  const own = Buffer.from(bytes);
  if (own.length > 0 && own[0] !== VERSION) throw badRequest(`has version ${own[0]}, expected ${VERSION}`);
  const expected = LABEL + (own[LABEL_LENGTH] ?? 0) + SIGNATURE_BYTES;
  if (own.length !== expected) throw badRequest(`has ${own.length} bytes, expected ${expected}`);
  const device = readId<DeviceKey>(own, DEVICE);
  const statement = own.subarray(0, -SIGNATURE_BYTES);
  const label = labelIn(statement.subarray(LABEL));
  if (!verifySignature(idBytes(device), requestMessage(statement), own.subarray(statement.length))) {
    throw badRequest('is not signed by its device');
  }
  return { device, recipient: own.subarray(RECIPIENT, LABEL_LENGTH), label, bytes: own };
}

/** The request as one line. */
export function formatRequest(bytes: Buffer): string {
  return REQUEST_PREFIX + bytes.toString('base64url');
}

/**
 * The one request in a text.
 * @throws SatchelError `bad-request` when there is none, or it is damaged
 */
export function parseRequest(text: string): DeviceRequest {
  const pasted = pastedBytes(text, REQUEST_PREFIX);
  if (!pasted) {
    const hint = `a request is the text that begins with "${REQUEST_PREFIX}"`;
    throw new SatchelError('bad-request', 'no request found', { hint });
  }
  // one request, one text
  if (!pasted.isWhole) throw badRequest('ends in a letter that none ends in');
  return decodeRequest(pasted.bytes);
}

function labelIn(bytes: Buffer): string {
  const label = bytes.toString('utf8');
  if (!Buffer.from(label).equals(bytes)) throw badRequest('has a label that is not UTF-8');
  const problem = cardNameProblem(label, DEVICE_LABEL_MAX);
  if (problem !== undefined) throw badRequest(`has a label that ${problem}`);
  return label;
}

function requestMessage(statement: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.request, 'latin1'), statement]);
}

function badRequest(problem: string): SatchelError {
  const hint = 'have "satchel device request" make it again on the new device';
  return new SatchelError('bad-request', `the request ${problem}`, { hint });
}

const VERSION = 1;
const DEVICE = 1;
const RECIPIENT = 33;
const LABEL_LENGTH = 65;
const LABEL = 66;
const SIGNATURE_BYTES = 64;
