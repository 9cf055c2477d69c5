// Vectors of frontiers (spec/bundle.md, "Frontier").
import type { ErrorCode } from '../../src/format/error.js';
import { type Compact, compact } from './compact.js';
import type { BytesVector } from './vector.js';
import { bytesOf, join, sha256, ZERO_ID } from './wire.js';
import { anyId, frontier, OPEN_END, type WireFrontierLog } from './wire-statement.js';

/** A frontier, and the ranges it states; `end` is null for an open-ended one. */
export interface FrontierVector extends BytesVector {
  /** Left out when there are many. */
  readonly logs?: readonly {
    readonly log: string;
    readonly ranges: readonly { readonly from: number; readonly end: number | null; readonly id: string }[];
  }[];
}

/** All of them. */
export function frontierVectors(): FrontierVector[] {
  return [...statedVectors(), ...rangeVectors(), ...structureVectors(), ...limitVectors()];
}

function statedVectors(): FrontierVector[] {
  return [
    stated('empty', 'nothing is said', []),
    stated('one-log', 'held from its start', [held(A, [0, 5])]),
    stated('gap', 'two ranges of one log', [held(A, [0, 5], [9, 12])]),
    stated('touching', 'ranges may touch', [held(A, [0, 5], [5, 7])]),
    stated('two-logs', 'in the order given, the most important first', [held(B, [0, 5]), held(A, [3, 4])]),
    stated('nothing-held', 'known, and nothing held of it', [held(A)]),
    stated('no-more', 'send me nothing of this', [{ log: A, ranges: [[0, OPEN_END, ZERO_ID]] }]),
    stated('no-more-from-here', 'held up to 5, and no more please', [
      {
        log: A,
        ranges: [
          [0, 5, ID],
          [5, OPEN_END, ZERO_ID],
        ],
      },
    ]),
    stated('highest', 'up to the length 2^48 - 1', [held(A, [2 ** 48 - 2, 2 ** 48 - 1])]),
  ];
}

function rangeVectors(): FrontierVector[] {
  const ranges = (name: string, comment: string, ...list: WireFrontierLog['ranges']) =>
    bad(name, comment, frontier([{ log: A, ranges: list }]));
  return [
    ranges('empty-range', 'from 5 to 5', [5, 5, ID]),
    ranges('backwards', 'from 6 to 5', [6, 5, ID]),
    ranges('overlapping', 'ranges that overlap', [0, 5, ID], [4, 7, ID]),
    ranges('descending', 'ranges out of order', [6, 7, ID], [0, 5, ID]),
    ranges('too-far', 'up to 2^48', [0, 2 ** 48, ID]),
    ranges('far-beyond', 'up to 2^64 - 2', [0, OPEN_END - 1n, ID]),
    ranges('open-with-id', 'an open-ended range has no last entry', [0, OPEN_END, ID]),
    ranges('behind-open', 'nothing can follow an open-ended range', [0, OPEN_END, ZERO_ID], [5, 7, ID]),
    ranges('open-from-2-48', 'begins where no log gets', [2 ** 48, OPEN_END, ZERO_ID]),
    ranges('open-from-the-end', 'begins at 2^64 - 1', [OPEN_END, OPEN_END, ZERO_ID]),
  ];
}

function structureVectors(): FrontierVector[] {
  const whole = frontier([held(A, [0, 5]), held(B, [0, 5])]);
  return [
    bad('log-twice', 'no telling which one counts', frontier([held(A, [0, 5]), held(A, [7, 9])])),
    bad('cut-by-one', 'the last byte is missing', whole.subarray(0, -1)),
    bad('cut-in-log', 'ends inside a log id', whole.subarray(0, 100)),
    bad('cut-before-count', 'ends behind a log id', whole.subarray(0, 116)),
    bad('one-byte-more', 'one byte behind the last range', join(whole, '\0')),
    bad('count-too-high', 'says two ranges and has one', frontier([{ log: A, ranges: [[0, 5, ID]], count: 2 }])),
    bad('count-too-low', 'says no range and has one', frontier([{ log: A, ranges: [[0, 5, ID]], count: 0 }])),
    bad('count-huge', 'says 2^32 - 1 ranges', frontier([{ log: A, ranges: [[0, 5, ID]], count: 2 ** 32 - 1 }])),
  ];
}

/** The most bytes below the limit that logs and ranges can add up to: 48 for a range, 36 for each of 1,819 logs. */
function limitVectors(): FrontierVector[] {
  const over = join(frontier([held(A, [0, 5])]), bytesOf(65_460));
  return [
    { name: 'frontier-65532', comment: 'as large as one can be', bytes: LARGEST, code: 'ok' },
    { ...bad('65544', 'just over 64 KiB: not looked into', over), code: 'over-limit' satisfies ErrorCode },
  ];
}

function stated(name: string, comment: string, logs: readonly WireFrontierLog[]): FrontierVector {
  const told = logs.map(({ log, ranges }) => ({
    log: hex(log),
    ranges: ranges.map(([from, end, id]) => ({
      from: Number(from),
      end: end === OPEN_END ? null : Number(end),
      id: hex(id),
    })),
  }));
  return { name: `frontier-${name}`, comment, bytes: hex(frontier(logs)), code: 'ok', logs: told };
}

function bad(name: string, comment: string, bytes: Buffer): FrontierVector {
  return { name: `frontier-${name}`, comment, bytes: compact(bytes), code: 'bad-member' };
}

function held(log: Buffer, ...ranges: readonly (readonly [number, number])[]): WireFrontierLog {
  return { log, ranges: ranges.map(([from, end]) => [from, end, ID]) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const A = sha256('log a');
const B = sha256('log b');
const ID = anyId('the end');
const LARGEST: Compact = [
  hex(frontier([held(A, [0, 5])])),
  { before: '01'.repeat(30), countTo: 1818, after: '00000000' },
];
