// The replica in Python (main.py) reads the vectors of fixtures/ as they say: what it does with random worlds stands on that.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compact, expand } from '../testkit/compact.js';
import { openFixture } from '../testkit/fixture.js';
import type { Vector } from '../testkit/vector.js';
import type { AckStateVector } from '../testkit/vectors-ack.js';
import type { ReplicaVector, StepVector } from '../testkit/vectors-replica.js';
import type { TopicStateVector } from '../testkit/vectors-topic.js';
import { hasPython, Python } from './python.js';

/** Any fields. */
// biome-ignore lint/suspicious/noExplicitAny: vectors of many kinds
type Any = Vector & Readonly<Record<string, any>>;

describe.runIf(hasPython())('the replica in Python', () => {
  let python: Python;
  beforeAll(() => {
    python = new Python();
  });
  afterAll(() => python.close());

  /** Asks for each vector of a list; gives those that were answered otherwise than expected. */
  async function expectAll(
    [file, list]: readonly [file: string, list: string],
    op: string,
    ask: (vector: Any) => object,
    expected: (vector: Any) => object | string | boolean | null,
  ): Promise<void> {
    for (const vector of openFixture(`${file}.json`).list<Any>(list)) {
      const answer = await python.ask<Record<string, unknown>>(op, ask(vector));
      if (answer?.['code'] === 'skipped') continue; // brotli
      const wanted = expected(vector);
      const where = `${file} ${vector.name}: ${vector.comment}`;
      if (typeof wanted === 'object' && wanted !== null) expect(answer, where).toMatchObject(wanted);
      else expect(answer, where).toEqual(wanted);
    }
  }

  const bytes = (name: string) => (vector: Any) => ({ [name]: hexOf(vector[name]) });

  it('verifies signatures', () =>
    expectAll(['signature', 'vectors'], 'signature', hexed('key', 'message', 'signature'), ({ valid }) => valid));

  it('reads logs', async () => {
    await expectAll(['log', 'entryIds'], 'entry', hexed('payload', 'meta', 'log', 'previous', 'seq'), ({ id }) => id);
    await expectAll(
      ['log', 'heads'],
      'head',
      (vector) => vector,
      ({ valid }) => valid,
    );
    await expectAll(['log', 'metadata'], 'metadata', bytes('meta'), ({ means }) => metaOf(means));
    await expectAll(['log', 'segments'], 'segment', bytes('bytes'), ({ code, id }) => ({ code, ...(id && { id }) }));
  });

  it('reads proofs', () =>
    expectAll(['proof', 'proofs'], 'proof', bytes('bytes'), ({ code, valid }) => ({
      code,
      ...(code === 'ok' && { valid }),
    })));

  it('reads cards and introductions', async () => {
    // keys that are not of prime order are refused only where a card is accepted
    const refusedLater = /^card-(?:2-|further-|authority-|later-)?(?:mixed-order|recovery-\w+)/;
    const isRead = ({ code, name }: Any): boolean => code === 'ok' || refusedLater.test(name);
    await expectAll(['card', 'cards'], 'card', bytes('bytes'), (vector) =>
      isRead(vector) ? { device: expect.any(String) } : null,
    );
    await expectAll(['card', 'introductions'], 'introduction', hexed('log', 'payload'), ({ genuine, reads }) =>
      genuine ? { topic: reads['topic'], person: reads['person'] } : null,
    );
  });

  it('reads messages', async () => {
    await expectAll(['message', 'messages'], 'message', bytes('payload'), ({ clock, reads }) => ({
      clock,
      reads: reads && expect.objectContaining({ time: reads['time'], type: reads['type'] }),
    }));
    await expectAll(['message', 'acks'], 'ack', bytes('body'), ({ reads }) => reads && { full: reads['full'] });
    await expectAll(
      ['message', 'order'],
      'order',
      ({ logs }) => ({ logs }),
      ({ order }) => order,
    );
    await expectAll(
      ['message', 'cited'],
      'cited',
      ({ logs }) => ({ logs }),
      ({ id }) => id,
    );
  });

  it('adds up acknowledgements', async () => {
    for (const { comment, entries, held } of openFixture('message.json').list<AckStateVector>('held')) {
      const answer = await python.ask<object>('held', { entries });
      expect(answer, comment).toEqual(Object.fromEntries(held.map(({ log, ranges }) => [log, ranges])));
    }
  });

  it('takes segments and proofs', async () => {
    for (const { comment, log, today, items, orders } of openFixture('replica.json').list<ReplicaVector>('replicas')) {
      const question = { today, items, orders: orders.map(({ bundles }) => bundles) };
      const answers = await python.ask<{ steps: { codes: string[]; logs: Record<string, object> }[] }[]>(
        'replica',
        question,
      );
      for (const [i, { bundles, steps }] of orders.entries()) {
        const told = answers[i]?.steps.map(({ codes, logs }) => ({ ...NOTHING, ...logs[log], codes }));
        expect(told, `${comment}: ${JSON.stringify(bundles)}`).toEqual(steps);
      }
    }
  });

  it('takes several logs of one person', async () => {
    for (const vector of openFixture('replica.json').list<TopicStateVector>('topics')) {
      const { name, today, topic, logs, items, orders, held, order } = vector;
      const answers = await python.ask<TopicAnswer[]>('replica', { today, topic, items, orders });
      for (const [i, { steps, end }] of answers.entries()) {
        const states = steps.at(-1)?.logs ?? {};
        const isBefore = (log: string, seq: number): boolean => seq < (states[log]?.freeze ?? Number.POSITIVE_INFINITY);
        const told = end.order.filter(([log, seq]) => isBefore(log, seq));
        const found = {
          held: logs.map((log) => states[log]?.held ?? []),
          order: told.map(([log, seq, state]) => [logs.indexOf(log), seq, state]),
        };
        expect(found, `${name}: ${JSON.stringify(orders[i])}`).toEqual({ held, order });
      }
    }
  });
});

interface TopicAnswer {
  readonly steps: readonly { readonly logs: Readonly<Record<string, Pick<StepVector, 'freeze' | 'held'>>> }[];
  readonly end: { readonly order: readonly (readonly [log: string, seq: number, state: string])[] };
}

const NOTHING: Omit<StepVector, 'codes'> = { freeze: null, held: [], leftOver: [], stripped: [] };

/** These fields, long bytes written out. */
function hexed(...names: readonly string[]): (vector: Any) => object {
  return (vector) => Object.fromEntries(names.map((name) => [name, hexOf(vector[name])]));
}

function hexOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? expand(value as Compact).toString('hex') : value;
}

interface Meant {
  readonly expires?: number | null;
  readonly housekeeping?: boolean;
  readonly newer?: boolean;
}

function metaOf({ expires = null, housekeeping = false, newer = false }: Meant): object {
  return { expires, housekeeping, newer };
}
