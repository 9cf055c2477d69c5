// What the payload of a topic log holds: one deterministic CBOR map (spec/message.md, "Messages").
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
} from '../../format/cbor/cbor.js';
import { SatchelError } from '../../format/error.js';
import { type EntryId, idBytes, type LogId, type PersonId, readId } from '../../format/ids.js';
import { DEPS_MAX, KEY_MAX, LENGTH_LIMIT, MENTIONS_MAX, PAYLOAD_MAX } from '../../format/limits.js';
import { type Attachment, attachmentItems, attachmentsOf, sealedAttachmentsOf } from './attachment.js';
import { CLOCK_KEY, startsWithClock, TIME_KEY } from './message-clock.js';
import { decodePlainText, encodePlainText } from './message-plain.js';
import { veiledLook } from './message-veiled.js';

/** The type of a message that says nothing about its type. */
export const TEXT = 'text';
/** The type of an acknowledgement. */
export const ACK = 'ack';
/** The type of a retraction; what it retracts stands in the entry's clear metadata. */
export const RETRACT = 'retract';
/** Bytes of salt in a message that expires. */
export const SALT_SIZE = 16;

const FIELD = {
  type: 3,
  body: 4,
  deps: 5,
  reply: 6,
  attachments: 7,
  salt: 8,
  key: 9,
  again: 14,
  edits: 15,
  reacts: 16,
  mentions: 17,
} as const;

/** An entry that the author had seen, by its id. */
export interface Dep {
  readonly log: LogId;
  readonly seq: number;
  readonly id: EntryId;
}

/** An entry that the author's own log commits to already: by what its earlier entry `by` cites, or by being part of it. */
export interface CoveredDep {
  readonly log: LogId;
  readonly seq: number;
  readonly by: number;
}

/** An entry that a message cites. */
export type Cited = Dep | CoveredDep;

/** A message as its author wrote it; every word of it may be a lie. */
export interface Message {
  /** Milliseconds since 1970 on the author's clock; negative before. */
  readonly time: number;
  /** Logical milliseconds, at least `time`. What is not in [0, 2^48) does not order. */
  readonly clock: number;
  readonly type: string;
  readonly body?: Cbor;
  /** At most 16. */
  readonly deps: readonly Cited[];
  /** Index in `deps` of the message this one replies to. */
  readonly reply?: number;
  /** At most 8. They count as far as the clear metadata names the same blobs. */
  readonly attachments?: readonly Attachment[];
  /** 16 bytes, so that the hash that stays behind when a message expires tells nothing. */
  readonly salt?: Buffer;
  /** A script's name for the message, at most 256 bytes: posted once. */
  readonly key?: string;
  /** The message of an older log that this one says again. It counts only in a log of the same person. */
  readonly again?: Dep;
  /** The message whose text this one replaces. It counts only in a log of the same person. */
  readonly edits?: Dep;
  /** The message that its author reacts to with the text of this one; without a text no longer. */
  readonly reacts?: Dep;
  /** Whom it speaks to, at most 16. */
  readonly mentions?: readonly PersonId[];
}

/** In what messages of open and of private topics differ. */
export interface MessageForm {
  /** Bytes that a salt may have. */
  readonly saltSizes: readonly number[];
  /** Whether there has to be one. */
  readonly isSalted: boolean;
  readonly attachmentsOf: (value: Cbor | undefined) => readonly Attachment[] | undefined;
}

const OPEN_FORM: MessageForm = { saltSizes: [SALT_SIZE], isSalted: false, attachmentsOf };
/** Of what was sealed, and is open: its salt is not with it any more. */
const OPENED_FORM: MessageForm = { ...OPEN_FORM, attachmentsOf: sealedAttachmentsOf };

/** A message whose optional fields may also be there without a value. */
type Said = { readonly [K in keyof Message]: Message[K] | (undefined extends Message[K] ? undefined : never) };

/**
 * The payload that says it; a clock behind the time can't be said, and becomes the time.
 * @throws SatchelError `too-large` when it does not fit into an entry
 */
export function encodeMessage(message: Said): Buffer {
  return Buffer.from(encodeInPlace(message));
}

/** The same where the next call puts its own: for who copies it at once. */
export function encodeInPlace(message: Said): Buffer {
  const { time, clock } = message;
  const ahead = Math.max(clock - time, 0);
  if (isPlain(message)) return withinLimit(encodePlainText(time, ahead, message.body));
  return withinLimit(encodeCbor(new Map([[TIME_KEY, time], [CLOCK_KEY, ahead], ...fieldItems(message)])));
}

/** All that a message says but its time and clock, by keys. */
export function fieldItems(message: Omit<Said, 'time' | 'clock'>): Map<number, Cbor> {
  const { type, body, deps, reply, attachments, salt, key, again, edits, reacts, mentions } = message;
  const map = new Map<number, Cbor>();
  if (type !== TEXT) map.set(FIELD.type, type);
  if (body !== undefined) map.set(FIELD.body, body);
  if (deps.length > 0) map.set(FIELD.deps, deps.map(depItem));
  if (reply !== undefined) map.set(FIELD.reply, reply);
  if (attachments) map.set(FIELD.attachments, attachmentItems(attachments));
  if (salt) map.set(FIELD.salt, salt);
  if (key !== undefined) map.set(FIELD.key, key);
  if (again) map.set(FIELD.again, depItem(again));
  if (edits) map.set(FIELD.edits, depItem(edits));
  if (reacts) map.set(FIELD.reacts, depItem(reacts));
  if (mentions?.length) map.set(FIELD.mentions, mentions.map(idBytes));
  return map;
}

/** Whether the message is a text and nothing else. */
function isPlain(message: Said): message is Said & { readonly body: string } {
  const { time, type, body, deps, reply, attachments, salt, key, again, edits, reacts, mentions } = message;
  if (type !== TEXT || typeof body !== 'string' || time < 0 || deps.length > 0) return false;
  if (edits || reacts || mentions?.length) return false;
  return reply === undefined && attachments === undefined && salt === undefined && key === undefined && !again;
}

/** The message, or undefined when the payload cannot be understood: then this one entry is unreadable, nothing else. */
export function decodeMessage(payload: Buffer): Message | undefined {
  return decodeIn(payload, OPEN_FORM);
}

/** The same of what was sealed in a payload, and was opened: its attachments are those of a private topic. */
export function decodeOpened(said: Buffer): Message | undefined {
  return decodeIn(said, OPENED_FORM);
}

function decodeIn(payload: Buffer, form: MessageForm): Message | undefined {
  const plain = decodePlainText(payload);
  if (plain) return { time: plain.time, clock: plain.time + plain.ahead, type: TEXT, deps: [], body: plain.text };
  const map = startsWithClock(payload) ? asMap(decodeCbor(payload)) : undefined;
  if (!map || hasCriticalKey(map) || veiledLook(payload)) return undefined;
  const time = asInteger(map.get(TIME_KEY), Number.MIN_SAFE_INTEGER);
  const ahead = asInteger(map.get(CLOCK_KEY));
  const fields = fieldsIn(map, form);
  if (time === undefined || ahead === undefined || !fields) return undefined;
  return { time, clock: time + ahead, ...fields };
}

/** All that a message says but its time and clock, out of a map without critical keys; undefined when it is none of that form. */
export function fieldsIn(
  map: ReadonlyMap<number, Cbor>,
  form: MessageForm,
): Omit<Message, 'time' | 'clock'> | undefined {
  const type = map.has(FIELD.type) ? asText(map.get(FIELD.type)) : TEXT;
  const deps = map.has(FIELD.deps) ? depsOf(map.get(FIELD.deps)) : [];
  const options = deps && optionsOf(map, deps.length, form);
  if (type === undefined || !deps || !options) return undefined;
  if (type === TEXT && map.has(FIELD.body) && asText(map.get(FIELD.body)) === undefined) return undefined;
  return { type, deps, ...options };
}

/** Whether a payload that is no message here would be one for a later version: it has a critical key that nobody here knows. */
export function isNewerMessage(payload: Buffer): boolean {
  const map = startsWithClock(payload) ? asMap(decodeCbor(payload)) : undefined;
  return map !== undefined && hasCriticalKey(map);
}

/** Whether the id of what is cited stands with it. */
export function hasId(cited: Cited): cited is Dep {
  return 'id' in cited;
}

/** The text of a message of type text, else undefined. */
export function textOf(message: Message): string | undefined {
  return message.type === TEXT ? asText(message.body) : undefined;
}

type Options = Omit<Message, 'time' | 'clock' | 'type' | 'deps'>;

/** The fields that may be absent; undefined when one is there in a form it must not have. */
function optionsOf(map: ReadonlyMap<number, Cbor>, depCount: number, form: MessageForm): Options | undefined {
  const body = map.get(FIELD.body);
  // in a form of a later version they are not there for us, and the text still is
  const attachments = form.attachmentsOf(map.get(FIELD.attachments));
  const reply = asInteger(map.get(FIELD.reply));
  const salt = asBytes(map.get(FIELD.salt));
  const key = asText(map.get(FIELD.key));
  const again = namedBy(map, FIELD.again);
  const edits = namedBy(map, FIELD.edits);
  const reacts = namedBy(map, FIELD.reacts);
  const mentions = map.has(FIELD.mentions) ? mentionsOf(map.get(FIELD.mentions)) : undefined;
  if (map.has(FIELD.reply) && (reply === undefined || reply >= depCount)) return undefined;
  if (map.has(FIELD.salt) ? !salt || !form.saltSizes.includes(salt.length) : form.isSalted) return undefined;
  if (map.has(FIELD.key) && (key === undefined || Buffer.byteLength(key) > KEY_MAX)) return undefined;
  return {
    ...(body !== undefined && { body }),
    ...(reply !== undefined && { reply }),
    ...(attachments && { attachments }),
    ...(salt && { salt }),
    ...(key !== undefined && { key }),
    ...(again && { again }),
    ...(edits && { edits }),
    ...(reacts && { reacts }),
    ...(mentions && { mentions }),
  };
}

/** In another form they are not there, and the text still is. */
function mentionsOf(item: Cbor | undefined): readonly PersonId[] | undefined {
  const items = asList(item) ?? [];
  const people = items.map((one) => asBytes(one, 32));
  if (people.length === 0 || people.length > MENTIONS_MAX) return undefined;
  return people.every((one) => one !== undefined) ? people.map((one) => readId<PersonId>(one as Buffer)) : undefined;
}

/** In another form it is not there, and the text still is. */
function namedBy(map: ReadonlyMap<number, Cbor>, field: number): Dep | undefined {
  const item = map.get(field);
  const cited = item === undefined ? undefined : depOf(item);
  return cited && hasId(cited) && cited.seq > 0 ? cited : undefined;
}

function depItem(cited: Cited): Cbor {
  return [idBytes(cited.log), cited.seq, hasId(cited) ? idBytes(cited.id) : cited.by];
}

function depsOf(value: Cbor | undefined): readonly Cited[] | undefined {
  const items = asList(value);
  if (!items || items.length > DEPS_MAX) return undefined;
  const deps = items.map(depOf);
  return deps.every((dep) => dep !== undefined) ? (deps as Cited[]) : undefined;
}

function depOf(item: Cbor): Cited | undefined {
  const fields = asList(item) ?? [];
  const log = asBytes(fields[0], 32);
  const seq = asSeq(fields[1]);
  const id = asBytes(fields[2], 32);
  const by = asSeq(fields[2]);
  if (fields.length !== 3 || !log || seq === undefined) return undefined;
  if (id) return { log: readId<LogId>(log), seq, id: readId<EntryId>(id) };
  return by === undefined ? undefined : { log: readId<LogId>(log), seq, by };
}

function asSeq(item: Cbor | undefined): number | undefined {
  const seq = asInteger(item);
  return seq !== undefined && seq < LENGTH_LIMIT ? seq : undefined;
}

function withinLimit(payload: Buffer): Buffer {
  if (payload.length <= PAYLOAD_MAX) return payload;
  throw new SatchelError('too-large', `message takes ${payload.length} bytes, an entry holds ${PAYLOAD_MAX}`, {
    hint: 'split the text into several messages',
  });
}
