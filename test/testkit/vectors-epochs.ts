// Vectors of the cipher of private topics, of epochs and of links (spec/epochs.md).
import { createHmac, hkdfSync } from 'node:crypto';
import type { Vector } from './vector.js';
import { bytesOf, flip, join, sha256, u8, u16, u64 } from './wire.js';
import { cborBytes, cborInt, cborList, cborMap, type Pairs } from './wire-cbor.js';
import { CHILD, link, linkInfo, PARENT, sealedText, type WireSealed } from './wire-private.js';

/** A sealed text, and what a reader with that secret in that place gets out of it. */
export interface CipherVector extends Vector {
  readonly secret: string;
  readonly info: string;
  readonly kind: number;
  readonly n: number;
  readonly seq: number;
  readonly sealed: string;
  readonly opens: string | null;
}

/** A list of keys as it travels. */
export interface EpochVector extends Vector {
  readonly whole?: string;
  readonly control?: string;
  /** What is read of each item; null: the list is none. */
  readonly reads: readonly { readonly id: string; readonly fits: boolean }[] | null;
}

/** What is had of topics. */
export interface TopicKeysVector extends Vector {
  readonly bytes: string;
  /** Of each topic its create statement, ids of epochs with D, and of those without, and whether they came with a welcome. */
  readonly reads: readonly (readonly [string, readonly string[], readonly string[], true?])[] | null;
}

/** A wrap before it is encrypted; null: it is ignored. */
export interface WrapVector extends Vector {
  readonly bytes: string;
  readonly reads: {
    readonly topic: string;
    readonly whole: readonly string[];
    readonly control: readonly string[];
  } | null;
}

/** A link, and what opens it. */
export interface LinkVector extends Vector {
  readonly secret: string;
  readonly parent: string;
  readonly sealed: string;
  readonly opens: string | null;
}

const INFO = Buffer.from('satchel fixture\0');
const SECRET = bytesOf(32, 0x11);

/** What the cipher gives, and what it does not open. */
export function cipherVectors(): CipherVector[] {
  const plain: WireSealed = { secret: SECRET, info: INFO, kind: 1, n: 2, seq: 3, text: Buffer.from('Hello') };
  const good = (name: string, comment: string, given: Partial<WireSealed>): CipherVector => {
    const one = { ...plain, ...given };
    return vectorOf(name, comment, one, { sealed: sealedText(one), opens: one.text });
  };
  const bad = (name: string, comment: string, reader: Partial<WireSealed>, sealed = sealedText(plain)): CipherVector =>
    vectorOf(name, comment, { ...plain, ...reader }, { sealed, opens: null });
  const kinds = [2, 5].map((kind) => good(`kind-${kind}`, 'each kind has a tag of its own', { kind }));
  return [
    good('plain', 'five bytes', {}),
    good('empty', 'a tag and nothing else', { text: Buffer.alloc(0) }),
    good('block', 'one block', { text: bytesOf(16, 1) }),
    good('blocks', 'two blocks and a byte', { text: bytesOf(33, 1) }),
    good('highest-place', 'the highest n, and a seq beyond 32 bits', { n: 65_535, seq: 2 ** 48 - 1 }),
    ...kinds,
    good('carry', 'the counter carries beyond its last 32 bits', { text: carrying(plain) }),
    bad('other-kind', 'read as another kind', { kind: 2 }),
    bad('other-n', 'read as of another epoch of the log', { n: 3 }),
    bad('other-seq', 'read in another place', { seq: 4 }),
    bad('other-info', 'read for another log', { info: Buffer.from('satchel fixture') }),
    bad('other-secret', 'read with another secret', { secret: bytesOf(32, 0x12) }),
    bad('tag-bit', 'one bit of the tag', {}, flip(sealedText(plain), 0)),
    bad('text-bit', 'one bit of the text', {}, flip(sealedText(plain), -1)),
    bad('shorter', 'a byte is missing', {}, sealedText(plain).subarray(0, -1)),
    bad('longer', 'a byte too many', {}, join(sealedText(plain), u8(0))),
    bad('short-tag', 'less than a tag', {}, sealedText(plain).subarray(0, 15)),
    bad('nothing', 'no bytes', {}, Buffer.alloc(0)),
  ];
}

/** A text of 1 MiB would carry sooner or later: this one begins with a tag that does so within three blocks. */
function carrying({ secret, info, kind, n = 0, seq = 0 }: WireSealed): Buffer {
  const mac = Buffer.from(hkdfSync('sha256', secret, '', info, 64)).subarray(0, 32);
  for (let tried = 0; ; tried += 1) {
    const text = join(bytesOf(592), u64(tried));
    const tag = createHmac('sha256', mac)
      .update(join(u8(kind), u16(n), u64(seq), text))
      .digest();
    // 38 blocks follow: the lower 16 bits are enough to see the carry of a byte, the lower 32 would take an hour to find
    if (tag.readUInt16BE(14) >= 0xffff - 36) return text;
  }
}

/** Lists of keys. */
export function epochVectors(): EpochVector[] {
  const whole = [CHILD.id, CHILD.control, CHILD.data];
  const control = [PARENT.id, PARENT.control, sha256(PARENT.data)];
  const fits = (id: Buffer): EpochVector['reads'] => [{ id: id.toString('hex'), fits: true }];
  const unfit = (id: Buffer): EpochVector['reads'] => [{ id: id.toString('hex'), fits: false }];
  const short = CHILD.data.subarray(1);
  return [
    { name: 'epoch-none', comment: 'an empty list', whole: list([]), reads: [] },
    { name: 'epoch-whole', comment: 'C and D', whole: list([whole]), reads: fits(CHILD.id) },
    { name: 'epoch-control', comment: 'C, and the SHA-256 of D', control: list([control]), reads: fits(PARENT.id) },
    {
      name: 'epoch-other-id',
      comment: 'an id of other secrets',
      whole: list([[PARENT.id, ...whole.slice(1)]]),
      reads: unfit(PARENT.id),
    },
    {
      name: 'epoch-swapped',
      comment: 'D before C',
      whole: list([[CHILD.id, CHILD.data, CHILD.control]]),
      reads: unfit(CHILD.id),
    },
    {
      name: 'epoch-data-for-hash',
      comment: 'D where its SHA-256 belongs',
      control: list([whole]),
      reads: unfit(CHILD.id),
    },
    {
      name: 'epoch-hash-for-data',
      comment: 'the SHA-256 of D in its place',
      whole: list([control]),
      reads: unfit(PARENT.id),
    },
    { name: 'epoch-two', comment: 'an item of two', whole: list([whole.slice(0, 2)]), reads: null },
    { name: 'epoch-four', comment: 'an item of four', whole: list([[...whole, CHILD.data]]), reads: null },
    { name: 'epoch-short', comment: 'D of 31 bytes', whole: list([[CHILD.id, CHILD.control, short]]), reads: null },
    {
      name: 'epoch-long',
      comment: 'an id of 33 bytes',
      whole: list([[join(CHILD.id, u8(0)), CHILD.control, CHILD.data]]),
      reads: null,
    },
    {
      name: 'epoch-no-item',
      comment: 'an item that is none',
      whole: cborList([cborInt(1)]).toString('hex'),
      reads: null,
    },
    { name: 'epoch-no-list', comment: 'no list', whole: cborInt(1).toString('hex'), reads: null },
  ];
}

/** Lists of what is had of topics. */
export function topicKeysVectors(): TopicKeysVector[] {
  const [whole, control] = [CHILD, PARENT].map(({ id, control, data }) => [id, control, data] as const);
  if (!whole || !control) throw new Error('no epochs');
  const had = [control[0], control[1], sha256(control[2])];
  const name = cborBytes(Buffer.from('statement'));
  const keys = (...items: (readonly Buffer[])[]): Buffer =>
    cborList(items.map((parts) => cborList(parts.map((part) => cborBytes(part)))));
  const told = (...reads: [string, string[], string[], true?][]): TopicKeysVector['reads'] => reads;
  const [child, parent, text] = [CHILD.id, PARENT.id, Buffer.from('statement')].map((one) => one.toString('hex')) as [
    string,
    string,
    string,
  ];
  const of = (comment: string, reads: TopicKeysVector['reads'], ...topics: Pairs[]): Omit<TopicKeysVector, 'name'> => ({
    comment,
    bytes: cborList(topics.map((pairs) => cborMap(pairs))).toString('hex'),
    reads,
  });
  const first: Pairs = [[1, name]];
  return Object.entries({
    none: of('no topic', told()),
    plain: of('a topic without keys', told([text, [], []]), first),
    whole: of('C and D', told([text, [child], []]), [...first, [2, keys(whole)]]),
    control: of('C alone', told([text, [], [parent]]), [...first, [3, keys(had)]]),
    both: of('one of each', told([text, [child], [parent]]), [...first, [2, keys(whole)], [3, keys(had)]]),
    twice: of('C alone of an epoch whose D stands there too', told([text, [parent], []]), [
      ...first,
      [2, keys(control)],
      [3, keys(had)],
    ]),
    welcomed: of('what came with a welcome', told([text, [child], [], true]), [
      ...first,
      [2, keys(whole)],
      [6, cborInt(1)],
    ]),
    'later-key': of('a key that is not known', told([text, [], []]), [...first, [4, cborInt(1)]]),
    'critical-key': of('a key below zero', null, [...first, [-1, cborInt(1)]]),
    'no-statement': of('without key 1', null, [[2, keys(whole)]]),
    unfit: of('C and D of other ids', null, [...first, [2, keys([PARENT.id, CHILD.control, CHILD.data])]]),
    'unfit-control': of('D where its SHA-256 belongs', null, [...first, [3, keys(whole)]]),
    'one-bad': of('a second topic that is none', null, first, [[2, keys(whole)]]),
  }).map(([one, vector]) => ({ name: `keys-${one}`, ...vector }));
}

/** Wraps before they are encrypted. */
export function wrapVectors(): WrapVector[] {
  const name: Pairs = [[1, cborBytes(TOPIC)]];
  const keys = (...parts: readonly Buffer[]): Buffer => cborList([cborList(parts.map((part) => cborBytes(part)))]);
  const whole: Pairs = [[2, keys(CHILD.id, CHILD.control, CHILD.data)]];
  const control: Pairs = [[3, keys(PARENT.id, PARENT.control, sha256(PARENT.data))]];
  const ids = (...epochs: readonly { readonly id: Buffer }[]): string[] => epochs.map(({ id }) => id.toString('hex'));
  const read = (
    one: string,
    comment: string,
    pairs: Pairs,
    told: Partial<NonNullable<WrapVector['reads']>>,
  ): WrapVector => ({
    name: `wrap-${one}`,
    comment,
    bytes: wrapPlain(cborMap(pairs)).toString('hex'),
    reads: { topic: TOPIC.toString('hex'), whole: [], control: [], ...told },
  });
  const ignored = (one: string, comment: string, bytes: Buffer): WrapVector => ({
    name: `wrap-${one}`,
    comment,
    bytes: bytes.toString('hex'),
    reads: null,
  });
  const map = (...pairs: readonly Pairs[]): Buffer => cborMap(pairs.flat());
  const plain = wrapPlain(map(name, whole));
  return [
    read('plain', 'C and D of one epoch', [...name, ...whole], { whole: ids(CHILD) }),
    read('control', 'C alone', [...name, ...control], { control: ids(PARENT) }),
    read('both', 'one of each', [...name, ...whole, ...control], { whole: ids(CHILD), control: ids(PARENT) }),
    read('no-keys', 'a topic and nothing else', name, {}),
    read('later-key', 'a key that is not known', [...name, ...whole, [4, cborInt(1)]], { whole: ids(CHILD) }),
    read('exact', 'a map that fills 256 bytes', [...name, [4, cborBytes(bytesOf(256 - 2 - 36 - 3))]], {}),
    ignored('empty', 'no bytes', Buffer.alloc(0)),
    ignored('short', 'a byte is missing', plain.subarray(0, -1)),
    ignored('long', '256 zeros more', join(plain, bytesOf(256))),
    ignored('dirty', 'a one behind the map', flip(plain, -1)),
    ignored('length-beyond', 'a length beyond the end', join(u16(255), plain.subarray(2))),
    ignored('no-map', 'a list', wrapPlain(cborList([]))),
    ignored('no-topic', 'without key 1', wrapPlain(map(whole))),
    ignored('topic-short', 'a topic id of 31 bytes', wrapPlain(map([[1, cborBytes(TOPIC.subarray(1))]], whole))),
    ignored('critical-key', 'a key below zero', wrapPlain(map(name, whole, [[-1, cborInt(1)]]))),
    ignored(
      'unfit',
      'C and D of another epoch',
      wrapPlain(map(name, [[2, keys(PARENT.id, CHILD.control, CHILD.data)]])),
    ),
    ignored(
      'unfit-control',
      'good keys, and C that is not of its epoch',
      wrapPlain(map(name, whole, [[3, keys(PARENT.id, CHILD.control, sha256(PARENT.data))]])),
    ),
  ];
}

/** The topic of wraps and letters. */
const TOPIC = sha256('a private topic');

function wrapPlain(map: Buffer): Buffer {
  const size = 2 + map.length;
  return join(u16(map.length), map, bytesOf((256 - (size % 256)) % 256));
}

/** Links. */
export function linkVectors(): LinkVector[] {
  const sealed = link(CHILD.control, PARENT.id, PARENT.control);
  const good = { secret: CHILD.control, parent: PARENT.id, sealed, opens: PARENT.control };
  const other = (kind: number, n: number, seq: number): Buffer =>
    sealedText({ secret: CHILD.control, info: linkInfo(PARENT.id), kind, n, seq, text: PARENT.control });
  const long = sealedText({ secret: CHILD.control, info: linkInfo(PARENT.id), kind: 4, text: bytesOf(33, 1) });
  const opened = (name: string, comment: string, given: Partial<typeof good>): LinkVector =>
    toLink(name, comment, { ...good, ...given });
  const refused = (name: string, comment: string, given: Partial<typeof good>): LinkVector =>
    toLink(name, comment, { ...good, ...given, opens: null });
  return [
    opened('control', 'from C to C', {}),
    opened('data', 'from D to D', {
      secret: CHILD.data,
      sealed: link(CHILD.data, PARENT.id, PARENT.data),
      opens: PARENT.data,
    }),
    refused('crossed', 'a link of C, tried with D', { secret: CHILD.data }),
    refused('other-parent', 'read as a link to another epoch', { parent: CHILD.id }),
    refused('other-kind', 'sealed as a control entry', { sealed: other(2, 0, 0) }),
    refused('with-n', 'sealed with a number', { sealed: other(4, 1, 0) }),
    refused('with-seq', 'sealed with a place', { sealed: other(4, 0, 1) }),
    refused('rotten', 'one bit of it', { sealed: flip(sealed, 20) }),
    refused('short', '47 bytes', { sealed: sealed.subarray(0, -1) }),
    refused('long', '33 bytes, well sealed', { sealed: long }),
  ];
}

function toLink(
  name: string,
  comment: string,
  { secret, parent, sealed, opens }: { secret: Buffer; parent: Buffer; sealed: Buffer; opens: Buffer | null },
): LinkVector {
  const told = { secret: secret.toString('hex'), parent: parent.toString('hex'), sealed: sealed.toString('hex') };
  return { name: `link-${name}`, comment, ...told, opens: opens?.toString('hex') ?? null };
}

function vectorOf(
  name: string,
  comment: string,
  { secret, info, kind, n = 0, seq = 0 }: WireSealed,
  { sealed, opens }: { sealed: Buffer; opens: Buffer | null },
): CipherVector {
  const reader = { secret: secret.toString('hex'), info: info.toString('hex'), kind, n, seq };
  return {
    name: `cipher-${name}`,
    comment,
    ...reader,
    sealed: sealed.toString('hex'),
    opens: opens?.toString('hex') ?? null,
  };
}

function list(items: readonly (readonly Buffer[])[]): string {
  return cborList(items.map((parts) => cborList(parts.map((part) => cborBytes(part))))).toString('hex');
}
