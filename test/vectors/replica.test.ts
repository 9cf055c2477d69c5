// Every vector of `fixtures/replica.json`: segments and proofs of a log with several pasts, in several orders, and of several logs
// of one person.
import { expect } from 'vitest';
import { type ProgramReplica, Replicas } from '../replica/program.js';
import { openFixture } from '../testkit/fixture.js';
import { ForkedReplica } from '../testkit/forked-replica.js';
import { memoryDirectory } from '../testkit/scratch.js';
import type { ReplicaVector } from '../testkit/vectors-replica.js';
import type { TopicStateVector } from '../testkit/vectors-topic.js';

const replicas = openFixture('replica.json');

replicas.each<ReplicaVector>('replicas', (vector) => {
  const kinds = vector.items.map(({ proof = '', segment = '' }) =>
    proof === ''
      ? { kind: 'segment' as const, bytes: Buffer.from(segment, 'hex') }
      : { kind: 'proof' as const, bytes: Buffer.from(proof, 'hex') },
  );
  for (const { bundles, steps, order, acks } of vector.orders) {
    const replica = new ForkedReplica([{ id: vector.log }]);
    for (const [i, bundle] of bundles.entries()) {
      const where = `${vector.comment}: ${JSON.stringify(bundles)}, step ${i}`;
      const codes = replica.take(bundle.flatMap((n) => kinds[n] ?? [])).map((code) => code ?? 'ok');
      expect({ codes, ...replica.states()[0] }, where).toEqual(steps[i]);
    }
    expect(replica.shown(vector.today), vector.comment).toEqual({ order, acks });
    replica.remove();
  }
});

replicas.each<TopicStateVector>('topics', async ({ name, logs, items, orders, held, order }) => {
  const all = await Replicas.open(memoryDirectory());
  const kinds = items.map((item) => ({ bytes: Buffer.from('segment' in item ? item.segment : item.proof, 'hex') }));
  const kindOf = (n: number): 'segment' | 'proof' => ('segment' in (items[n] ?? {}) ? 'segment' : 'proof');
  for (const bundles of orders) {
    const replica = all.next();
    for (const bundle of bundles)
      replica.take(bundle.map((n) => ({ kind: kindOf(n), bytes: kinds[n]?.bytes as Buffer }) as Arriving));
    expect(endOf(replica, logs), `${name}: ${JSON.stringify(bundles)}`).toEqual({ held, order });
    replica.remove();
  }
});

type Arriving = Parameters<ProgramReplica['take']>[0][number];

function endOf(replica: ProgramReplica, logs: readonly string[]): Pick<TopicStateVector, 'held' | 'order'> {
  const states = replica.states(logs);
  const isBefore = (log: string, seq: number): boolean => seq < (states[log]?.freeze ?? Number.POSITIVE_INFINITY);
  const told = replica.end(logs).order.filter(([log, seq]) => isBefore(log, seq));
  return {
    held: logs.map((log) => states[log]?.held ?? []),
    order: told.map(([log, seq, state]) => [logs.indexOf(log), seq, state]),
  };
}

replicas.expectAllRun();
