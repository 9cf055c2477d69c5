// Logs with several pasts that come in bundles: what is held already is passed over by the list of contents alone. That has
// to come to what taking each segment in turn does (spec/bundle.md, "Import"; spec/log.md, "Taking a segment"). `SEED` repeats a run; `WORLD` is the first of its worlds that is tried.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { decodeSegment } from '../../src/format/log/segment.js';
import { endOfRun } from '../../src/format/log/segment-build.js';
import { newTopic, readTopics, withTopic, writeTopics } from '../../src/topic/topics.js';
import { TOPIC } from '../testkit/cast.js';
import { chance, effort, SEED } from '../testkit/effort.js';
import { openFixture } from '../testkit/fixture.js';
import { ForkedReplica, statesOf } from '../testkit/forked-replica.js';
import { asOneBundle, forkedLogs, type Item, inAnyOrder, inBundles, itemsOf, TODAY } from '../testkit/forked-world.js';
import { type MadeSegment, makeBundle } from '../testkit/make.js';
import { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { REPLICA_INTRODUCTION, type ReplicaVector } from '../testkit/vectors-replica.js';

const WORLDS = effort(12);
const FROM = Number(process.env['WORLD'] ?? 0);
const DAY_MS = 86_400_000;

type Bytes = Pick<Item, 'kind' | 'bytes'>;

describe(`logs with several pasts in bundles (seed ${SEED})`, () => {
  it(`are taken as their segments one by one in ${WORLDS} worlds`, { timeout: 0 }, async () => {
    for (let world = FROM; world < WORLDS; world++) {
      const random = chance(`bundles ${world}`);
      const logs = forkedLogs(`bundles ${world}`, random);
      const items = itemsOf(logs, random);
      // a log is taken once its introduction is known
      const placed = items.filter((item) => item.kind === 'segment' && item.naive.first === 0);
      const bundles = [placed, ...inBundles(inAnyOrder(items, random), random)];
      await expectSame(logs, [...bundles, asOneBundle(bundles.flat())], `world ${world} of seed ${SEED}`);
      await expectSame(
        logs,
        [placed, asOneBundle(bundles.flat()), ...bundles],
        `world ${world} of seed ${SEED}, at once`,
      );
    }
  });
});

const replicas = openFixture('replica.json');
replicas.each<ReplicaVector>('replicas', async (vector) => {
  const items = vector.items.map(({ proof = '', segment = '' }): Bytes => {
    const kind = proof === '' ? 'segment' : 'proof';
    return { kind, bytes: Buffer.from(kind === 'proof' ? proof : segment, 'hex') };
  });
  for (const { bundles } of vector.orders.slice(0, 1)) {
    const sequence = bundles.map((bundle) => bundle.flatMap((n) => items[n] ?? []));
    const all = sequence.flat();
    const proofsFirst = [
      ...all.filter(({ kind }) => kind === 'proof'),
      ...all.filter(({ kind }) => kind === 'segment'),
    ];
    await expectSame(
      [{ id: vector.log }],
      [[REPLICA_INTRODUCTION], ...sequence, proofsFirst],
      `${vector.name}: ${vector.comment}`,
    );
  }
});

/** Takes the bundles plainly, and imports them: each step ends the same. */
async function expectSame(
  logs: readonly { readonly id: string }[],
  bundles: readonly (readonly Bytes[])[],
  where: string,
): Promise<void> {
  const directory = memoryDirectory();
  const plain = new ForkedReplica(logs);
  const reader = await joined('reader', directory);
  for (const [step, bundle] of bundles.entries()) {
    const file = path.join(directory, `${step}.satchel`);
    fs.writeFileSync(file, bundleOf(bundle));
    const codes = new Set(plain.take(bundle).filter((code) => code !== undefined));
    const told = reader
      .import(file)
      .refused.map(({ code }) => code)
      .filter((code) => code !== 'stripped');
    expect(new Set(told), `${where}, step ${step}`).toEqual(codes);
    expect(statesOf(reader.repository, logs), `${where}, step ${step}`).toEqual(plain.states());
  }
  reader.repository.close();
  plain.remove();
  fs.rmSync(directory, { recursive: true, force: true });
}

/** Somebody who has joined the topic of the logs. */
async function joined(name: string, directory: string): Promise<Replica> {
  const replica = await Replica.create(name, directory, TODAY * DAY_MS);
  const topic = { ...newTopic(TOPIC.toString('hex') as TopicId, 't', 'rendezvous'), joined: true };
  writeTopics(replica.directory, withTopic(readTopics(replica.directory), topic));
  return replica;
}

function bundleOf(items: readonly Bytes[]): Buffer {
  const proofs = items.filter(({ kind }) => kind === 'proof').map(({ bytes }) => bytes);
  const segments = items.filter(({ kind }) => kind === 'segment').map(({ bytes }) => madeOf(bytes));
  return makeBundle(segments, { proofs: Buffer.concat(proofs) });
}

function madeOf(bytes: Buffer): MadeSegment {
  const segment = decodeSegment(bytes);
  const { log, first, count, raw } = segment;
  const record = { log, first, end: first + count, id: endOfRun(segment), offset: 0, length: bytes.length };
  return { bytes, record, rawLength: raw.length };
}
