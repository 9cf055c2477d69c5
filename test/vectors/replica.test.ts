// Every vector of `fixtures/replica.json`: segments and proofs of a log with several pasts, in several orders.
import { beforeAll, expect } from 'vitest';
import { prepareSignatures } from '../../src/format/signature/signature.js';
import { openFixture } from '../testkit/fixture.js';
import { ForkedReplica } from '../testkit/forked-replica.js';
import type { ReplicaVector } from '../testkit/vectors-replica.js';

const replicas = openFixture('replica.json');

beforeAll(prepareSignatures);

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
