// What happens to a world: pieces of its logs and proofs that arrive in several orders, put together in any way.

import { flip } from '../testkit/wire.js';
import { bundle, carried, type WireSegment } from '../testkit/wire-bundle.js';
import { runOf, segment, type WireRun } from '../testkit/wire-segment.js';
import { branch, proof } from '../testkit/wire-statement.js';
import { below, type Log, type Past, pick, type Random, type World } from './world.js';

/** Something that arrives by itself; a segment also as it travels in a bundle. */
export type Item =
  | { readonly kind: 'segment'; readonly bytes: Buffer; readonly carried: WireSegment }
  | { readonly kind: 'proof'; readonly bytes: Buffer };

/** Items, and orders of them: each a list of bundles, each a list of items by their number. */
export interface Scenario {
  readonly items: readonly Item[];
  readonly orders: readonly (readonly (readonly number[])[])[];
}

/** So few can come in every order. */
const ALL_ORDERS_MAX = 4;
const ORDERS = 2;

/**
 * Pieces of the world, in every order if they are few, else in some. By itself nothing arrives of a log before it is known
 * whose it is: only bundles bring such things, and are not believed.
 */
export function makeScenario(world: World, random: Random, { inBundles }: { readonly inBundles: boolean }): Scenario {
  const items = random() < 0.08 ? fewItems(world, random) : manyItems(world, random);
  const numbers = items.map((_, i) => i);
  const orders =
    items.length <= ALL_ORDERS_MAX
      ? permutations(numbers)
      : Array.from({ length: ORDERS }, () => mixed(numbers, random));
  const sorted = inBundles ? orders : orders.map((order) => introductionsFirst(items, order));
  return { items, orders: sorted.map((order) => divided(order, random)) };
}

/** The items as a bundle. */
export function bundleOf(items: readonly Item[]): Buffer {
  const segments = items.flatMap((item) => (item.kind === 'segment' ? [item.carried] : []));
  const proofs = Buffer.concat(items.flatMap((item) => (item.kind === 'proof' ? [item.bytes] : [])));
  return bundle({ segments, proofs });
}

function fewItems(world: World, random: Random): Item[] {
  const forked = world.logs.filter(({ pasts }) => pasts.length > 1);
  const log = pick(random, forked.length > 0 ? forked : world.logs);
  const count = 2 + below(random, ALL_ORDERS_MAX - 2);
  return [introductionOf(log), ...Array.from({ length: count }, () => somePiece(log, random))];
}

function manyItems(world: World, random: Random): Item[] {
  return world.logs.flatMap((log) => {
    const items: Item[] = random() < 0.93 ? [introductionOf(log)] : [];
    for (let i = 0; i < 2 + below(random, 4); i++) items.push(somePiece(log, random));
    if (log.pasts.length > 1 && random() < 0.4) items.push(...someProof(log, random));
    return items;
  });
}

function introductionOf({ pasts }: Log): Item {
  return piece(runOf(pasts[0] as Past, 0, 1));
}

/** Some entries of a past, with all payloads or without some; now and then with bytes that are wrong. */
function somePiece({ pasts }: Log, random: Random): Item {
  const past = pick(random, pasts);
  const length = past.entries.length;
  const first = below(random, length);
  const isAlone = first === 0 && random() < 0.8;
  const end = isAlone ? 1 : Math.min(length, first + 1 + below(random, random() < 0.5 ? 3 : 16));
  const share = random() < 0.55 ? 0 : random();
  const run = runOf(past, first, end);
  const entries = run.entries.map((entry) => ({ ...entry, dropped: random() < share }));
  return random() < 0.03 ? spoiled({ ...run, entries }, random) : piece({ ...run, entries });
}

function piece(run: WireRun, bytes: Buffer = segment(run)): Item {
  return { kind: 'segment', bytes, carried: carried(run, bytes) };
}

/** A segment with a wrong checksum, or under a head that the log's key did not sign. */
function spoiled(run: WireRun, random: Random): Item {
  const bytes = segment(run);
  if (random() < 0.5) return piece(run, flip(bytes, -1));
  const end = (run.first ?? 0) + run.entries.length;
  const head = Buffer.concat([bytes.subarray(-88, -80), Buffer.alloc(64, end)]);
  return piece(run, segment(run, { heads: [head] }));
}

/** That two pasts differ at some length; now and then it proves nothing, because they don't. */
function someProof({ key, pasts }: Log, random: Random): Item[] {
  const a = pick(random, pasts);
  const b = pick(random, pasts);
  const most = Math.min(a.ids.length, b.ids.length);
  const lengths = Array.from({ length: most }, (_, i) => i + 1).filter((n) => random() < 0.05 || differ(a, b, n));
  if (lengths.length === 0) return [];
  const s = pick(random, lengths);
  const sides = [a, b].map((past) => branch({ key, s, id: past.ids[s - 1] as Buffer, links: past.entries.slice(s) }));
  return [{ kind: 'proof', bytes: proof(key.id, s, sides) }];
}

function differ(a: Past, b: Past, length: number): boolean {
  return a.ids[length - 1]?.equals(b.ids[length - 1] as Buffer) !== true;
}

function introductionsFirst(items: readonly Item[], order: readonly number[]): number[] {
  const isFirst = (number: number): boolean => {
    const item = items[number];
    return item?.kind === 'segment' && item.carried.run.first === 0;
  };
  return [...order.filter(isFirst), ...order.filter((number) => !isFirst(number))];
}

function mixed(numbers: readonly number[], random: Random): number[] {
  return numbers
    .map((number) => ({ number, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ number }) => number);
}

function permutations(numbers: readonly number[]): number[][] {
  if (numbers.length === 0) return [[]];
  return numbers.flatMap((first) =>
    permutations(numbers.filter((number) => number !== first)).map((rest) => [first, ...rest]),
  );
}

/** One to six things a bundle. */
function divided(order: readonly number[], random: Random): number[][] {
  const bundles: number[][] = [];
  for (let at = 0; at < order.length; at += bundles.at(-1)?.length ?? 1) {
    bundles.push(order.slice(at, at + 1 + below(random, 6)));
  }
  return bundles;
}
