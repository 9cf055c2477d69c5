import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEntry } from '../../../../src/repository/store/open-segment.js';
import { encodeMessage } from '../../../../src/topic/message/message.js';
import { readClock } from '../../../../src/topic/message/message-clock.js';
import { clockAt, inOrder, type OrderedEntry } from '../../../../src/topic/order/order.js';
import { fromEnd, tailOf } from '../../../../src/topic/order/tail.js';
import { type FakeEntry, type FakeLog, FakeSource, HOUSEKEEPING, logId } from '../../../testkit/fake-source.js';

function said(clock: number, time = Math.min(clock, 1_000)): Buffer {
  return encodeMessage({ time, clock, type: 'text', body: `at ${clock}`, deps: [] });
}

function logOf(n: number, clocks: readonly (number | undefined)[], more: Partial<FakeLog> = {}): FakeLog {
  const entries = clocks.map((clock) => ({ payload: clock === undefined ? undefined : said(clock) }));
  return { log: logId(n), entries: [{ payload: Buffer.from('introduction') }, ...entries], ...more };
}

function places(ordered: Iterable<OrderedEntry>): string[] {
  return [...ordered].map(({ entry, clock }) => `${Number.parseInt(entry.log, 16)}/${entry.seq}@${clock}`);
}

describe('order', () => {
  it('is by clock, then log id, then seq', () => {
    const source = new FakeSource([logOf(2, [10, 30]), logOf(1, [10, 20])]);
    expect(places(inOrder(source, source.summaries))).toEqual(['1/1@10', '2/1@10', '1/2@20', '2/2@30']);
  });

  it('puts an entry whose clock does not rise right after its predecessor', () => {
    const source = new FakeSource([logOf(1, [50, 7, 50, undefined, 60]), logOf(2, [50, 55])]);
    expect(places(inOrder(source, source.summaries))).toEqual([
      '1/1@50',
      '1/2@50',
      '1/3@50',
      '1/4@50',
      '2/1@50',
      '2/2@55',
      '1/5@60',
    ]);
  });

  it('puts entries with no clock before them first', () => {
    const source = new FakeSource([logOf(1, [5]), logOf(2, [undefined, 9])]);
    expect(places(inOrder(source, source.summaries))).toEqual(['2/1@-1', '1/1@5', '2/2@9']);
  });

  it('leaves out introductions and housekeeping, and lets what is frozen stand in its place', () => {
    const ack = { payload: said(999), meta: HOUSEKEEPING };
    const log = logOf(1, [5, 6, 7], { frozen: 3 });
    const source = new FakeSource([{ ...log, entries: [...log.entries.slice(0, 2), ack, ...log.entries.slice(2)] }]);
    expect(places(inOrder(source, source.summaries))).toEqual(['1/1@5', '1/3@6', '1/4@7']);
    expect(places(fromEnd(source, source.summaries))).toEqual(['1/4@7', '1/3@6', '1/1@5']);
  });

  it('lets housekeeping move nothing, so that dropping an old ack changes no order', () => {
    const entries = (payload: Buffer | undefined): FakeEntry[] => [
      { payload: Buffer.alloc(1) },
      { payload: said(5) },
      { payload, meta: HOUSEKEEPING },
      { payload: said(6) },
    ];
    const held = new FakeSource([{ log: logId(1), entries: entries(said(900)) }]);
    const dropped = new FakeSource([{ log: logId(1), entries: entries(undefined) }]);
    expect(places(inOrder(held, held.summaries))).toEqual(places(inOrder(dropped, dropped.summaries)));
  });

  it('opens of many logs only those that it has got to', () => {
    const logs = Array.from({ length: 100 }, (_, i) => logOf(i + 1, [10 * i + 10, 10 * i + 12]));
    const source = new FakeSource(logs);
    const first = inOrder(source, source.summaries);
    const found = Array.from({ length: 6 }, () => places([first.next().value as OrderedEntry])[0]);
    expect(found).toEqual(['1/1@10', '1/2@12', '2/1@20', '2/2@22', '3/1@30', '3/2@32']);
    expect([...source.followed]).toEqual([1, 2, 3].map(logId));
  });

  it('lets hidden messages move those behind them', () => {
    const source = new FakeSource([logOf(1, [50, undefined]), logOf(2, [20])]);
    const isHidden = (entry: StoredEntry): boolean => entry.seq === 1 && entry.log === logId(1);
    expect(places(inOrder(source, source.summaries, { isHidden }))).toEqual(['2/1@20', '1/2@50']);
    expect(places(tailOf(source, source.summaries, 5, { isHidden }))).toEqual(['2/1@20', '1/2@50']);
  });

  it('marks the first message after a gap', () => {
    const runs = [
      [1, 3],
      [5, 6],
      [6, 7],
    ] as const;
    const source = new FakeSource([logOf(1, [1, 2, 3, 4, 5, 6, 7], { runs })]);
    const marks = [...inOrder(source, source.summaries)].map(({ entry, afterGap }) => [entry.seq, afterGap]);
    expect(marks).toEqual([
      [1, true],
      [2, false],
      [5, true],
      [6, false],
    ]);
  });

  it('tells the clock behind any number of runs', () => {
    const source = new FakeSource([logOf(1, [7])]);
    const [run] = source.runs(logId(1));
    if (!run) throw new Error('no run');
    // more than a function takes as its arguments
    const before = Array.from({ length: 150_000 }, () => ({ ...run, first: 0, end: 0, maxClock: 40 }));
    const many = { runs: () => [...before, run], entries: () => source.entries(logId(1), 1, 2) };
    expect(clockAt(many as unknown as FakeSource, { log: logId(1), seq: 1 })).toBe(40);
  });

  it('has nothing to say about nothing', () => {
    const source = new FakeSource([]);
    expect(places(inOrder(source, []))).toEqual([]);
    expect(tailOf(source, [], 10)).toEqual([]);
    expect(tailOf(new FakeSource([logOf(1, [1])]), [{ log: logId(1), maxClock: 1 }], 0)).toEqual([]);
  });
});

/** Honest clocks close together, liars' anywhere in range, clocks out of range, rubbish, and payloads that are gone. */
const payload = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }).map((clock) => said(clock)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((clock) => said(clock)) },
  { weight: 1, arbitrary: fc.integer({ min: 2 ** 48, max: Number.MAX_SAFE_INTEGER }).map((clock) => said(clock)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const entry = fc.record({
  payload,
  meta: fc.constantFrom(Buffer.alloc(0), Buffer.alloc(0), HOUSEKEEPING, Buffer.from('ff', 'hex')),
});
const log = fc
  .record({
    entries: fc.array(entry, { minLength: 1, maxLength: 14 }),
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: 13 }), { maxLength: 5 }),
    lost: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    frozen: fc.option(fc.integer({ min: 0, max: 14 }), { nil: undefined }),
  })
  .map(({ entries, cuts, lost, frozen }) => {
    const bounds = [0, ...cuts.filter((cut) => cut < entries.length).sort((a, b) => a - b), entries.length];
    const runs = bounds.slice(1).map((end, i) => [bounds[i] as number, end] as const);
    return { entries, runs: runs.filter((_, i) => !lost[i]), ...(frozen !== undefined && { frozen }) };
  });
const conversation = fc
  .array(log, { maxLength: 6 })
  .map((logs) => logs.map((one, i) => ({ ...one, log: logId(((i * 5) % 6) + 1) })));

interface Place {
  readonly key: string;
  readonly log: string;
  readonly seq: number;
  readonly clock: number;
}

/** The order as the spec says it, without any cleverness. */
function naiveOrder(logs: readonly FakeLog[], isHidden: (seq: number) => boolean): string[] {
  const all: Place[] = [];
  for (const { log, entries, runs } of logs) {
    let clock = -1;
    for (const [seq, { payload: bytes, meta }] of entries.entries()) {
      const isHeld = runs?.some(([from, end]) => from <= seq && seq < end);
      if (!isHeld || seq === 0 || meta?.equals(HOUSEKEEPING)) continue;
      clock = Math.max(clock, (bytes && readClock(bytes)) ?? -1);
      const key = `${Number.parseInt(log, 16)}/${seq}@${clock}`;
      if (!isHidden(seq)) all.push({ key, log, seq, clock });
    }
  }
  all.sort((a, b) => a.clock - b.clock || Number(a.log > b.log) - Number(a.log < b.log) || a.seq - b.seq);
  return all.map(({ key }) => key);
}

describe('order, forwards and from the end', () => {
  it('equals a naive sort, liars, gaps, dropped payloads and frozen logs included', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 1, max: 5 }), (logs, modulus) => {
        const isHidden = (seq: number): boolean => seq % modulus === 3;
        const options = { isHidden: (entry: StoredEntry) => isHidden(entry.seq) };
        const expected = naiveOrder(logs, isHidden);
        const source = new FakeSource(logs);
        expect(places(inOrder(source, source.summaries, options))).toEqual(expected);
        expect(places(fromEnd(source, source.summaries, options))).toEqual([...expected].reverse());
        for (const count of [1, 2, 3, expected.length, expected.length + 1]) {
          expect(places(tailOf(source, source.summaries, count, options))).toEqual(
            expected.slice(-count || undefined).slice(0, count),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('marks the same gaps from both ends', () => {
    fc.assert(
      fc.property(conversation, (logs) => {
        const source = new FakeSource(logs);
        const marks = (ordered: Iterable<OrderedEntry>): string[] =>
          [...ordered].map(({ entry, afterGap }) => `${entry.id} ${afterGap}`);
        expect(marks(fromEnd(source, source.summaries)).reverse()).toEqual(marks(inOrder(source, source.summaries)));
      }),
    );
  });
});

/** Many logs that take turns, in runs of `perRun` messages. */
function turns(logCount: number, messagesPerLog: number, perRun: number): FakeSource {
  const logs = Array.from({ length: logCount }, (_, n) => {
    const clocks = Array.from({ length: messagesPerLog }, (_, i) => 1_000 + i * logCount + n);
    const count = messagesPerLog + 1;
    const runs = Array.from(
      { length: Math.ceil(count / perRun) },
      (_, r) => [r * perRun, Math.min(count, (r + 1) * perRun)] as const,
    );
    return logOf(n + 1, clocks, { runs });
  });
  return new FakeSource(logs);
}

describe('the cost of a tail', () => {
  it('does not grow with the length of the logs', () => {
    const opened = [20, 200, 2_000].map((length) => {
      const source = turns(4, length, 10);
      expect(tailOf(source, source.summaries, 20)).toHaveLength(20);
      return source.opened.size;
    });
    expect(opened[2]).toBe(opened[0]);
    expect(opened[0]).toBeLessThanOrEqual(8);
  });

  it('does not grow with the number of logs that are quiet', () => {
    const cost = [10, 100, 1_000].map((logCount) => {
      const quiet = Array.from({ length: logCount }, (_, n) => logOf(n + 10, [n % 500, 500 + (n % 50)]));
      const source = new FakeSource([
        ...quiet,
        logOf(
          1,
          Array.from({ length: 30 }, (_, i) => 5_000 + i),
        ),
      ]);
      expect(places(tailOf(source, source.summaries, 20)).at(-1)).toBe('1/30@5029');
      return { opened: source.opened.size, listed: source.listed.size };
    });
    expect(cost).toEqual([
      { opened: 1, listed: 1 },
      { opened: 1, listed: 1 },
      { opened: 1, listed: 1 },
    ]);
  });

  it('opens at most the logs it takes from, and one more, when ten thousand take turns', () => {
    const source = turns(10_000, 2, 10);
    tailOf(source, source.summaries, 20);
    expect(source.opened.size).toBeLessThanOrEqual(21);
    expect(source.listed.size).toBeLessThanOrEqual(21);
  });

  it('passes by runs that hold only housekeeping without opening them', () => {
    const acks = Array.from({ length: 100 }, (_, i) => ({ payload: said(9_000 + i), meta: HOUSEKEEPING }));
    const entries = [{ payload: Buffer.alloc(1) }, { payload: said(5) }, ...acks];
    const source = new FakeSource([{ log: logId(1), entries, runs: entries.map((_, i) => [i, i + 1] as const) }]);
    expect(places(tailOf(source, source.summaries, 5))).toEqual(['1/1@5']);
    expect(source.opened.size).toBe(1);
  });
});
