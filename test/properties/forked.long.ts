// One or two logs with two or three pasts, in segments cut at random, in any order and any bundles: each replica does what a
// naive reader of the specification does, and every order ends the same (spec/log.md, "Forks"). `SEED` repeats a run; `WORLD`
// is the first of its worlds that is tried.
import { describe, expect, it } from 'vitest';
import { chance, effort, SEED } from '../testkit/effort.js';
import { ForkedReplica } from '../testkit/forked-replica.js';
import {
  asOneBundle,
  type ForkedLog,
  forkedLogs,
  type Item,
  inAnyOrder,
  inBundles,
  itemsOf,
} from '../testkit/forked-world.js';

const WORLDS = effort(500);
const ORDERS = 3;
const FROM = Number(process.env['WORLD'] ?? 0);

describe(`logs with several pasts (seed ${SEED})`, () => {
  it(`end the same in ${WORLDS} worlds, whatever came first`, { timeout: 0 }, () => {
    for (let world = FROM; world < WORLDS; world++) tryWorld(world);
  });
});

function tryWorld(world: number): void {
  const random = chance(`world ${world}`);
  const logs = forkedLogs(`world ${world}`, random);
  const items = itemsOf(logs, random);
  const replicas = Array.from({ length: ORDERS }, () => replicaOf(logs, items, random, world));
  const where = `world ${world} of seed ${SEED}`;
  for (const one of replicas) expectAlike(one, replicas[0] as ForkedReplica, where);
  // whatever was passed over while something behind the freeze took it back comes again
  for (const one of replicas) takeBoth(one, asOneBundle(items), where);
  for (const one of replicas) expectSame(one, replicas[0] as ForkedReplica, where);
  for (const one of replicas) one.remove();
}

function replicaOf(
  logs: readonly ForkedLog[],
  items: readonly Item[],
  random: () => number,
  world: number,
): ForkedReplica {
  const replica = new ForkedReplica(logs);
  const where = `world ${world} of seed ${SEED}`;
  for (const bundle of inBundles(inAnyOrder(items, random), random)) {
    takeBoth(replica, bundle, where);
    if (random() < 0.05) replica.reopen();
  }
  if (random() < 0.3) replica.rebuild();
  expect(replica.states(), `derived from the packs in ${where}`).toEqual(replica.naiveStates());
  if (random() < 0.2) replica.expectSound();
  return replica;
}

function takeBoth(replica: ForkedReplica, bundle: readonly Item[], where: string): void {
  const codes = replica.take(bundle);
  expect(codes, where).toEqual(replica.takeNaively(bundle));
  expect(replica.states(), where).toEqual(replica.naiveStates());
}

/** The same freeze; held differ only entries that something behind it takes back. */
function expectAlike(one: ForkedReplica, other: ForkedReplica, where: string): void {
  const ours = one.states();
  const theirs = other.states();
  expect(
    ours.map(({ freeze }) => freeze),
    where,
  ).toEqual(theirs.map(({ freeze }) => freeze));
  for (const [i, { held, stripped }] of ours.entries()) {
    const known = [...held, ...stripped].sort((a, b) => a - b);
    const other = theirs[i];
    expect(known, where).toEqual([...(other?.held ?? []), ...(other?.stripped ?? [])].sort((a, b) => a - b));
  }
}

function expectSame(one: ForkedReplica, other: ForkedReplica, where: string): void {
  const only = (replica: ForkedReplica) =>
    replica.states().map(({ freeze, held, stripped }) => ({ freeze, held, stripped }));
  expect(only(one), where).toEqual(only(other));
  expect(one.order(), where).toEqual(other.order());
  expect(one.acks(), where).toEqual(other.acks());
}
