// Entry 0 of every log: which topic and person the log belongs to (spec/log.md, "Introduction").
import {
  asBytes,
  asInteger,
  asList,
  asMap,
  asText,
  type Cbor,
  decodeCbor,
  encodeCbor,
  hasCriticalKey,
} from '../cbor/cbor.js';
import { DOMAINS } from '../domains.js';
import { type EntryId, idBytes, type LogId, type PersonId, readId, type StatementId, type TopicId } from '../ids.js';
import { LABEL_MAX, LENGTH_LIMIT, STATEMENT_PREV_MAX } from '../limits.js';
import { ascendingIds } from '../private/ascending.js';
import { isSealedEntrySize } from '../private/entry-cipher.js';
import { sign } from '../signature/signature.js';

const KEY_TOPIC = 1;
const KEY_LABEL = 2;
const KEY_CARD = 3;
const KEY_SIGNATURE = 4;
const KEY_AFTER = 5;
const KEY_HEADS = 6;
const KEY_VEILED = 12;
/** Keys that have a meaning elsewhere in veiled logs: beside a veiled introduction there is none of them. */
const KEY_VEILED_LAST = 13;
const SIGNATURE_BYTES = 64;

/** Where in an older log of the same person this one goes on. */
export interface Continuation {
  readonly log: LogId;
  /** The older log's length, at least 1. */
  readonly length: number;
  /** The id of its last entry. */
  readonly id: EntryId;
}

/** What an introduction says. Whose card it is and whether the device signed is not judged here. */
export interface Introduction {
  readonly topic: TopicId;
  /** What its author calls the topic. */
  readonly label: string;
  /** The author's card, as bytes. */
  readonly card: Buffer;
  /** The device's, over {@link introductionMessage}; 64 bytes. */
  readonly signature: Buffer;
  readonly after?: Continuation;
  /** In a private topic: statements that its author held, ascending. */
  readonly heads?: readonly StatementId[];
  /** It has a critical key that nobody here knows: nobody joins or posts by it. */
  readonly newer?: true;
}

/** What an author puts into an introduction. */
export interface IntroductionFields {
  readonly topic: TopicId;
  readonly label: string;
  /** The person that the card is of. */
  readonly person: PersonId;
  readonly card: Buffer;
  readonly after?: Continuation | undefined;
  /** In a private topic, and then it is to be sealed: statements that the author holds. */
  readonly heads?: readonly StatementId[] | undefined;
}

/** Whether a segment holds entry 0 and nothing else: before that entry is held an introduction is looked for only there. */
export function isIntroductionAlone({ first, count }: { readonly first: number; readonly count: number }): boolean {
  return first === 0 && count === 1;
}

/** The payload of the log's entry 0, signed by the device with this secret seed. */
export function encodeIntroduction(log: LogId, fields: IntroductionFields, deviceSeed: Uint8Array): Buffer {
  return encodeCbor(introductionItem(log, fields, deviceSeed));
}

/** The same as an item, to be sealed. */
export function introductionItem(log: LogId, fields: IntroductionFields, deviceSeed: Uint8Array): Cbor {
  const { topic, label, person, card, after, heads } = fields;
  const signature = sign(deviceSeed, introductionMessage(log, topic, person, after));
  const map = new Map<number, Cbor>([
    [KEY_TOPIC, idBytes(topic)],
    [KEY_LABEL, label],
    [KEY_CARD, card],
    [KEY_SIGNATURE, signature],
  ]);
  if (after) map.set(KEY_AFTER, [idBytes(after.log), after.length, idBytes(after.id)]);
  if (heads) map.set(KEY_HEADS, [...heads].sort().map(idBytes));
  return map;
}

/** The introduction in a payload, or undefined when it holds none; fields of later versions are passed over. */
export function decodeIntroduction(payload: Buffer): Introduction | undefined {
  return introductionIn(decodeCbor(payload));
}

/** The same of an item, as it lies sealed in a veiled log. */
export function introductionIn(item: Cbor | undefined): Introduction | undefined {
  const map = asMap(item);
  const topic = asBytes(map?.get(KEY_TOPIC), 32);
  const label = labelOf(map?.get(KEY_LABEL));
  const card = asBytes(map?.get(KEY_CARD));
  const signature = asBytes(map?.get(KEY_SIGNATURE), SIGNATURE_BYTES);
  if (!map || !topic || label === undefined || !card || !signature) return undefined;
  const newer = hasCriticalKey(map) && ({ newer: true } as const);
  const heads = ascendingIds<StatementId>(asList(map.get(KEY_HEADS)), STATEMENT_PREV_MAX);
  const introduction = { topic: readId<TopicId>(topic), label, card, signature, ...(heads && { heads }), ...newer };
  if (!map.has(KEY_AFTER)) return introduction;
  const after = continuationOf(map.get(KEY_AFTER));
  return after && { ...introduction, after };
}

/**
 * What is sealed in the payload of entry 0 of a veiled log, under the first of its epochs; undefined when it is none. Whether
 * there is anything in it only who has the key can tell (spec/veiled.md, "Introduction").
 */
export function sealedIntroductionIn(payload: Buffer): Buffer | undefined {
  if (!looksVeiled(payload)) return undefined;
  const map = asMap(decodeCbor(payload));
  const [n, sealed, ...rest] = asList(map?.get(KEY_VEILED)) ?? [];
  const bytes = asBytes(sealed);
  if (!map || map.has(KEY_VEILED_LAST) || n !== 0 || !bytes || rest.length > 0) return undefined;
  return isSealedEntrySize(bytes.length) ? bytes : undefined;
}

/** A small map that begins with that key: keys ascend, so that none of those of an open introduction is in it. */
function looksVeiled(payload: Buffer): boolean {
  const head = payload[0] ?? 0;
  return head > MAP_OF_NONE && head <= MAP_OF_23 && payload[1] === KEY_VEILED;
}

const MAP_OF_NONE = 0xa0;
const MAP_OF_23 = 0xb7;

/** The payload of entry 0 of a veiled log, whose introduction was sealed under the first of its epochs. */
export function encodeVeiledIntroduction(sealed: Uint8Array): Buffer {
  return encodeCbor(new Map<number, Cbor>([[KEY_VEILED, [0, sealed]]]));
}

/** The bytes that the author's device signs: that this log is the person's, in this topic, going on from there. */
export function introductionMessage(
  log: LogId,
  topic: TopicId,
  person: PersonId,
  after: Continuation | undefined,
): Buffer {
  const parts = [Buffer.from(DOMAINS.introduction, 'latin1'), idBytes(log), idBytes(topic), idBytes(person)];
  if (!after) return Buffer.concat([...parts, Buffer.from([0])]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(after.length));
  return Buffer.concat([...parts, Buffer.from([1]), idBytes(after.log), length, idBytes(after.id)]);
}

function labelOf(value: Cbor | undefined): string | undefined {
  const label = asText(value);
  return label !== undefined && Buffer.byteLength(label) <= LABEL_MAX ? label : undefined;
}

function continuationOf(value: Cbor | undefined): Continuation | undefined {
  const [first, second, third, ...rest] = asList(value) ?? [];
  const log = asBytes(first, 32);
  const length = asInteger(second, 1);
  const id = asBytes(third, 32);
  if (!log || length === undefined || length >= LENGTH_LIMIT || !id || rest.length > 0) return undefined;
  return { log: readId<LogId>(log), length, id: readId<EntryId>(id) };
}
