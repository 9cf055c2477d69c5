// Vectors of what a replica makes of segments and proofs of logs with several pasts, in several orders (spec/log.md, "Taking
// a segment"). Forks in them are made by signing twice. What is expected is what the naive reader says.
import { ADA, TOPIC } from './cast.js';
import {
  ackEntry,
  type Item,
  type Past,
  pastOf,
  pieceOf,
  proofOf,
  retractEntry,
  TODAY,
  textEntry,
  type Written,
} from './forked-world.js';
import { NaiveLog } from './naive-log.js';
import type { Vector } from './vector.js';
import { WIRE_TIME, wireKey } from './wire.js';
import { introduction } from './wire-card.js';

/** What a replica knows of the log after a bundle. */
export interface StepVector {
  /** The code of each refusal, `ok` for what was taken, in the order of the bundle. */
  readonly codes: readonly string[];
  /** The seq from which the log is frozen; null when it is not. */
  readonly freeze: number | null;
  readonly held: readonly number[];
  readonly leftOver: readonly number[];
  readonly stripped: readonly number[];
}

/** Things that arrive, and what becomes of them. */
export interface ReplicaVector extends Vector {
  /** The day, counted from 1970-01-01, on the own clock. */
  readonly today: number;
  readonly log: string;
  readonly items: readonly { readonly segment?: string; readonly proof?: string }[];
  readonly orders: readonly {
    /** Items by their numbers, in bundles: each is one commit. */
    readonly bundles: readonly (readonly number[])[];
    /** After each of them. */
    readonly steps: readonly StepVector[];
    /** Seqs of the messages that are shown at the end, in order. */
    readonly order: readonly number[];
    /** Seqs of the acknowledgements that count at the end. */
    readonly acks: readonly number[];
  }[];
}

const KEY = wireKey('log with several pasts');
const INTRO: Written = { wire: { payload: introduction({ log: KEY.id, topic: TOPIC, person: ADA }) }, naive: {} };
const OTHER_INTRO: Written = {
  wire: { payload: introduction({ log: KEY.id, topic: TOPIC, person: ADA, label: 'another' }) },
  naive: {},
};
const ORDERS_MAX = 6;

/** The introduction of the log, which an import has to know before it takes the rest. */
export const REPLICA_INTRODUCTION: Pick<Item, 'kind' | 'bytes'> = pieceOf(pastOf(KEY, [INTRO]), {
  log: 0,
  first: 0,
  end: 1,
  isGone: () => false,
});

/** Builds an entry at a seq. */
type Make = (seq: number) => Written;
const clockAt = (seq: number): number => WIRE_TIME + seq * 10;
const text =
  (body: string): Make =>
  (seq) =>
    textEntry(clockAt(seq), `${body}${seq}`);
const expires =
  (day: number): Make =>
  (seq) =>
    textEntry(clockAt(seq), `day ${day}`, day);
const retract =
  (from: number, end = from + 1): Make =>
  (seq) =>
    retractEntry(clockAt(seq), `${from}`, from, end);
const ack =
  (end: number): Make =>
  (seq) =>
    ackEntry(clockAt(seq), `ack ${end}`, wireKey('another log').id, end);

/** A past of the log: the introduction, and these. */
function past(...makes: readonly Make[]): Past {
  return pastOf(KEY, [INTRO, ...makes.map((make, i) => make(i + 1))]);
}

function texts(name: string, count: number): Make[] {
  return Array.from({ length: count }, () => text(name));
}

const ONE = past(...texts('a', 9));
const OTHER = past(...texts('a', 4), ...texts('b', 5));
const THIRD = past(...texts('a', 2), ...texts('c', 6));

function piece(from: Past, first: number, end: number, gone: readonly number[] = []): Item {
  return pieceOf(from, { log: 0, first, end, isGone: (seq) => gone.includes(seq) });
}

/** All of them. */
export function replicaVectors(): ReplicaVector[] {
  return [...edgeVectors(), ...freezeVectors(), ...proofVectors(), ...strippedVectors(), ...effectVectors()];
}

function edgeVectors(): ReplicaVector[] {
  return [
    vector('one-past', 'nothing contradicts', [piece(ONE, 0, 1), piece(ONE, 1, 5), piece(ONE, 5, 10)]),
    vector('whole-pasts', 'both from the beginning', [piece(ONE, 1, 10), piece(OTHER, 1, 10)]),
    vector('edge-to-inside', 'begins where a held run ends, and ends inside the next', [
      piece(ONE, 1, 3),
      piece(ONE, 3, 10),
      piece(OTHER, 3, 8),
    ]),
    vector('inside', 'begins and ends inside a held run', [piece(ONE, 1, 10), piece(OTHER, 3, 7)]),
    vector('inside-to-behind', 'begins inside a held run and ends behind it', [piece(ONE, 1, 7), piece(OTHER, 4, 10)]),
    vector('several-runs', 'goes over runs and gaps', [piece(ONE, 1, 3), piece(ONE, 6, 8), piece(OTHER, 1, 10)]),
    vector('gap-filled', 'agrees behind a gap, and differs before it', [
      piece(ONE, 1, 6),
      piece(OTHER, 7, 9),
      piece(OTHER, 4, 9),
    ]),
    vector('link-alone', 'only the id before its first entry differs', [piece(ONE, 1, 6), piece(OTHER, 6, 8)]),
    vector('end-alone', 'only the id at its end differs', [piece(OTHER, 6, 8), piece(ONE, 3, 6)]),
    vector('id-at-the-freeze', 'all of it lies behind the freeze, but its previous id does not', [
      piece(ONE, 6, 8),
      piece(OTHER, 7, 9),
      piece(THIRD, 6, 8),
      piece(ONE, 4, 6),
    ]),
    vector('with-heads-between', 'cut at the back where another head is', [
      piece(ONE, 1, 4),
      piece(ONE, 1, 10),
      piece(OTHER, 1, 6),
    ]),
  ];
}

function freezeVectors(): ReplicaVector[] {
  return [
    vector('reaching-beyond', 'counts up to the freeze', [piece(ONE, 4, 10), piece(OTHER, 4, 10), piece(ONE, 1, 8)]),
    vector('wholly-behind', 'is not kept', [piece(ONE, 1, 7), piece(OTHER, 1, 7), piece(ONE, 7, 10)]),
    vector('left-over-again', 'what is here already is known', [
      piece(ONE, 1, 10),
      piece(OTHER, 4, 6),
      piece(ONE, 5, 9),
    ]),
    vector('three-pasts', 'the lowest difference counts', [piece(ONE, 1, 10), piece(OTHER, 1, 10), piece(THIRD, 1, 9)]),
    vector('three-pasts-in-pieces', 'the same, with gaps', [
      piece(ONE, 1, 4),
      piece(OTHER, 4, 8),
      piece(THIRD, 3, 6),
      piece(ONE, 6, 10),
    ]),
    vector('two-introductions', 'nothing of the log counts', [
      piece(ONE, 0, 1),
      piece(pastOf(KEY, [OTHER_INTRO, ...texts('d', 2).map((make, i) => make(i + 1))]), 0, 1),
      piece(ONE, 1, 4),
    ]),
  ];
}

function proofVectors(): ReplicaVector[] {
  return [
    vector('proof-only', 'there is nothing yet', [proofOf(ONE, OTHER, 0, 6), piece(ONE, 1, 10), piece(OTHER, 1, 8)]),
    vector('proof-not-lowest', 'segments lower the freeze', [
      proofOf(ONE, OTHER, 0, 8),
      piece(ONE, 1, 7),
      piece(OTHER, 1, 7),
    ]),
    vector('two-proofs', 'the lower one counts', [
      proofOf(ONE, OTHER, 0, 7),
      proofOf(ONE, THIRD, 0, 4),
      piece(ONE, 1, 9),
    ]),
    vector('proof-of-others', 'about pasts that never came', [
      proofOf(OTHER, THIRD, 0, 4),
      piece(ONE, 1, 5),
      piece(ONE, 5, 9),
    ]),
    vector('proof-twice', 'the second says nothing new', [
      proofOf(ONE, OTHER, 0, 6),
      proofOf(OTHER, ONE, 0, 6),
      piece(OTHER, 2, 9),
    ]),
  ];
}

function strippedVectors(): ReplicaVector[] {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  return [
    vector('stripped-then-whole', 'a copy fills it in', [piece(ONE, 1, 6, [2, 3]), piece(ONE, 2, 5), piece(ONE, 6, 8)]),
    vector('stripped-tells-ids', 'ids of stripped entries are compared', [piece(ONE, 1, 10, all), piece(OTHER, 4, 8)]),
    vector('stripped-other-past', 'the other past came without payloads', [
      piece(ONE, 1, 10),
      piece(OTHER, 1, 10, all),
    ]),
    vector('stripped-before-freeze', 'filled in by a segment that reaches beyond', [
      piece(ONE, 1, 5, [2]),
      piece(OTHER, 1, 8, [3]),
      piece(ONE, 2, 9),
    ]),
  ];
}

function effectVectors(): ReplicaVector[] {
  const common = texts('a', 4);
  const retracting = past(...common, text('a'), retract(2), text('a'));
  const early = past(...common.slice(0, 3), retract(2), text('a'), text('a'));
  const earlyOther = past(...common.slice(0, 3), retract(2), ...texts('b', 2));
  const acking = past(ack(3), text('a'), ack(5), text('a'), ack(7));
  const ackingOther = past(ack(3), text('a'), ack(5), ...texts('b', 2));
  const old = past(text('a'), expires(TODAY - 1), text('a'), expires(TODAY + 1), expires(TODAY - 1), text('a'));
  const oldOther = past(text('a'), expires(TODAY - 1), text('a'), expires(TODAY + 1), ...texts('b', 2));
  const wide = past(...common, retract(1, 8), text('a'));
  return [
    vector('retraction-behind', 'takes nothing back', [piece(retracting, 1, 8), piece(OTHER, 1, 8)]),
    vector('retraction-behind-stripped', 'what it explained is stripped', [
      piece(retracting, 1, 5, [2]),
      piece(retracting, 5, 8),
      piece(OTHER, 4, 8),
    ]),
    vector('retraction-behind-refilled', 'and a copy fills it in, unless it was passed over before', [
      piece(retracting, 1, 8, [2]),
      piece(OTHER, 4, 8),
      piece(ONE, 1, 4),
    ]),
    vector('retraction-before', 'counts as ever', [
      piece(early, 1, 7, [2]),
      piece(earlyOther, 3, 7),
      piece(early, 4, 7),
    ]),
    vector('retraction-of-later', 'an entry takes back what comes after it', [
      piece(wide, 1, 7, [6]),
      piece(OTHER, 1, 6),
    ]),
    vector('acks', 'those behind the freeze say nothing', [
      piece(acking, 0, 1),
      piece(acking, 1, 6),
      piece(ackingOther, 1, 6),
    ]),
    vector('expiry', 'before the freeze it explains, behind it does not', [
      piece(old, 0, 1),
      piece(old, 1, 7, [2, 5]),
      piece(oldOther, 1, 7, [2]),
    ]),
    vector('order', 'messages behind the freeze move nothing, and are marked', [
      piece(ONE, 0, 1),
      piece(ONE, 1, 10),
      piece(OTHER, 5, 8),
    ]),
  ];
}

function vector(name: string, comment: string, items: readonly Item[]): ReplicaVector {
  const told = items.map(({ kind, bytes }) => ({ [kind]: bytes.toString('hex') }));
  const orders = [...ordersOf(items.length).map((order) => order.map((i) => [i])), [proofsFirst(items)]];
  return {
    name,
    comment,
    today: TODAY,
    log: KEY.id.toString('hex'),
    items: told,
    orders: orders.map((one) => outcomeOf(items, one)),
  };
}

/** All in one bundle: its proofs come first. */
function proofsFirst(items: readonly Item[]): number[] {
  const numbers = items.map((_, i) => i);
  return [...numbers.filter((i) => items[i]?.kind === 'proof'), ...numbers.filter((i) => items[i]?.kind !== 'proof')];
}

/** All orders, or some of them. */
function ordersOf(count: number): number[][] {
  let orders: number[][] = [[]];
  for (let i = 0; i < count; i++)
    orders = orders.flatMap((order) =>
      Array.from({ length: i + 1 }, (_, at) => [...order.slice(0, at), i, ...order.slice(at)]),
    );
  const step = Math.max(1, Math.floor(orders.length / ORDERS_MAX));
  return orders.filter((_, i) => i % step === 0).slice(0, ORDERS_MAX);
}

function outcomeOf(items: readonly Item[], bundles: readonly (readonly number[])[]): ReplicaVector['orders'][number] {
  const log = new NaiveLog(TODAY);
  const steps = bundles.map((bundle): StepVector => {
    const codes = bundle.map((i) => takenBy(log, items[i] as Item));
    log.commit();
    const { freeze, held, leftOver, stripped } = log;
    return { codes, freeze: Number.isFinite(freeze) ? freeze : null, held, leftOver, stripped };
  });
  return { bundles, steps, order: log.shown('message'), acks: log.shown('ack') };
}

function takenBy(log: NaiveLog, item: Item): string {
  if (item.kind === 'segment') return log.take(item.naive) ?? 'ok';
  log.takeProof(item.length);
  return 'ok';
}
