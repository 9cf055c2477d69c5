// Vectors of sealed entries (spec/veiled.md, "Sealed entries"), and of the counter alone (spec/epochs.md, "Cipher").
import { createCipheriv } from 'node:crypto';
import { type Compact, compact } from './compact.js';
import type { Vector } from './vector.js';
import { flip, join, sha256, wireKey } from './wire.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';
import { type WireSealed, wirePlain, wireSeal, wireSealPlain, wireSecret } from './wire-veiled.js';

/** A sealed entry, asked of one secret at one place. */
export interface SealedEntryVector extends Vector {
  readonly secret: string;
  readonly log: string;
  readonly kind: number;
  readonly n: number;
  readonly seq: number;
  readonly sealed: Compact;
  /** The item that comes out; null when nothing does. */
  readonly opens: Compact | null;
  /** False where nobody seals it so, though it opens. */
  readonly isWritten: boolean;
}

/** Key stream of the counter: what zeros become. */
export interface CounterVector extends Vector {
  readonly key: string;
  readonly counter: string;
  readonly stream: string;
}

const SECRET = wireSecret('epoch');
const LOG = wireKey('veiled log').id;
const HERE: WireSealed = { secret: SECRET, log: LOG, kind: 1, n: 3, seq: 7 };

/** A map that encodes to exactly so many bytes, 4 at least. */
function itemOf(size: number): Buffer {
  const heads = [1, 2, 3, 5];
  const text = heads
    .map((head) => size - 2 - head)
    .find((length) => cborMap([[4, cborText('x'.repeat(length))]]).length === size);
  return cborMap([[4, cborText('x'.repeat(text ?? 0))]]);
}

/** All of them. */
export function sealedEntryVectors(): SealedEntryVector[] {
  return [...soundVectors(), ...otherPlaces(), ...changed(), ...dirty()];
}

function soundVectors(): SealedEntryVector[] {
  // 30 is the most that 32 bytes hold with its length, and so on
  const sizes = [4, 30, 31, 62, 63, 510, 511, 542, 543, 1_022, 1_023, 2_046, 2_047].map((size) => {
    const item = itemOf(size);
    return opens(`size-${size}`, `${size} bytes of CBOR`, HERE, item);
  });
  const kinds = [1, 2, 3, 5].map((kind) =>
    opens(`kind-${kind}`, `of kind ${kind}`, { ...HERE, kind }, cborMap([[1, cborInt(kind)]])),
  );
  const last = { ...HERE, n: 65_535, seq: 2 ** 48 - 1 };
  return [
    ...sizes,
    ...kinds,
    opens('last', 'the last epoch and the last seq', last, cborMap([[1, cborInt(1)]])),
    opens('empty-map', 'a map without pairs', HERE, cborMap([])),
    opens(
      'salted',
      'the same text with another salt is another ciphertext',
      HERE,
      cborMap([
        [4, cborText('yes')],
        [8, cborBytes(sha256('salt').subarray(0, 8))],
      ]),
    ),
    {
      ...told(
        'longer',
        'padded further than it has to be',
        HERE,
        wireSealPlain(HERE, wirePlain(itemOf(20), { padded: 96 })),
      ),
      opens: itemOf(20).toString('hex'),
    },
  ];
}

function otherPlaces(): SealedEntryVector[] {
  const item = itemOf(20);
  const elsewhere = (name: string, comment: string, asked: Partial<WireSealed>): SealedEntryVector => ({
    ...told(name, comment, { ...HERE, ...asked }, wireSeal(HERE, item)),
  });
  return [
    elsewhere('other-seq', 'moved to another seq', { seq: 8 }),
    elsewhere('other-n', 'under another number of its epoch', { n: 4 }),
    elsewhere('other-kind', 'a message that stands as a control entry', { kind: 2 }),
    elsewhere('other-log', 'moved to another log', { log: wireKey('another veiled log').id }),
    elsewhere('other-secret', 'the secret of another epoch', { secret: wireSecret('another epoch') }),
  ];
}

function changed(): SealedEntryVector[] {
  const sealed = wireSeal(HERE, itemOf(20));
  const lie = (name: string, comment: string, bytes: Buffer): SealedEntryVector => told(name, comment, HERE, bytes);
  return [
    lie('flipped-tag', 'one bit of the tag', flip(sealed, 0)),
    lie('flipped-tag-end', 'its last bit', flip(sealed, 15)),
    lie('flipped-text', 'one bit of the text', flip(sealed, 20)),
    lie('flipped-padding', 'one bit of the padding', flip(sealed, -1)),
    lie('cut', 'without its last byte', sealed.subarray(0, -1)),
    lie('longer-by-one', 'a byte more', join(sealed, Buffer.of(0))),
    lie('nothing', 'no bytes', Buffer.alloc(0)),
    lie('tag-alone', 'a tag and no text', sealed.subarray(0, 16)),
  ];
}

/** Sealed by who has the key, and in no form that opens. */
function dirty(): SealedEntryVector[] {
  const item = itemOf(20);
  const dirtyPlain = (name: string, comment: string, plain: Buffer): SealedEntryVector =>
    told(name, comment, HERE, wireSealPlain(HERE, plain));
  return [
    dirtyPlain('dirty-padding', 'a byte of padding that is not zero', flip(wirePlain(item), -1)),
    dirtyPlain('dirty-padding-first', 'the first one', flip(wirePlain(item), 22)),
    dirtyPlain('length-too-long', 'a length beyond the end', wirePlain(item, { length: 31 })),
    dirtyPlain('length-too-short', 'a length that cuts the item', wirePlain(item, { length: 19 })),
    dirtyPlain('no-item', 'a length of 0', wirePlain(Buffer.alloc(0), { padded: 32 })),
    dirtyPlain('two-items', 'another item behind the first', wirePlain(join(item, item.subarray(0, 1)))),
    dirtyPlain('long-form', 'CBOR in a longer form than it takes', wirePlain(cborMap([[1, cborInt(1, 2)]]))),
    dirtyPlain('short', 'less than 32 bytes', wirePlain(itemOf(10), { padded: 31 })),
  ];
}

function opens(name: string, comment: string, where: WireSealed, item: Buffer): SealedEntryVector {
  return { ...told(name, comment, where, wireSeal(where, item)), opens: compact(item), isWritten: true };
}

function told(name: string, comment: string, where: WireSealed, sealed: Buffer): SealedEntryVector {
  const { secret, log, kind, n = 0, seq } = where;
  return {
    name: `entry-${name}`,
    comment,
    secret: Buffer.from(secret).toString('hex'),
    log: Buffer.from(log).toString('hex'),
    kind,
    n,
    seq: Number(seq),
    sealed: compact(sealed),
    opens: null,
    isWritten: false,
  };
}

/** The payload of an entry of a veiled log, as anybody reads it. */
export interface VeiledPayloadVector extends Vector {
  readonly payload: string;
  /** Null when it is unreadable. */
  readonly means: {
    readonly kind: 'message' | 'control' | 'acknowledgement';
    readonly n: number;
    /** How many bytes are sealed. */
    readonly sealed: number;
    readonly wrap: boolean;
  } | null;
}

/** The payload of entry 0. */
export interface VeiledIntroductionVector extends Vector {
  readonly payload: string;
  /** Whether a log that begins with it is veiled. */
  readonly isVeiled: boolean;
}

const CLOCK: Pairs = [
  [1, cborInt(1_767_322_800_000)],
  [2, cborInt(3_600_000)],
];
const SOMETHING = wireSeal(HERE, cborMap([[1, cborInt(1)]]));

/** All forms, and what is none. */
export function veiledPayloadVectors(): VeiledPayloadVector[] {
  const held = (n: number, sealed: Uint8Array = SOMETHING): Buffer => cborList([cborInt(n), cborBytes(sealed)]);
  const vector = (name: string, comment: string, pairs: Pairs, means: VeiledPayloadVector['means'] = null) => ({
    name: `payload-${name}`,
    comment,
    payload: cborMap([...CLOCK, ...pairs]).toString('hex'),
    means,
  });
  const wrap = cborBytes(sha256('wrap'));
  const kindOf = { 10: 'message', 12: 'control', 13: 'acknowledgement' } as const;
  const good = (key: 10 | 12 | 13, n: number) => ({ kind: kindOf[key], n, sealed: SOMETHING.length, wrap: false });
  const none = (name: string, comment: string, pairs: Pairs) => vector(name, comment, pairs);
  return [
    vector('message', 'a message', [[10, held(0)]], good(10, 0)),
    vector('control', 'a control entry, or a retraction', [[12, held(2)]], good(12, 2)),
    vector(
      'wrap',
      'a control entry that brings keys',
      [
        [11, wrap],
        [12, held(1)],
      ],
      { ...good(12, 1), wrap: true },
    ),
    vector('ack', 'an acknowledgement', [[13, held(65_535)]], good(13, 65_535)),
    vector(
      'later-key',
      'a key of later versions is ignored',
      [
        [10, held(0)],
        [18, cborInt(1)],
      ],
      good(10, 0),
    ),
    none('message-and-control', 'two things sealed', [
      [10, held(0)],
      [12, held(0)],
    ]),
    none('message-and-ack', 'two things sealed', [
      [10, held(0)],
      [13, held(0)],
    ]),
    none('control-and-ack', 'two things sealed', [
      [12, held(0)],
      [13, held(0)],
    ]),
    none('wrap-alone', 'a wrap and nothing sealed', [[11, wrap]]),
    none('wrap-and-message', 'a wrap beside a message', [
      [10, held(0)],
      [11, wrap],
    ]),
    none('wrap-and-ack', 'a wrap beside an acknowledgement', [
      [11, wrap],
      [13, held(0)],
    ]),
    none('wrap-text', 'a wrap that is no bytes', [
      [11, cborText('wrap')],
      [12, held(0)],
    ]),
    none('body-beside', 'a text in the clear before it: a message that anybody reads', [
      [4, cborText('hello')],
      [10, held(0)],
    ]),
    none('critical', 'a key that nobody knows and that matters', [
      [10, held(0)],
      [-1, cborInt(1)],
    ]),
    none('epoch-beyond', 'more epochs than a log can have', [[10, held(65_536)]]),
    none('epoch-text', 'an epoch without a number', [[10, cborList([cborText('0'), cborBytes(SOMETHING)])]]),
    none('three-items', 'a list of three', [[10, cborList([cborInt(0), cborBytes(SOMETHING), cborInt(0)])]]),
    none('one-item', 'a list of one', [[10, cborList([cborInt(0)])]]),
    none('no-list', 'bytes without a number', [[10, cborBytes(SOMETHING)]]),
    none('sealed-short', 'less than can be sealed', [[10, held(0, SOMETHING.subarray(0, 47))]]),
  ];
}

/** Entry 0 of logs that are veiled, and of such that are not. */
export function veiledIntroductionVectors(): VeiledIntroductionVector[] {
  const held = (n: number, sealed: Uint8Array = SOMETHING): Buffer => cborList([cborInt(n), cborBytes(sealed)]);
  const vector = (name: string, comment: string, pairs: Pairs, isVeiled = false): VeiledIntroductionVector => ({
    name: `introduction-${name}`,
    comment,
    payload: cborMap(pairs).toString('hex'),
    isVeiled,
  });
  return [
    vector('veiled', 'something sealed and nothing else', [[12, held(0)]], true),
    vector(
      'veiled-later-key',
      'a key of later versions is ignored',
      [
        [12, held(0)],
        [14, cborInt(1)],
      ],
      true,
    ),
    vector(
      'veiled-critical',
      'it can be carried, whatever it means',
      [
        [12, held(0)],
        [-1, cborInt(1)],
      ],
      true,
    ),
    vector('topic-beside', 'a topic in the clear beside it', [
      [1, cborBytes(sha256('topic'))],
      [12, held(0)],
    ]),
    vector('ack-beside', 'another thing sealed', [
      [12, held(0)],
      [13, held(0)],
    ]),
    vector('wrap-beside', 'a wrap beside it', [
      [11, cborBytes(sha256('wrap'))],
      [12, held(0)],
    ]),
    vector('second-epoch', 'under another epoch than the first', [[12, held(1)]]),
    vector('as-message', 'sealed as messages are', [[10, held(0)]]),
    vector('sealed-short-introduction', 'less than can be sealed', [[12, held(0, SOMETHING.subarray(0, 47))]]),
    vector('no-list-introduction', 'bytes without a number', [[12, cborBytes(SOMETHING)]]),
    vector('nothing', 'an empty map', []),
  ];
}

/** Counters that pass their end, or that of their last 4 or 8 bytes. */
export function counterVectors(): CounterVector[] {
  const counter = (name: string, comment: string, hex: string): CounterVector => {
    const stream = createCipheriv('aes-256-ctr', SECRET, Buffer.from(hex, 'hex')).update(Buffer.alloc(48));
    return {
      name: `counter-${name}`,
      comment,
      key: SECRET.toString('hex'),
      counter: hex,
      stream: stream.toString('hex'),
    };
  };
  return [
    counter('zero', 'from 0', '00'.repeat(16)),
    counter('last', 'from the last number on: then comes 0', 'ff'.repeat(16)),
    counter('carry-32', 'the last 4 bytes wrap, and carry', `${'11'.repeat(12)}ffffffff`),
    counter('carry-64', 'the last 8 bytes wrap, and carry', `${'11'.repeat(8)}${'ff'.repeat(8)}`),
  ];
}
