// Vectors of the order of a conversation (spec/message.md, "Order"): logs with their entries, and the one sequence that
// every reader shows.
import type { Vector } from './vector.js';
import { CBOR_NULL } from './wire-cbor.js';
import { HOUSEKEEPING, message } from './wire-message.js';

/** Logs in one topic, and the places of their messages in order. */
export interface OrderVector extends Vector {
  readonly logs: readonly OrderLog[];
  /** Pairs of log (as index in `logs`) and seq. */
  readonly order: readonly (readonly [log: number, seq: number])[];
}

/** One log of an order vector. */
export interface OrderLog {
  readonly log: string;
  /** The runs of entries that are held, each from a seq up to another. */
  readonly runs: readonly (readonly [from: number, end: number])[];
  /** From this seq on the log is frozen by a proof. */
  readonly frozen?: number;
  /** All entries from seq 0 on, held or not. */
  readonly entries: readonly OrderEntry[];
}

/** An entry in an order vector. */
interface OrderEntry {
  readonly meta: string;
  /** Null when it was dropped. */
  readonly payload: string | null;
  /** Null when it has none that is readable. */
  readonly clock: number | null;
}

/** All of them. */
export function orderVectors(): OrderVector[] {
  return [...tieVectors(), ...oddClockVectors(), ...holeVectors()];
}

function tieVectors(): OrderVector[] {
  return [
    order('by-clock', 'whatever log they are in', [log('a', 10, 40), log('b', 20, 30)], '0.1 1.1 1.2 0.2'),
    order('by-log-id', 'equal clocks: the lower log id first', [log('b', 10), log('a', 10)], '1.1 0.1'),
    order('one-log', 'by seq', [log('a', 10, 20, 30)], '0.1 0.2 0.3'),
    order('no-logs', 'nothing to order', [], ''),
    order('introductions-only', 'an introduction is no message', [log('a'), log('b')], ''),
    order(
      'acks',
      'housekeeping neither appears nor moves anything',
      [log('a', 10, 'ack 99', 20), log('b', 15)],
      '0.1 1.1 0.3',
    ),
    order(
      'interleaved',
      'three logs',
      [log('c', 3, 6, 9), log('a', 1, 4, 7), log('b', 2, 5, 8)],
      '1.1 2.1 0.1 1.2 2.2 0.2 1.3 2.3 0.3',
    ),
  ];
}

function oddClockVectors(): OrderVector[] {
  return [
    order(
      'not-above',
      'a clock that fell back sorts right after its predecessor',
      [log('a', 50, 10), log('b', 20, 60)],
      '1.1 0.1 0.2 1.2',
    ),
    order('equal-to-own', 'a clock that stood still', [log('a', 50, 50), log('b', 50)], '0.1 0.2 1.1'),
    order(
      'unreadable',
      'a payload that is no message stays in its place in the log',
      [log('b', 50, 'junk'), log('a', 50, 60)],
      '1.1 0.1 0.2 1.2',
    ),
    order('dropped', 'gone with its payload', [log('b', 50, 'dropped', 70), log('a', 55)], '0.1 0.2 1.1 0.3'),
    order(
      'first-unreadable',
      'nothing before it: sorts before everything',
      [log('b', 'junk', 20), log('a', 0)],
      '0.1 1.1 0.2',
    ),
    order('out-of-range', 'a clock of 2^48 counts as none', [log('a', 50, 2 ** 48), log('b', 60)], '0.1 0.2 1.1'),
    order('negative', 'a clock below zero counts as none', [log('a', 50, -3), log('b', 40)], '1.1 0.1 0.2'),
    order('highest', 'the highest clock is a clock', [log('a', 2 ** 48 - 1), log('b', 60)], '1.1 0.1'),
    order(
      'climbs-again',
      'the fallen one is passed by the next',
      [log('a', 50, 10, 30, 60), log('b', 50, 55)],
      '0.1 0.2 0.3 1.1 1.2 0.4',
    ),
  ];
}

function holeVectors(): OrderVector[] {
  const whole = log('a', 10, 20, 30, 40);
  const b = log('b', 25, 35);
  const held = (...runs: OrderLog['runs']) => ({ ...whole, runs });
  const junkBehind = {
    ...log('a', 10, 20, 'junk'),
    runs: [
      [0, 2],
      [3, 4],
    ] as const,
  };
  return [
    order('after-a-gap', 'what is missing is not waited for', [held([3, 5]), b], '1.1 0.3 1.2 0.4'),
    order('hole', 'a gap in the middle', [held([0, 2], [3, 5]), b], '0.1 1.1 0.3 1.2 0.4'),
    order('hole-before-unreadable', 'the predecessor is the last one held', [junkBehind, b], '0.1 0.3 1.1 1.2'),
    order(
      'frozen',
      'entries from a proven contradiction on stay where they are',
      [{ ...whole, frozen: 3 }, b],
      '0.1 0.2 1.1 0.3 1.2 0.4',
    ),
    order(
      'frozen-in-runs',
      'the same where a run begins',
      [{ ...held([0, 3], [3, 5]), frozen: 3 }, b],
      '0.1 0.2 1.1 0.3 1.2 0.4',
    ),
    order(
      'frozen-from-the-start',
      'all of it is marked, and where it was',
      [{ ...whole, frozen: 0 }, b],
      '0.1 0.2 1.1 0.3 1.2 0.4',
    ),
    order(
      'in-runs',
      'how a log is cut into runs does not matter',
      [held([0, 1], [1, 2], [2, 4], [4, 5]), b],
      '0.1 0.2 1.1 0.3 1.2 0.4',
    ),
  ];
}

type Told = number | 'junk' | 'dropped' | `ack ${number}`;

/** A log whose id is one digit all over, with an introduction and an entry for each clock told. */
function log(digit: string, ...clocks: readonly Told[]): OrderLog {
  const intro = { meta: '', payload: '', clock: null };
  const runs = [[0, clocks.length + 1]] as const;
  return { log: digit.repeat(64), runs, entries: [intro, ...clocks.map(entryOf)] };
}

function entryOf(told: Told): OrderEntry {
  if (told === 'junk') return { meta: '', payload: CBOR_NULL.toString('hex'), clock: null };
  if (told === 'dropped') return { meta: '', payload: null, clock: null };
  const isAck = typeof told === 'string';
  const time = isAck ? Number(told.slice(4)) : told;
  const payload = message({ time, ...(isAck && { type: 'ack' }) }).toString('hex');
  const clock = time >= 0 && time < 2 ** 48 ? time : null;
  return { meta: isAck ? HOUSEKEEPING.toString('hex') : '', payload, clock };
}

/** `places` are written log.seq. */
function order(name: string, comment: string, logs: readonly OrderLog[], places: string): OrderVector {
  const told = places === '' ? [] : places.split(' ').map((place) => place.split('.').map(Number));
  return { name: `order-${name}`, comment, logs, order: told as unknown as OrderVector['order'] };
}
