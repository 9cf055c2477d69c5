// Vectors of clear metadata (spec/log.md, "Metadata"): what counts, and what counts as nothing said.
import type { Vector } from './vector.js';
import { bytesOf, flip, join, sha256, u8 } from './wire.js';
import {
  CBOR_FALSE,
  CBOR_NULL,
  CBOR_TRUE,
  cborBytes,
  cborFloat,
  cborInt,
  cborList,
  cborMap,
  cborOpenBytes,
  cborOpenMap,
  cborTag,
  cborText,
} from './wire-cbor.js';

/** What metadata means: nothing that was not said in a form that counts. */
interface MetaMeaning {
  readonly expires?: number;
  readonly blobs?: readonly { readonly root: string; readonly size: number }[];
  readonly retracts?: readonly { readonly from: number; readonly end: number }[];
  readonly housekeeping?: true;
  readonly newer?: true;
  readonly retractsIn?: { readonly log: string; readonly ranges: readonly object[] };
}

/** Metadata and its meaning. */
export interface MetaVector extends Vector {
  readonly meta: string;
  readonly means: MetaMeaning;
}

/** All of them. */
export function metaVectors(): MetaVector[] {
  return [...sayingVectors(), ...formVectors(), ...valueVectors()];
}

function sayingVectors(): MetaVector[] {
  return [
    meta('empty', 'most entries have none', Buffer.alloc(0)),
    meta('empty-map', 'a map that says nothing', cborMap([])),
    meta('expires', 'on the beginning of that Unix day', cborMap([[1, DAY]]), { expires: 20_500 }),
    meta('expires-day-zero', 'the first day there is', cborMap([[1, cborInt(0)]]), { expires: 0 }),
    meta('blobs', 'root and size', cborMap([[2, cborList([BLOB, EMPTY_BLOB])]]), {
      blobs: [
        { root: ROOT.toString('hex'), size: 70_000 },
        { root: ROOT.toString('hex'), size: 0 },
      ],
    }),
    meta('no-blobs', 'an empty list', cborMap([[2, cborList([])]]), { blobs: [] }),
    meta('retracts', 'half-open ranges of its own seqs', cborMap([[3, cborList([range(1, 2), range(5, 9)])]]), {
      retracts: [
        { from: 1, end: 2 },
        { from: 5, end: 9 },
      ],
    }),
    meta(
      'retracts-to-the-last',
      'a length can be as high as 2^48 - 1',
      cborMap([[3, cborList([range(1, 2 ** 48 - 1)])]]),
      {
        retracts: [{ from: 1, end: 2 ** 48 - 1 }],
      },
    ),
    meta('housekeeping', 'an acknowledgement and the like', cborMap([[4, CBOR_TRUE]]), { housekeeping: true }),
    meta('retracts-in', 'entry 5 of an older log, by its id', inOlder([5, 6, ID]), {
      housekeeping: true,
      retractsIn: { log: ROOT.toString('hex'), ranges: [{ from: 5, end: 6, id: ID.toString('hex') }] },
    }),
    meta('retracts-in-nothing', 'no ranges', inOlder(), {
      housekeeping: true,
      retractsIn: { log: ROOT.toString('hex'), ranges: [] },
    }),
    meta('retracts-in-introduction', 'entry 0 is never retracted', inOlder([0, 1, ID]), { housekeeping: true }),
    meta('retracts-in-one-bad', 'an empty range beside a good one', inOlder([5, 6, ID], [7, 7, ID]), {
      housekeeping: true,
    }),
    meta('retracts-in-short-id', 'an id of 31 bytes', inOlder([5, 6, ID.subarray(1)]), { housekeeping: true }),
    meta('all-four', 'every field, keys ascending', everything(), EVERYTHING),
    meta(
      'unknown-keys',
      'a key nobody knows yet is carried and says nothing',
      everything([[23, cborText('later')]]),
      EVERYTHING,
    ),
    meta('unknown-key-in-two-bytes', 'key 24 takes two bytes', everything([[24, cborText('later')]]), EVERYTHING),
  ];
}

function formVectors(): MetaVector[] {
  const key = cborInt(1);
  return [
    meta('opaque', 'bytes that are no CBOR', Buffer.from('free text')),
    meta('one-byte', 'a byte that begins nothing', Buffer.of(0xff)),
    meta('not-a-map', 'a list', cborList([cborInt(1), DAY])),
    meta('cut-off', 'the last byte is missing', everything().subarray(0, -1)),
    meta('trailing-byte', 'one byte more than the map', join(cborMap([[1, DAY]]), u8(0))),
    meta('two-maps', 'two items', join(cborMap([[1, DAY]]), cborMap([[4, CBOR_TRUE]]))),
    meta('count-too-high', 'says two pairs and holds one', cborMap([[1, DAY]], { count: 2 })),
    meta(
      'keys-descending',
      'keys must ascend',
      cborMap([
        [4, CBOR_TRUE],
        [1, DAY],
      ]),
    ),
    meta(
      'key-twice',
      'the same key with the same value',
      cborMap([
        [1, DAY],
        [1, DAY],
      ]),
    ),
    meta(
      'key-twice-two-values',
      'no telling which one counts',
      cborMap([
        [1, DAY],
        [1, cborInt(1)],
      ]),
    ),
    meta('long-count', 'the number of pairs not in shortest form', cborMap([[1, DAY]], { width: 1 })),
    meta('long-key', 'a key not in shortest form', cborMap([[cborInt(1, 1), DAY]])),
    meta('long-value', 'a value not in shortest form', cborMap([[1, cborInt(20_500, 4)]])),
    meta('open-map', 'a map of unstated length', cborOpenMap([[1, DAY]])),
    meta('open-bytes', 'a byte string in pieces', cborMap([[2, cborList([cborList([cborOpenBytes(ROOT), SIZE])])]])),
    meta('tagged', 'a tag before the map', cborTag(55_799, cborMap([[1, DAY]]))),
    meta('tagged-value', 'a tag before a value, here the epoch time tag', cborMap([[key, cborTag(1, DAY)]])),
    meta(
      'text-key',
      'a key that is text; keys are small integers',
      cborMap([
        [1, DAY],
        [cborText('a'), CBOR_TRUE],
      ]),
    ),
    meta('critical-key', 'a key below zero that nobody knows yet: nothing else counts', everything([[-1, CBOR_TRUE]]), {
      newer: true,
    }),
    meta('critical-key-alone', 'the same with nothing beside it', cborMap([[-24, CBOR_NULL]]), { newer: true }),
    meta(
      'critical-key-in-a-bad-map',
      'in a map whose keys descend it is none',
      cborMap([
        [-1, CBOR_TRUE],
        [1, DAY],
      ]),
    ),
    meta(
      'key-2-53',
      'a key that no map has',
      cborMap([
        [1, DAY],
        [cborInt(2n ** 53n), CBOR_TRUE],
      ]),
    ),
    meta(
      'unknown-huge',
      'a number above 2^53 - 1 under a key that nobody knows',
      cborMap([
        [1, DAY],
        [9, cborInt(2n ** 53n)],
      ]),
      { expires: 20_500 },
    ),
    meta(
      'unknown-float',
      'an unknown key with a float: no floats in deterministic maps',
      cborMap([
        [1, DAY],
        [9, cborFloat('3e00')],
      ]),
    ),
    meta(
      'deep',
      'the map and 15 lists inside each other: as deep as it may be',
      cborMap([
        [1, DAY],
        [9, nested(15)],
      ]),
      { expires: 20_500 },
    ),
    meta(
      'too-deep',
      'the map and 16 lists inside each other',
      cborMap([
        [1, DAY],
        [9, nested(16)],
      ]),
    ),
    meta('deeper-than-the-limit', '510 bytes that open lists and never close them', bytesOf(510, 0x81)),
  ];
}

function valueVectors(): MetaVector[] {
  const housekeeping = { housekeeping: true } as const;
  const beside = (name: string, comment: string, key: number, value: Buffer) =>
    meta(
      name,
      `${comment}; the field beside it counts`,
      cborMap([
        [key, value],
        [4, CBOR_TRUE],
      ]),
      housekeeping,
    );
  return [
    beside('expires-negative', 'a day before 1970', 1, cborInt(-1)),
    beside('expires-2-53', 'a day above 2^53 - 1', 1, cborInt(2n ** 53n)),
    beside('expires-text', 'a day as text', 1, cborText('20500')),
    meta(
      'expires-float',
      'a day and a half: no floats in deterministic maps',
      cborMap([
        [1, cborFloat('3e00')],
        [4, CBOR_TRUE],
      ]),
    ),
    beside('expires-huge', 'a day above 2^53', 1, cborInt(2n ** 53n)),
    beside('blobs-not-a-list', 'blobs as a byte string', 2, cborBytes(ROOT)),
    beside('blob-root-short', 'a root of 31 bytes', 2, cborList([cborList([cborBytes(ROOT.subarray(1)), SIZE])])),
    beside('blob-root-as-text', 'a root as hex', 2, cborList([cborList([cborText(ROOT.toString('hex')), SIZE])])),
    beside('blob-without-size', 'a pair of one', 2, cborList([cborList([cborBytes(ROOT)])])),
    beside('blob-of-three', 'a pair of three', 2, cborList([cborList([cborBytes(ROOT), SIZE, SIZE])])),
    beside('blob-size-negative', 'a size below zero', 2, cborList([cborList([cborBytes(ROOT), cborInt(-1)])])),
    beside('one-bad-blob', 'one bad item voids its whole list', 2, cborList([BLOB, cborInt(1)])),
    beside('retracts-introduction', 'entry 0 is never retracted', 3, cborList([range(0, 2)])),
    beside('retracts-nothing', 'an empty range', 3, cborList([range(5, 5)])),
    beside('retracts-backwards', 'a range that ends before it begins', 3, cborList([range(6, 5)])),
    beside('retracts-too-far', 'an end of 2^48', 3, cborList([range(1, 2 ** 48)])),
    beside('retracts-flat', 'two numbers in place of a list of pairs', 3, range(1, 2)),
    meta(
      'housekeeping-false',
      'only true says it',
      cborMap([
        [1, DAY],
        [4, CBOR_FALSE],
      ]),
      { expires: 20_500 },
    ),
    meta(
      'housekeeping-one',
      '1 is not true',
      cborMap([
        [1, DAY],
        [4, cborInt(1)],
      ]),
      { expires: 20_500 },
    ),
    meta(
      'housekeeping-null',
      'null is not true',
      cborMap([
        [1, DAY],
        [4, CBOR_NULL],
      ]),
      { expires: 20_500 },
    ),
    meta('bit-flipped', 'the map head turned into a list head', flip(cborMap([[1, DAY]]), 0, 0x20)),
  ];
}

function meta(name: string, comment: string, bytes: Uint8Array, means: MetaMeaning = {}): MetaVector {
  return { name: `meta-${name}`, comment, meta: Buffer.from(bytes).toString('hex'), means };
}

function everything(extra: readonly [number, Buffer][] = []): Buffer {
  return cborMap([[1, DAY], [2, cborList([BLOB])], [3, cborList([range(1, 4)])], [4, CBOR_TRUE], ...extra]);
}

function inOlder(...ranges: readonly (readonly [from: number, end: number, id: Uint8Array])[]): Buffer {
  const items = ranges.map(([from, end, id]) => cborList([cborInt(from), cborInt(end), cborBytes(id)]));
  return cborMap([
    [4, CBOR_TRUE],
    [5, cborList([cborBytes(ROOT), cborList(items)])],
  ]);
}

function range(from: number, end: number): Buffer {
  return cborList([cborInt(from), cborInt(end)]);
}

function nested(depth: number): Buffer {
  return join(bytesOf(depth, 0x81), u8(0));
}

const DAY = cborInt(20_500);
const SIZE = cborInt(70_000);
const ROOT = sha256('satchel fixture blob');
const ID = sha256('satchel fixture entry');
const BLOB = cborList([cborBytes(ROOT), SIZE]);
const EMPTY_BLOB = cborList([cborBytes(ROOT), cborInt(0)]);

const EVERYTHING: MetaMeaning = {
  expires: 20_500,
  blobs: [{ root: ROOT.toString('hex'), size: 70_000 }],
  retracts: [{ from: 1, end: 4 }],
  housekeeping: true,
};
