// Vectors of acknowledgements (spec/message.md, "Acknowledgements"): what a body says, and what a sequence of them
// comes to.
import type { Vector } from './vector.js';
import { sha256 } from './wire.js';
import { CBOR_FALSE, CBOR_TRUE, cborBytes, cborInt, cborList, cborMap, cborText } from './wire-cbor.js';
import { ackBody, type WireAckLine } from './wire-message.js';
import { OPEN_END } from './wire-statement.js';

/** A range held, with the id at its end. */
interface AckRange {
  readonly from: number;
  readonly end: number;
  readonly id: string;
}

/** The body of an ack, and what it says. */
export interface AckVector extends Vector {
  readonly body: string;
  /** Null when it can't be understood. */
  readonly reads: { readonly full: boolean; readonly statements: readonly AckStatement[] } | null;
}

/** What is held of one log. */
export interface AckStatement {
  readonly log: string;
  readonly ranges: readonly AckRange[];
}

/** Entries of one log in order, as far as they acknowledge, and what follows from all of them. */
export interface AckStateVector extends Vector {
  readonly entries: readonly {
    readonly seq: number;
    readonly deps: readonly { readonly log: string; readonly seq: number; readonly id: string }[];
    /** Body of the ack; absent when the entry is none. */
    readonly body?: string;
  }[];
  readonly held: readonly AckStatement[];
}

/** Bodies. */
export function ackVectors(): AckVector[] {
  return [...readVectors(), ...unreadVectors()];
}

/** Sequences. */
export function ackStateVectors(): AckStateVector[] {
  const dep = (seq: number) => ({ log: hex(A), seq, id: hex(ID) });
  const ack = (seq: number, lines: readonly WireAckLine[], full = false) => ({
    seq,
    deps: [],
    body: hex(ackBody(lines, { full })),
  });
  const held = (log: Buffer, ...ranges: readonly (readonly [number, number])[]): AckStatement => statement(log, ranges);
  return [
    state('one', 'a single ack', [ack(1, [line(A, [0, 5])])], [held(A, [0, 5])]),
    state(
      'latest-counts',
      'absolute: it may shrink',
      [ack(1, [line(A, [0, 5])]), ack(2, [line(A, [0, 3])])],
      [held(A, [0, 3])],
    ),
    state(
      'other-logs-stay',
      'an ack speaks of the logs it names',
      [ack(1, [line(A, [0, 5])]), ack(2, [line(B, [0, 1])])],
      [held(A, [0, 5]), held(B, [0, 1])],
    ),
    state(
      'full',
      'a full one voids all before',
      [ack(1, [line(A, [0, 5])]), ack(2, [line(B, [0, 1])], true)],
      [held(B, [0, 1])],
    ),
    state('nothing-held', 'an empty list of ranges', [ack(1, [line(A, [0, 5])]), ack(2, [line(A)])], [held(A)]),
    state('dep', 'to cite an entry is to acknowledge it', [{ seq: 1, deps: [dep(4)] }], [held(A, [4, 5])]),
    state(
      'dep-within',
      'what is held already',
      [ack(1, [line(A, [0, 9])]), { seq: 2, deps: [dep(4)] }],
      [held(A, [0, 9])],
    ),
    state('dep-beside', 'one more', [ack(1, [line(A, [0, 3])]), { seq: 2, deps: [dep(4)] }], [held(A, [0, 3], [4, 5])]),
    state('dep-then-full', 'the full one voids deps too', [{ seq: 1, deps: [dep(4)] }, ack(2, [], true)], []),
  ];
}

function readVectors(): AckVector[] {
  return [
    reads('one-range', 'one log, held from its start', [line(A, [0, 7])]),
    reads('two-ranges', 'a gap in between', [line(A, [0, 7], [9, 12])]),
    reads('touching-ranges', 'ranges may touch', [line(A, [0, 7], [7, 12])]),
    reads('two-logs', 'in the order of the list', [line(B, [0, 1]), line(A, [3, 4])]),
    reads('nothing-held', 'a log of which nothing is held', [line(A)]),
    reads('no-logs', 'says nothing', []),
    reads('full', 'voids all before', [line(A, [0, 7])], true),
    reads('full-of-nothing', 'voids all before and holds nothing', [], true),
    reads('highest', 'up to the length 2^48 - 1', [line(A, [0, 2 ** 48 - 1])]),
    {
      ...reads('full-false', 'only true makes it full', [line(A, [0, 7])]),
      body: hex(ackBody([line(A, [0, 7])], { extra: [[2, CBOR_FALSE]] })),
    },
    {
      ...reads('unknown-key', 'passed over', [line(A, [0, 7])]),
      body: hex(ackBody([line(A, [0, 7])], { extra: [[9, CBOR_TRUE]] })),
    },
  ];
}

function unreadVectors(): AckVector[] {
  const one = (value: Buffer) => cborMap([[1, cborList([value])]]);
  const range = (...items: Buffer[]) => one(cborList([cborBytes(A), cborList([cborList(items)])]));
  const id = cborBytes(ID);
  return [
    unread(
      'critical-key',
      'a key below zero that nobody knows',
      ackBody([line(A, [0, 7])], { extra: [[-1, CBOR_TRUE]] }),
    ),
    unread('text', 'a body that is text', cborText('all of it')),
    unread('no-list', 'a map without key 1', cborMap([[2, CBOR_TRUE]])),
    unread('list-as-map', 'key 1 is no list', cborMap([[1, cborMap([])]])),
    unread('short-log', 'a log id of 31 bytes', one(cborList([cborBytes(A.subarray(1)), cborList([])]))),
    unread('no-ranges', 'a log without its ranges', one(cborList([cborBytes(A)]))),
    unread('three-items', 'one item too many', one(cborList([cborBytes(A), cborList([]), cborInt(0)]))),
    unread('short-id', 'an entry id of 31 bytes', range(cborInt(0), cborInt(7), cborBytes(ID.subarray(1)))),
    unread('no-id', 'a range without its id', range(cborInt(0), cborInt(7))),
    unread('range-of-four', 'one item too many', range(cborInt(0), cborInt(7), id, cborInt(0))),
    unread('range-of-text', 'a seq that is text', range(cborText('0'), cborInt(7), id)),
    unread('empty-range', 'from 7 to 7', range(cborInt(7), cborInt(7), id)),
    unread('backwards', 'from 8 to 7', range(cborInt(8), cborInt(7), id)),
    unread('negative', 'from -1', range(cborInt(-1), cborInt(7), id)),
    unread('too-far', 'up to 2^48', range(cborInt(0), cborInt(2 ** 48), id)),
    unread('open-ended', 'an ack holds, it does not want', range(cborInt(0), cborInt(OPEN_END), id)),
    unread('overlapping', 'ranges that overlap', ackBody([line(A, [0, 7], [6, 9])])),
    unread('descending', 'ranges out of order', ackBody([line(A, [8, 9], [0, 7])])),
    unread(
      'one-bad-line',
      'one bad line among good ones',
      cborMap([[1, cborList([cborList([cborBytes(A), cborList([])]), cborInt(1)])]]),
    ),
  ];
}

function reads(name: string, comment: string, lines: readonly WireAckLine[], full = false): AckVector {
  const statements = lines.map(([log, ranges]) => statement(log, ranges));
  return { name: `ack-${name}`, comment, body: hex(ackBody(lines, { full })), reads: { full, statements } };
}

function unread(name: string, comment: string, body: Buffer): AckVector {
  return { name: `ack-${name}`, comment, body: hex(body), reads: null };
}

function state(
  name: string,
  comment: string,
  entries: AckStateVector['entries'],
  held: readonly AckStatement[],
): AckStateVector {
  return { name: `held-${name}`, comment, entries, held };
}

function line(log: Buffer, ...ranges: readonly (readonly [number, number])[]): WireAckLine {
  return [log, ranges.map(([from, end]) => [from, end, ID])];
}

function statement(log: Uint8Array, ranges: readonly (readonly [number, number, ...unknown[]])[]): AckStatement {
  return { log: hex(log), ranges: ranges.map(([from, end]) => ({ from, end, id: hex(ID) })) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const A = sha256('log a');
const B = sha256('log b');
const ID = sha256('the end');
