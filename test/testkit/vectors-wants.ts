// Vectors of wants (spec/bundle.md, "Wants").
import type { ErrorCode } from '../../src/format/error.js';
import { type Compact, compact } from './compact.js';
import type { BytesVector } from './vector.js';
import { bytesOf, join, sha256, ZERO_ID } from './wire.js';
import { type WireWant, wants } from './wire-statement.js';

/** Wants, and what they state. */
export interface WantsVector extends BytesVector {
  /** Left out when there are many. No chunks: all of the blob. */
  readonly blobs?: readonly { readonly root: string; readonly chunks: readonly (readonly [number, number])[] }[];
  /** More is wanted than is told. */
  readonly more?: boolean;
}

/** All of them. */
export function wantsVectors(): WantsVector[] {
  return [...statedVectors(), ...rangeVectors(), ...structureVectors(), ...limitVectors()];
}

function statedVectors(): WantsVector[] {
  return [
    stated('empty', 'nothing is lacked', []),
    stated('all', 'all of a blob, its list too', [{ root: A }]),
    stated('first-chunk', 'its first chunk', [{ root: A, chunks: [[0, 1]] }]),
    stated('rest', 'what is behind its third chunk', [{ root: A, chunks: [[3, 12]] }]),
    stated('holes', 'chunks here and there', [
      {
        root: A,
        chunks: [
          [1, 2],
          [5, 9],
        ],
      },
    ]),
    stated('touching', 'ranges may touch', [
      {
        root: A,
        chunks: [
          [0, 2],
          [2, 3],
        ],
      },
    ]),
    stated('last-chunk', 'the last one that a blob can have', [{ root: A, chunks: [[32_766, 32_767]] }]),
    stated('two', 'in the order given, the most wanted first', [{ root: B, chunks: [[0, 3]] }, { root: A }]),
    stated('more', 'a blob, and more that found no room', [{ root: A }], true),
    stated('only-more', 'nothing but that something is lacked', [], true),
  ];
}

function rangeVectors(): WantsVector[] {
  const chunks = (name: string, comment: string, ...list: (readonly [number, number])[]) =>
    bad(name, comment, wants([{ root: A, chunks: list }]));
  return [
    chunks('empty-range', 'from 5 to 5', [5, 5]),
    chunks('backwards', 'from 6 to 5', [6, 5]),
    chunks('overlapping', 'ranges that overlap', [0, 5], [4, 7]),
    chunks('descending', 'ranges out of order', [6, 7], [0, 5]),
    chunks('twice', 'a range twice', [0, 5], [0, 5]),
    chunks('too-far', 'a chunk that no blob has', [0, 32_768]),
    chunks('far-beyond', 'up to 2^32 - 1', [0, 2 ** 32 - 1]),
  ];
}

function structureVectors(): WantsVector[] {
  const whole = wants([{ root: A, chunks: [[0, 5]] }, { root: B }]);
  const more = wants([{ root: ZERO_ID }]);
  return [
    bad('blob-twice', 'no telling which one counts', wants([{ root: A }, { root: A, chunks: [[0, 1]] }])),
    bad('cut-by-one', 'the last byte is missing', whole.subarray(0, -1)),
    bad('cut-in-range', 'ends inside a range', whole.subarray(0, 40)),
    bad('cut-before-count', 'ends behind a root', whole.subarray(0, 76)),
    bad('one-byte-more', 'one byte behind the last record', join(whole, '\0')),
    bad('count-too-high', 'says two ranges and has one', wants([{ root: A, chunks: [[0, 5]], count: 2 }])),
    bad('count-too-low', 'says no range and has one', wants([{ root: A, chunks: [[0, 5]], count: 0 }])),
    bad('count-huge', 'says 2^32 - 1 ranges', wants([{ root: A, chunks: [[0, 5]], count: 2 ** 32 - 1 }])),
    bad('behind-more', 'a blob behind the mark that there is more', join(more, whole)),
    bad('more-twice', 'the mark twice', join(more, more)),
    bad('more-with-chunks', 'chunks of what is not told', wants([{ root: ZERO_ID, chunks: [[0, 1]] }])),
  ];
}

function limitVectors(): WantsVector[] {
  const over = join(wants([{ root: A }]), bytesOf(65_501));
  return [
    { name: 'wants-65536', comment: 'as large as they can be', bytes: LARGEST, code: 'ok' },
    { ...bad('65537', 'just over 64 KiB: not looked into', over), code: 'over-limit' satisfies ErrorCode },
  ];
}

function stated(name: string, comment: string, blobs: readonly WireWant[], more = false): WantsVector {
  const told = blobs.map(({ root, chunks = [] }) => ({ root: Buffer.from(root).toString('hex'), chunks }));
  const bytes = wants([...blobs, ...(more ? [{ root: ZERO_ID }] : [])]);
  return { name: `wants-${name}`, comment, bytes: bytes.toString('hex'), code: 'ok', blobs: told, more };
}

function bad(name: string, comment: string, bytes: Buffer): WantsVector {
  return { name: `wants-${name}`, comment, bytes: compact(bytes), code: 'bad-member' };
}

const A = sha256('blob a');
const B = sha256('blob b');
/** 1,818 blobs of 36 bytes each, the first with 11 ranges of 8, are just 64 KiB. */
const LARGEST: Compact = [
  wants([{ root: A, chunks: Array.from({ length: 11 }, (_, i) => [2 * i, 2 * i + 1] as const) }]).toString('hex'),
  { before: '01'.repeat(30), countTo: 1817, after: '00000000' },
];
