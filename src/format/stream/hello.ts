// What a stream begins with: who speaks, and in which epoch (spec/stream.md, "HELLO").
import { asBytes, asInteger, asMap, asText, type Cbor, decodeCbor, encodeCbor, hasCriticalKey } from '../cbor/cbor.js';
import { SatchelError } from '../error.js';
import { NOT_SATCHEL } from './frame.js';

/** The format this program speaks. */
const STREAM_FORMAT = 'satchel-stream/1';
/** Bytes of a nonce. */
export const NONCE_SIZE = 16;

/** Who speaks. */
export interface Hello {
  /** The card of the device, not looked into here. */
  readonly card: Buffer;
  /** 32 hex digits: the epoch of what it states. */
  readonly epoch: string;
  /** Under which its statements in this stream count, as that of a bundle. */
  readonly serial: number;
  /** What its clock says, ms. */
  readonly created: number;
  /** Made for this stream alone. */
  readonly nonce: Buffer;
}

const KEY = { format: 1, card: 2, epoch: 3, serial: 4, created: 5, nonce: 6 } as const;
const EPOCH_SIZE = 16;
const SERIAL_MAX = 2 ** 53 - 1;
const FORMAT_BEGIN = 'satchel-stream/';

/** The payload. */
export function encodeHello({ card, epoch, serial, created, nonce }: Hello): Buffer {
  const map: [number, Cbor][] = [
    [KEY.format, STREAM_FORMAT],
    [KEY.card, card],
    [KEY.epoch, Buffer.from(epoch, 'hex')],
    [KEY.serial, serial],
    [KEY.created, Math.max(0, Math.trunc(created))],
    [KEY.nonce, nonce],
  ];
  return encodeCbor(new Map(map));
}

/**
 * Who speaks; unknown keys from zero on are passed over.
 * @throws SatchelError `bad-stream`; `newer-version` for another version of the format, or a key below zero
 */
export function decodeHello(payload: Buffer): Hello {
  const map = asMap(decodeCbor(payload));
  if (!map) throw bad('is no map of CBOR');
  const format = asText(map.get(KEY.format));
  if (!format?.startsWith(FORMAT_BEGIN)) throw bad('does not begin a stream');
  if (format !== STREAM_FORMAT || hasCriticalKey(map)) {
    throw new SatchelError('newer-version', 'the other side speaks a version of streams that is unknown here', {
      hint: 'update satchel on this computer',
    });
  }
  const card = asBytes(map.get(KEY.card));
  const epoch = asBytes(map.get(KEY.epoch), EPOCH_SIZE)?.toString('hex');
  const serial = asInteger(map.get(KEY.serial), 1);
  const created = asInteger(map.get(KEY.created));
  const nonce = asBytes(map.get(KEY.nonce), NONCE_SIZE);
  if (!card || !epoch || !serial || serial > SERIAL_MAX || created === undefined || !nonce) throw bad('lacks a field');
  return { card, epoch, serial, created, nonce };
}

function bad(what: string): SatchelError {
  return new SatchelError('bad-stream', `what the other side begins with ${what}`, {
    hint: NOT_SATCHEL,
  });
}
