// Vectors of messages: what a payload says, and the clock that a reader takes from its first bytes whatever follows
// (spec/message.md, "Messages", "Clock").
import { ADA_LOG, BOB_LOG } from './cast.js';
import { type Compact, compact } from './compact.js';
import type { Vector } from './vector.js';
import { bytesOf, flip, join, sha256, u8, WIRE_TIME } from './wire.js';
import {
  CBOR_NULL,
  CBOR_TRUE,
  cborBytes,
  cborFloat,
  cborInt,
  cborList,
  cborMap,
  cborOpenMap,
  cborTag,
  cborText,
  type Pairs,
} from './wire-cbor.js';
import {
  attachmentItem,
  depItem,
  message,
  type WireAttachment,
  type WireDep,
  type WireMessage,
} from './wire-message.js';

/** A payload, its clock, and the message in it. */
export interface MessageVector extends Vector {
  readonly payload: Compact;
  /** Null when it is not readable. */
  readonly clock: number | null;
  /** Null when the payload can't be understood as a message. */
  readonly reads: MessageMeaning | null;
  /** It has a critical key: a later version is needed to read it. */
  readonly newer?: true;
}

/** What a message says. */
export interface MessageMeaning {
  readonly time: number;
  readonly clock: number;
  readonly type: string;
  /** The item's bytes. */
  readonly body?: Compact;
  readonly deps: readonly CitedMeaning[];
  readonly reply?: number;
  readonly attachments?: readonly AttachmentMeaning[];
  readonly salt?: string;
  readonly key?: string;
  readonly again?: CitedMeaning;
  readonly edits?: CitedMeaning;
  readonly reacts?: CitedMeaning;
  /** Ids of people. */
  readonly mentions?: readonly string[];
}

/** A cited entry: by its id, or by the seq of the earlier entry that commits to it. */
export type CitedMeaning = { readonly log: string; readonly seq: number } & (
  | { readonly id: string }
  | { readonly by: number }
);

/** One attachment as a message describes it. */
export interface AttachmentMeaning {
  readonly root: string;
  readonly size: number;
  /** Not `name`: that is what vectors are called. */
  readonly called: string;
  readonly mediaType: string;
}

/** A topic's name and the id that everyone finds who knows it. */
export interface TopicVector extends Vector {
  readonly topicName: string;
  readonly topic?: string;
  readonly code: 'ok' | 'usage';
}

/** Payloads of topic logs. */
export function messageVectors(): MessageVector[] {
  return [...saidVectors(), ...clockVectors(), ...formVectors(), ...fieldVectors(), ...attachmentVectors()];
}

/** Names of topics. */
export function topicVectors(): TopicVector[] {
  return [
    topicOf('plain', 'SHA-256 over 04 and the name', 'expedition'),
    topicOf('capital', 'another topic: the name counts byte for byte', 'Expedition'),
    topicOf('spaces', 'spaces count', ' expedition '),
    topicOf('composed', 'not normalised', 'caf\u00e9'),
    topicOf('decomposed', 'not normalised', 'cafe\u0301'),
    topicOf('longest', '64 bytes', 'x'.repeat(64)),
    badTopic('empty', 'no name', ''),
    badTopic('too-long', '65 bytes', `${'x'.repeat(63)}é`),
    badTopic('newline', 'a control character', 'a\nb'),
    badTopic('bidi', 'an override of direction', 'a\u202eb'),
    badTopic('surrogate', 'half of a pair', 'a\ud800'),
  ];
}

function saidVectors(): MessageVector[] {
  const salt = bytesOf(16, 0x5a);
  const body = cborMap([
    [1, cborInt(1)],
    [2, cborText('two')],
  ]);
  return [
    said('text', 'time, clock and a text: the shortest message there is', { body: 'Hello' }),
    said('nothing', 'a message need not say anything', {}),
    said('empty-text', 'an empty text', { body: '' }),
    said('clock-ahead', 'the clock is the time and its lead', { lead: 90_000, body: 'late' }),
    said('time-before-1970', 'a clock that was set to 1969, and a lead that makes up for it', {
      time: -86_400_000,
      lead: WIRE_TIME,
    }),
    said('typed', 'a type and a body of any shape', { type: 'poll', body }),
    said('dep', 'cites one entry', { body: 'Hi', deps: [DEP] }),
    said('deps-16', 'the most it can cite', {
      body: 'Hi',
      deps: Array.from({ length: 16 }, (_, seq) => [LOG, seq, sha256(u8(seq))]),
    }),
    said('reply', 'replies to the second', { body: 'Yes', deps: [DEP, OTHER_DEP], reply: 1 }),
    said('reply-covered', 'replies to the entry at seq 1 of a log of which its own entry 4 cites a later one', {
      body: 'Yes',
      deps: [[LOG, 1, 4]],
      reply: 0,
    }),
    said('reply-own', 'replies to the entry at seq 2 of its own log, if this is that log', {
      body: 'Yes',
      deps: [[LOG, 2, 2]],
      reply: 0,
    }),
    said('dep-covered-beside', 'one with an id, one without', { body: 'Hi', deps: [DEP, [LOG, 1, 2 ** 48 - 1]] }),
    said('salt', 'expires, so its hash must not be guessable', { body: 'ok', salt }),
    said('key-256', 'a key of 256 bytes', { body: 'once', key: 'k'.repeat(256) }),
    again('again', 'says entry 5 of another log again', depItem([LOG, 5, DEP[2]]), [LOG, 5, DEP[2]]),
    again('again-introduction', 'an introduction is no message: absent', depItem([LOG, 0, DEP[2]])),
    again('again-covered', 'no id: absent', depItem([LOG, 5, 4])),
    again('again-of-two', 'no id: absent', cborList([cborBytes(LOG), cborInt(5)])),
    again('again-text', 'no list: absent', cborText('5')),
    linked('edits', 'a new text for entry 5 of another log', [15, depItem([LOG, 5, DEP[2]])], {
      edits: citedMeaning([LOG, 5, DEP[2]]),
    }),
    linked('edits-introduction', 'an introduction is no message: absent', [15, depItem([LOG, 0, DEP[2]])]),
    linked('edits-covered', 'no id: absent', [15, depItem([LOG, 5, 4])]),
    linked('reacts', 'a reaction to entry 5 of another log', [16, depItem([LOG, 5, DEP[2]])], {
      reacts: citedMeaning([LOG, 5, DEP[2]]),
    }),
    linked('reacts-text', 'no list: absent', [16, cborText('5')]),
    linked('mentions', 'two people', [17, cborList([cborBytes(DEP_ID), cborBytes(LOG)])], {
      mentions: [hex(DEP_ID), hex(LOG)],
    }),
    linked('mentions-none', 'nobody: absent', [17, cborList([])]),
    linked('mentions-17', 'too many: absent', [17, cborList(Array.from({ length: 17 }, () => cborBytes(LOG)))]),
    linked('mentions-short', 'no id: absent', [17, cborList([cborBytes(LOG.subarray(1))])]),
    said('unknown-keys', 'fields of later versions are passed over', {
      body: 'Hi',
      extra: [
        [10, cborText('later')],
        [30, CBOR_NULL],
      ],
    }),
    said('unknown-key-2-53-less-1', 'the highest key a map has', { extra: [[cborInt(2n ** 53n - 1n), CBOR_NULL]] }),
    said('unknown-key-huge', 'a number above 2^53 - 1 under a key that nobody knows', {
      extra: [[20, cborList([cborInt(2n ** 64n - 1n), cborInt(-(2n ** 64n))])]],
    }),
    said('explicit-text', 'the type of a text, said', { type: 'text', body: 'Hi' }),
    said('largest', 'a payload of 65,536 bytes', { body: 'x'.repeat(65_536 - 17) }),
  ];
}

function clockVectors(): MessageVector[] {
  const pair = (time: Buffer, lead: Buffer, more: Pairs = []) => cborMap([[1, time], [2, lead], ...more]);
  const zero = cborInt(0);
  const clockOnly = (name: string, comment: string, payload: Buffer, clock: number) =>
    vector(`clock-${name}`, comment, payload, { clock, reads: null });
  const none = (name: string, comment: string, payload: Buffer) =>
    vector(`clock-${name}`, comment, payload, { clock: null, reads: null });
  const unordered = (name: string, comment: string, fields: WireMessage) => ({
    ...said(`clock-${name}`, comment, fields),
    clock: null,
  });
  return [
    said('clock-0', 'the lowest', { time: 0 }),
    ...[23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32].map((time) =>
      said(`clock-${time}`, 'where an integer gets longer', { time }),
    ),
    said('clock-map-of-23', 'the largest map with a head of one byte', { time: 7, extra: unknownPairs(21) }),
    none('map-of-24', 'a map whose head takes two bytes', message({ time: 7, extra: unknownPairs(22) })),
    none('time-long-with-lead', 'a time not in shortest form, and a lead', pair(cborInt(7, 1), cborInt(5))),
    none('huge-time-with-lead', 'a time above 2^53, and a lead', pair(cborInt(2n ** 60n), cborInt(5))),
    said('clock-highest', '2^48 - 1', { time: 2 ** 48 - 1 }),
    said('clock-highest-by-lead', '2^48 - 1', { time: 5, lead: 2 ** 48 - 6 }),
    unordered('2-48', 'out of range: the message is read and does not order', { time: 2 ** 48 }),
    unordered('2-48-by-lead', 'out of range by the lead', { time: 5, lead: 2 ** 48 - 5 }),
    unordered('negative', 'below zero', { time: -5, lead: 4 }),
    clockOnly('rest-unreadable', 'readable whatever follows', join(pair(cborInt(7), cborInt(2)), '\xff\xff'), 9),
    clockOnly(
      'rest-cut-off',
      'readable though the map is not complete',
      cborMap(
        [
          [1, cborInt(7)],
          [2, zero],
        ],
        { count: 3 },
      ),
      7,
    ),
    clockOnly(
      'keys-out-of-order',
      'readable though what follows is not in order',
      pair(cborInt(7), zero, [
        [4, zero],
        [3, zero],
      ]),
      7,
    ),
    clockOnly(
      'rest-not-deterministic',
      'readable though a later value is too long',
      pair(cborInt(7), zero, [[4, cborInt(1, 8)]]),
      7,
    ),
    none('map-of-one', 'a map of one pair holds no clock', cborMap([[1, cborInt(7)]])),
    none(
      'open-map',
      'a map of unstated length',
      cborOpenMap([
        [1, cborInt(7)],
        [2, zero],
      ]),
    ),
    none(
      'map-count-in-two-bytes',
      'a head that is not in shortest form',
      cborMap(
        [
          [1, cborInt(7)],
          [2, zero],
        ],
        { width: 1 },
      ),
    ),
    none('list', 'a list', cborList([cborInt(1), cborInt(7), cborInt(2), zero])),
    none('tagged', 'a tag before the map', cborTag(55_799, pair(cborInt(7), zero))),
    none(
      'no-time',
      'the first key is 2',
      cborMap([
        [2, zero],
        [3, cborText('x')],
      ]),
    ),
    none(
      'time-second',
      'keys descending',
      cborMap([
        [2, zero],
        [1, cborInt(7)],
      ]),
    ),
    none('time-text', 'a time that is text', pair(cborText('7'), zero)),
    none('time-float', 'a time that is a float', pair(cborFloat('4700'), zero)),
    none('time-long', 'a time not in shortest form', pair(cborInt(7, 1), zero)),
    none('time-long-8', 'a time in eight bytes that fits four', pair(cborInt(7, 8), zero)),
    none('lead-negative', 'a clock behind its own time', pair(cborInt(7), cborInt(-1))),
    none('lead-text', 'a lead that is text', pair(cborInt(7), cborText('0'))),
    none('lead-long', 'a lead not in shortest form', pair(cborInt(7), cborInt(1, 2))),
    none(
      'no-lead',
      'key 3 in place of the lead',
      cborMap([
        [1, cborInt(7)],
        [3, cborText('x')],
      ]),
    ),
    none('cut-in-time', 'ends inside the time', pair(cborInt(WIRE_TIME), zero).subarray(0, 6)),
    none('cut-behind-time', 'ends behind the time', pair(cborInt(7), zero).subarray(0, 3)),
    none('cut-in-lead', 'ends inside the lead', pair(cborInt(7), cborInt(70_000)).subarray(0, 6)),
    none('empty', 'no payload', Buffer.alloc(0)),
    none('huge-time', 'a time above 2^53', pair(cborInt(2n ** 60n), zero)),
    none('huge-lead', 'a lead above 2^53', pair(zero, cborInt(2n ** 60n))),
    none(
      'huge-both-ways',
      'a huge lead that a huge negative time would undo',
      pair(cborInt(-(2n ** 60n)), cborInt(2n ** 60n)),
    ),
  ];
}

function unknownPairs(count: number): Pairs {
  return Array.from({ length: count }, (_, i) => [20 + i, CBOR_NULL] as const);
}

function formVectors(): MessageVector[] {
  const honest = message({ time: 7, body: 'Hello' });
  const unread = (name: string, comment: string, payload: Buffer) =>
    vector(`form-${name}`, comment, payload, { clock: 7, reads: null });
  const deep = message({ time: 7, body: join(bytesOf(60_000, 0x81), u8(0)) });
  return [
    unread('trailing-byte', 'one byte behind the map', join(honest, '\0')),
    unread('cut-off', 'the last byte is missing', honest.subarray(0, -1)),
    unread('key-twice', 'two bodies', message({ time: 7, body: 'a', extra: [[4, cborText('b')]] })),
    unread('text-not-utf8', 'a body that is no text', message({ time: 7, body: cborText(Buffer.of(0xff)) })),
    unread('undefined', 'a value that deterministic maps do not have', message({ time: 7, body: u8(0xf7) })),
    unread('tagged-body', 'a tag', message({ time: 7, body: cborTag(1, cborInt(1)) })),
    unread('deep', '60,000 lists inside each other', deep),
    unread(
      'encrypted',
      'what an unknown encryption would look like',
      join(honest.subarray(0, 5), sha256('ciphertext')),
    ),
    vector('form-first-bit', 'the map head turned into a list head', flip(honest, 0, 0x20), {
      clock: null,
      reads: null,
    }),
  ];
}

function fieldVectors(): MessageVector[] {
  const log = DEP[0];
  const seq = DEP[1];
  const id = DEP_ID;
  const unread = (name: string, comment: string, fields: WireMessage) =>
    vector(`field-${name}`, comment, message({ time: 7, ...fields }), { clock: 7, reads: null });
  const newer = (name: string, comment: string, fields: WireMessage): MessageVector => ({
    ...unread(name, comment, fields),
    newer: true,
  });
  const dep = (name: string, comment: string, ...items: Buffer[]) =>
    unread(`dep-${name}`, comment, { extra: [[5, cborList([cborList(items)])]] });
  return [
    unread('text-body-number', 'a text that is a number', { body: cborInt(5) }),
    unread('text-body-null', 'a text that is null', { type: 'text', body: CBOR_NULL }),
    unread('key-2-53', 'a key that no map has', { extra: [[cborInt(2n ** 53n), CBOR_NULL]] }),
    unread('key-minus-2-53', 'a key that no map has', { extra: [[cborInt(-(2n ** 53n)), CBOR_NULL]] }),
    unread('reply-2-53', 'a number above 2^53 - 1', { deps: [DEP], extra: [[6, cborInt(2n ** 53n)]] }),
    newer('critical-key', 'a key below zero that nobody knows yet', { body: 'Hi', extra: [[-1, CBOR_TRUE]] }),
    newer('critical-key-far', 'another one', { extra: [[-300, CBOR_TRUE]] }),
    newer('critical-key-of-other-form', 'whatever form the rest has', {
      extra: [
        [3, cborInt(1)],
        [-1, CBOR_TRUE],
      ],
    }),
    unread('type-number', 'a type that is no text', { extra: [[3, cborInt(1)]] }),
    unread('deps-17', 'one more than can be cited', {
      deps: Array.from({ length: 17 }, (_, n) => [LOG, n, sha256(u8(n))]),
    }),
    unread('deps-no-list', 'deps as a map', { extra: [[5, cborMap([])]] }),
    dep('short-log', 'a log id of 31 bytes', cborBytes(log.subarray(1)), cborInt(seq), cborBytes(id)),
    dep('short-id', 'an entry id of 31 bytes', cborBytes(log), cborInt(seq), cborBytes(id.subarray(1))),
    dep('negative-seq', 'a seq below zero', cborBytes(log), cborInt(-1), cborBytes(id)),
    dep('seq-2-48', 'a seq that no log reaches', cborBytes(log), cborInt(2 ** 48), cborBytes(id)),
    dep('negative-by', 'covered by an entry below zero', cborBytes(log), cborInt(seq), cborInt(-1)),
    dep('by-2-48', 'covered by an entry that no log has', cborBytes(log), cborInt(seq), cborInt(2 ** 48)),
    dep('by-text', 'neither an id nor a seq', cborBytes(log), cborInt(seq), cborText('4')),
    dep('by-null', 'neither an id nor a seq', cborBytes(log), cborInt(seq), CBOR_NULL),
    dep('by-float', 'a seq that is no integer', cborBytes(log), cborInt(seq), cborFloat('4480')),
    dep('of-two', 'no id', cborBytes(log), cborInt(seq)),
    dep('of-four', 'one item too many', cborBytes(log), cborInt(seq), cborBytes(id), cborInt(0)),
    unread('dep-no-list', 'a dep that is bytes', { extra: [[5, cborList([cborBytes(log)])]] }),
    unread('one-bad-dep', 'one bad dep among good ones', { extra: [[5, cborList([depItem(DEP), cborInt(1)])]] }),
    unread('reply-without-deps', 'replies to something it does not cite', { reply: 0 }),
    unread('reply-beyond', 'replies to the second of one', { deps: [DEP], reply: 1 }),
    unread('reply-negative', 'an index below zero', { deps: [DEP], reply: -1 }),
    unread('salt-15', 'a salt of 15 bytes', { salt: bytesOf(15) }),
    unread('salt-17', 'a salt of 17 bytes', { salt: bytesOf(17) }),
    unread('key-257', 'a key of 257 bytes', { key: 'k'.repeat(257) }),
    unread('key-bytes', 'a key that is no text', { extra: [[9, cborBytes(u8(1))]] }),
  ];
}

function attachmentVectors(): MessageVector[] {
  const root = sha256('a file');
  const file = (name: string, size = 1, mediaType = ''): WireAttachment => [root, size, name, mediaType];
  const eight = Array.from({ length: 8 }, (_, i) => file(`${i}.jpg`, i, 'image/jpeg'));
  const none = (name: string, comment: string, ...items: Buffer[]) =>
    unattached(name, comment, cborList([cborList(items)]));
  const bytes = cborBytes(root);
  const one = cborInt(1);
  const text = cborText('x');
  return [
    attached('one', 'a file and nothing to say about it', [file('track.gpx', 70_000, 'application/gpx+xml')]),
    attached('eight', 'as many as a message can have', eight),
    attached('empty-file', 'a file of no bytes', [file('empty', 0)]),
    attached('largest', 'the largest blob', [file('disk.img', 32_767 * 2 ** 20)]),
    attached('name-255', 'a name of 255 bytes', [file(`${'ä'.repeat(127)}x`)]),
    attached('name-hostile', 'whatever the author called it: whoever writes it to a disk makes it safe', [
      file('../../.ssh/\u202eauthorized\u0000_keys'),
    ]),
    attached('type-127', 'a media type of 127 bytes', [file('x', 1, `a/${'b'.repeat(125)}`)]),
    unattached('empty-list', 'no attachments', cborList([])),
    unattached('nine', 'more than there can be', cborList([...eight, file('8.jpg')].map(attachmentItem))),
    unattached('no-list', 'a number', one),
    unattached('item-no-list', 'an attachment that is bytes', cborList([bytes])),
    unattached('one-bad', 'one bad item voids the list', cborList([attachmentItem(file('x')), one])),
    none('of-two', 'no name and no type', bytes, one),
    none('of-five', 'one item too many', bytes, one, text, text, one),
    none('root-31', 'a root of 31 bytes', cborBytes(root.subarray(1)), one, text, text),
    none('root-text', 'a root that is text', cborText('a'.repeat(32)), one, text, text),
    none('size-negative', 'a size below zero', bytes, cborInt(-1), text, text),
    none('size-too-large', 'one byte more than the largest blob', bytes, cborInt(32_767 * 2 ** 20 + 1), text, text),
    none('name-empty', 'no name', bytes, one, cborText(''), text),
    none('name-256', 'a name of 256 bytes', bytes, one, cborText('ä'.repeat(128)), text),
    none('name-bytes', 'a name that is no text', bytes, one, cborBytes(u8(1)), text),
    none('type-128', 'a media type of 128 bytes', bytes, one, text, cborText(`a/${'b'.repeat(126)}`)),
    none('type-null', 'a media type that is no text', bytes, one, text, CBOR_NULL),
  ];
}

function attached(name: string, comment: string, files: readonly WireAttachment[]): MessageVector {
  const { reads, ...rest } = said(`attached-${name}`, comment, {
    body: 'Here',
    attachments: cborList(files.map(attachmentItem)),
  });
  const attachments = files.map(([root, size, called, mediaType]) => ({ root: hex(root), size, called, mediaType }));
  return { ...rest, reads: reads && { ...reads, attachments } };
}

/** A message that is read as if nothing were attached. */
function unattached(name: string, comment: string, attachments: Buffer): MessageVector {
  return said(`attached-${name}`, comment, { body: 'Here', attachments });
}

/** A message that is read as what it says, but for attachments. */
function said(name: string, comment: string, fields: WireMessage): MessageVector {
  const time = fields.time ?? WIRE_TIME;
  const clock = time + (fields.lead ?? 0);
  const { type = 'text', body, deps = [], reply, salt, key } = fields;
  const reads: MessageMeaning = {
    time,
    clock,
    type,
    ...(body !== undefined && { body: compact(typeof body === 'string' ? cborText(body) : body) }),
    deps: deps.map(citedMeaning),
    ...(reply !== undefined && { reply }),
    ...(salt && { salt: hex(salt) }),
    ...(key !== undefined && { key }),
  };
  return vector(name, comment, message(fields), { clock, reads });
}

/** A text with key 14 behind it. */
function again(name: string, comment: string, item: Buffer, means?: WireDep): MessageVector {
  return linked(name, comment, [14, item], means && { again: citedMeaning(means) });
}

/** A text with another key behind it. */
function linked(
  name: string,
  comment: string,
  extra: readonly [number, Buffer],
  means: Partial<MessageMeaning> = {},
): MessageVector {
  const { reads, clock } = said(name, comment, { body: 'Hi' });
  const payload = message({ body: 'Hi', extra: [extra] });
  const meaning = reads && { ...reads, ...means };
  return vector(name, comment, payload, { clock, reads: meaning });
}

function citedMeaning([log, seq, id]: WireDep): CitedMeaning {
  return typeof id === 'number' ? { log: hex(log), seq, by: id } : { log: hex(log), seq, id: hex(id) };
}

function vector(
  name: string,
  comment: string,
  payload: Buffer,
  rest: Pick<MessageVector, 'clock' | 'reads'>,
): MessageVector {
  return { name: `message-${name}`, comment, payload: compact(payload), ...rest };
}

function topicOf(name: string, comment: string, topicName: string): TopicVector {
  const topic = hex(sha256(u8(4), topicName));
  return { name: `topic-${name}`, comment, topicName, topic, code: 'ok' };
}

function badTopic(name: string, comment: string, topicName: string): TopicVector {
  return { name: `topic-${name}`, comment, topicName, code: 'usage' };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const LOG = BOB_LOG.key.id;
const DEP_ID: Buffer = BOB_LOG.ids[2] ?? Buffer.alloc(32);
const DEP: WireDep = [LOG, 2, DEP_ID];
const OTHER_DEP: WireDep = [ADA_LOG.key.id, 3, ADA_LOG.ids[3] ?? Buffer.alloc(32)];
