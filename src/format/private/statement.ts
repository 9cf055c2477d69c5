// A statement about who takes part in a private topic, as its device signs it (spec/private.md, "Statements"). What stands in
// its card, and whether it counts, is judged elsewhere.
import { asBytes, asInteger, asList, asMap, type Cbor, decodeCbor, encodeCbor, hasCriticalKey } from '../cbor/cbor.js';
import { DOMAINS, HASH_PREFIXES } from '../domains.js';
import { SatchelError } from '../error.js';
import { type DeviceKey, idBytes, type StatementId, type TopicId } from '../ids.js';
import { STATEMENT_MAX, STATEMENT_PREV_MAX } from '../limits.js';
import { sha256 } from '../platform.js';
import { sign, verifySignature } from '../signature/signature.js';
import { ascendingIds, readIdItem } from './ascending.js';
import { encodeFields, type KnownBody, readBody, type StatementBody } from './statement-body.js';

/** What a statement says. */
export interface StatementContent<Body = StatementBody> {
  readonly topic: TopicId;
  /** The author's card. */
  readonly card: Buffer;
  /** What it cites, ascending: all that its author held and nothing else cited. */
  readonly prev: readonly StatementId[];
  /** By the author's clock, in milliseconds; shown, and nothing depends on it. */
  readonly timeMs: number;
  readonly body: Body;
}

/**
 * The bytes of a statement, to be signed by the device on its card; what is listed may be given in any order.
 * @throws SatchelError `over-limit` when there is more in it than a statement may have
 */
export function encodeStatement(content: StatementContent<KnownBody>): Buffer {
  const { topic, card, prev, timeMs, body } = content;
  const { kind, fields } = encodeFields(body);
  const bytes = encodeCbor(
    new Map<number, Cbor>([
      [KEY.topic, idBytes(topic)],
      [KEY.card, card],
      [KEY.prev, [...prev].sort().map(idBytes)],
      [KEY.time, timeMs],
      [KEY.kind, kind],
      [KEY.fields, fields],
    ]),
  );
  if (decodeStatement(bytes)) return bytes;
  throw new SatchelError('over-limit', `the statement of ${bytes.length} bytes has more in it than one may have`);
}

/** What the bytes say; undefined when they are no statement, which is ignored then. */
export function decodeStatement(bytes: Uint8Array): StatementContent | undefined {
  const map = bytes.length <= STATEMENT_MAX ? asMap(decodeCbor(bytes)) : undefined;
  const topic = readIdItem<TopicId>(map?.get(KEY.topic));
  const card = asBytes(map?.get(KEY.card));
  const prev = ascendingIds<StatementId>(asList(map?.get(KEY.prev)), STATEMENT_PREV_MAX);
  const timeMs = asInteger(map?.get(KEY.time));
  const kind = asInteger(map?.get(KEY.kind));
  if (!map || topic === undefined || !card || !prev || timeMs === undefined || kind === undefined) return undefined;
  const body = readBody(kind, map.get(KEY.fields), { isNewer: hasCriticalKey(map) });
  return body && { topic, card, prev, timeMs, body };
}

/** The id by which other statements cite it; the signature has no part in it. */
export function statementId(bytes: Uint8Array): StatementId {
  return sha256(Buffer.concat([PREFIX, bytes])) as StatementId;
}

/** The signature of the device with this seed. */
export function signStatement(bytes: Uint8Array, deviceSeed: Uint8Array): Buffer {
  return sign(deviceSeed, statementMessage(bytes));
}

/** Whether the device signed these bytes as a statement. */
export function verifyStatement(bytes: Uint8Array, device: DeviceKey, signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && verifySignature(idBytes(device), statementMessage(bytes), signature);
}

function statementMessage(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.statement, 'latin1'), bytes]);
}

const KEY = { topic: 1, card: 2, prev: 3, time: 4, kind: 5, fields: 6 } as const;
const SIGNATURE_BYTES = 64;
const PREFIX = Buffer.of(HASH_PREFIXES.statement);
