// Verify, then apply: what is found in a segment does not depend on what is held, so it comes to the same whether somebody
// verifies each one right before it is taken, or all of them beforehand, elsewhere and in another order; and the index says
// of them what it says when it is derived anew, entry by entry (spec/repository.md, "Storing a segment"). `SEED` repeats a
// run; `WORLD` is the first of its worlds that is tried.
import { describe, expect, it } from 'vitest';
import type { LogId } from '../../src/format/ids.js';
import { decodeProof } from '../../src/format/log/proof.js';
import type { Commit } from '../../src/repository/commit.js';
import { plainRun } from '../../src/repository/index/run-record.js';
import type { Repository } from '../../src/repository/repository.js';
import { type Findings, verify } from '../../src/repository/verify.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';
import { chance, effort, SEED } from '../testkit/effort.js';
import { ForkedReplica } from '../testkit/forked-replica.js';
import { forkedLogs, type Item, inAnyOrder, inBundles, itemsOf } from '../testkit/forked-world.js';

const WORLDS = effort(15);
const FROM = Number(process.env['WORLD'] ?? 0);

describe(`segments that are verified (seed ${SEED})`, () => {
  it(`are taken alike whoever verified them and when, in ${WORLDS} worlds`, { timeout: 0 }, () => {
    let fresh = 0;
    for (let world = FROM; world < WORLDS; world++) {
      const random = chance(`verified ${world}`);
      const logs = forkedLogs(`verified ${world}`, random);
      const bundles = inBundles(inAnyOrder(itemsOf(logs, random), random), random);
      const before = new Map(inAnyOrder(bundles.flat(), random).map((item) => [item, structuredClone(found(item))]));
      const atOnce = new ForkedReplica(logs);
      const beforehand = new ForkedReplica(logs);
      const where = `world ${world} of seed ${SEED}`;
      for (const bundle of bundles) {
        const taken = take(atOnce, bundle, found);
        fresh += taken.length;
        expect(
          take(beforehand, bundle, (item) => before.get(item)),
          where,
        ).toEqual(taken);
        expect(recordsIn(beforehand.repository, logs), where).toEqual(recordsIn(atOnce.repository, logs));
      }
      const taken = recordsIn(atOnce.repository, logs);
      atOnce.rebuild();
      expect(recordsIn(atOnce.repository, logs), where).toEqual(taken);
      for (const one of [atOnce, beforehand]) one.remove();
    }
    expect(fresh).toBeGreaterThan(WORLDS - FROM);
  });
});

type Find = (item: Item) => Findings | undefined;

/** What is found in a segment; of a proof nothing. */
function found({ kind, bytes }: Item): Findings | undefined {
  if (kind === 'proof') return undefined;
  const verified = verify(bytes, createInterpreter());
  if ('refusal' in verified) throw verified.refusal;
  return verified;
}

/** What became of each item. */
function take({ repository }: ForkedReplica, bundle: readonly Item[], find: Find): unknown[] {
  return repository.locked(() =>
    repository.commit((commit) => {
      const taken = bundle.map((item) => takeOne(commit, item, find(item)));
      return [...taken, [...commit.heal()]];
    }),
  );
}

function takeOne(commit: Commit, { bytes }: Item, findings: Findings | undefined): unknown {
  if (!findings) return commit.addProof(decodeProof(bytes));
  const { refusal, ...taken } = commit.apply(findings, bytes);
  return { ...taken, refusal: refusal?.message };
}

/** All that the index says of the logs. */
function recordsIn(repository: Repository, logs: readonly { readonly id: string }[]): unknown[] {
  return logs.map(({ id }) => {
    const records = repository
      .records(id as LogId)
      .map((run) => ({ ...plainRun(run), milestones: run.milestones ?? [] }));
    const { topic, person, device, continues } = repository.log(id as LogId) ?? {};
    return { records, topic, person, device, continues };
  });
}
