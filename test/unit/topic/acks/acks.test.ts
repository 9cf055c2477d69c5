import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cbor, encodeCbor } from '../../../../src/format/cbor/cbor.js';
import type { LogId } from '../../../../src/format/ids.js';
import { PAYLOAD_MAX } from '../../../../src/format/limits.js';
import type { Range } from '../../../../src/format/log/meta.js';
import { type HeldRange, subtractRanges } from '../../../../src/repository/index/held.js';
import { ACK_RANGES_MAX, FULL_ACK_EVERY, planAck } from '../../../../src/topic/acks/ack-plan.js';
import {
  type Ack,
  type AckState,
  ackStateOf,
  decodeAckBody,
  encodeAckBody,
  foldAcks,
} from '../../../../src/topic/acks/acks.js';
import { ACK, type Dep, encodeMessage } from '../../../../src/topic/message/message.js';
import {
  entryId,
  type FakeEntry,
  type FakeLog,
  FakeSource,
  HOUSEKEEPING,
  logId,
} from '../../../testkit/fake-source.js';
import { workOf } from '../../../testkit/work.js';

const ME = logId(1);
const BOB = logId(2);
const EVE = logId(3);
const NOTHING = { held: new Map(), acks: [] };

function range(log: LogId, from: number, end: number): HeldRange {
  return { from, end, id: entryId(log, end - 1) };
}

function states(log: LogId, ...ranges: [number, number][]): { log: LogId; ranges: HeldRange[] } {
  return { log, ranges: ranges.map(([from, end]) => range(log, from, end)) };
}

function acked(ack: Ack): FakeEntry {
  return {
    payload: encodeMessage({ time: 1, clock: 1, type: ACK, body: encodeAckBody(ack), deps: [] }),
    meta: HOUSEKEEPING,
  };
}

function said(deps: readonly Dep[] = []): FakeEntry {
  return { payload: encodeMessage({ time: 1, clock: 1, type: 'text', body: 'hi', deps }) };
}

const INTRODUCTION = { payload: Buffer.from('introduction') };

const ranges = (log: LogId): fc.Arbitrary<HeldRange[]> =>
  fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 8 }).map((bounds) => {
    const sorted = bounds.sort((a, b) => a - b);
    return Array.from({ length: sorted.length >>> 1 }, (_, i) =>
      range(log, sorted[2 * i] as number, sorted[2 * i + 1] as number),
    );
  });
const statement = fc
  .integer({ min: 2, max: 5 })
  .chain((n) => ranges(logId(n)).map((list) => ({ log: logId(n), ranges: list })));
const ack: fc.Arbitrary<Ack> = fc.record({ statements: fc.array(statement, { maxLength: 4 }), full: fc.boolean() });

describe('the body of an ack', () => {
  it('comes back as it was written', () => {
    fc.assert(fc.property(ack, (original) => void expect(decodeAckBody(encodeAckBody(original))).toEqual(original)));
  });

  it.each<[string, Cbor | undefined]>([
    ['absent', undefined],
    ['text', 'all'],
    ['without statements', new Map([[2, true]])],
    ['a statement of one field', new Map([[1, [[Buffer.alloc(32)]]]])],
    ['a short log id', new Map([[1, [[Buffer.alloc(31), []]]]])],
    ['an empty range', new Map([[1, [[Buffer.alloc(32), [[3, 3, Buffer.alloc(32)]]]]]])],
    ['a range without an id', new Map([[1, [[Buffer.alloc(32), [[3, 4]]]]]])],
    [
      'ranges out of order',
      new Map([
        [
          1,
          [
            [
              Buffer.alloc(32),
              [
                [3, 4, Buffer.alloc(32)],
                [1, 2, Buffer.alloc(32)],
              ],
            ],
          ],
        ],
      ]),
    ],
    ['a range beyond every log', new Map([[1, [[Buffer.alloc(32), [[3, 2 ** 48, Buffer.alloc(32)]]]]]])],
  ])('is not understood when it is %s', (_, body) => {
    expect(decodeAckBody(body)).toBeUndefined();
  });
});

describe('what a log acknowledges', () => {
  it('is its latest word on each log, which may be less than the one before', () => {
    const state = foldAcks([
      { seq: 1, deps: [], ack: { statements: [states(BOB, [0, 9]), states(EVE, [0, 5])], full: false } },
      { seq: 2, deps: [], ack: { statements: [states(BOB, [0, 4], [6, 9])], full: false } },
    ]);
    expect(state).toEqual({
      held: new Map([
        [BOB, states(BOB, [0, 4], [6, 9]).ranges],
        [EVE, states(EVE, [0, 5]).ranges],
      ]),
      acks: [1, 2],
      since: 0,
    });
  });

  it('starts anew with a full one', () => {
    const state = foldAcks([
      { seq: 1, deps: [], ack: { statements: [states(BOB, [0, 9])], full: false } },
      { seq: 3, deps: [], ack: { statements: [states(EVE, [0, 5])], full: true } },
      { seq: 4, deps: [], ack: { statements: [], full: false } },
    ]);
    expect(state).toEqual({ held: new Map([[EVE, states(EVE, [0, 5]).ranges]]), acks: [3, 4], since: 3 });
  });

  it('includes exactly the entries it cites', () => {
    const dep = { log: BOB, seq: 12, id: entryId(BOB, 12) };
    const state = foldAcks([
      { seq: 1, deps: [], ack: { statements: [states(BOB, [0, 9])], full: true } },
      { seq: 2, deps: [dep, { log: BOB, seq: 3, id: entryId(BOB, 3) }] },
    ]);
    expect(state.held.get(BOB)).toEqual([range(BOB, 0, 9), range(BOB, 12, 13)]);
  });

  it('costs what it cites, and not its square', () => {
    const costOf = (count: number): number => {
      const deps = Array.from({ length: count }, (_, i) => ({ log: BOB, seq: 2 * (count - i), id: entryId(BOB, i) }));
      const entries = deps.map((dep, seq) => ({ seq, deps: [dep] }));
      return workOf(() => expect(foldAcks(entries).held.get(BOB)?.length).toBe(count));
    };
    // about five blocks for each; no ratio: V8 throws counts away with code that it drops, and a small one then counts nothing
    expect(costOf(8_000)).toBeLessThan(10 * 8_000);
  });

  it('is read from the latest full ack on, however long the log', () => {
    const opened = [10, 100, 1_000].map((older) => {
      const before = Array.from({ length: older }, () => acked({ statements: [states(EVE, [0, 7])], full: false }));
      const chatter = Array.from({ length: older }, () => said());
      const after = [
        acked({ statements: [states(BOB, [0, 5])], full: true }),
        acked({ statements: [states(BOB, [0, 6])], full: false }),
      ];
      const entries = [INTRODUCTION, ...before, ...chatter, ...after, ...chatter];
      const source = new FakeSource([{ log: ME, entries, runs: entries.map((_, i) => [i, i + 1] as const) }]);
      const seq = 1 + 2 * older;
      expect(ackStateOf(source, ME)).toEqual({
        held: new Map([[BOB, states(BOB, [0, 6]).ranges]]),
        acks: [seq, seq + 1],
        since: seq,
      });
      return source.opened.size;
    });
    expect(opened).toEqual([2, 2, 2]);
  });

  it('ends where the log froze', () => {
    const entries = [
      INTRODUCTION,
      acked({ statements: [states(BOB, [0, 5])], full: true }),
      acked({ statements: [states(BOB, [0, 9])], full: true }),
    ];
    const frozen = new FakeSource([{ log: ME, entries, frozen: 2 }]);
    expect(ackStateOf(frozen, ME).held.get(BOB)).toEqual([range(BOB, 0, 5)]);
    const apart = new FakeSource([
      {
        log: ME,
        entries,
        frozen: 2,
        runs: [
          [0, 2],
          [2, 3],
        ],
      },
    ]);
    expect(ackStateOf(apart, ME).held.get(BOB)).toEqual([range(BOB, 0, 5)]);
  });

  it('does not stop at a full ack behind the place where the log froze', () => {
    const entries = [
      INTRODUCTION,
      acked({ statements: [states(EVE, [0, 3])], full: true }),
      acked({ statements: [states(BOB, [0, 5])], full: false }),
      acked({ statements: [], full: true }),
    ];
    const runs = [
      [0, 2],
      [2, 4],
    ] as const;
    const source = new FakeSource([{ log: ME, entries, runs, frozen: 3 }]);
    expect([...ackStateOf(source, ME).held.keys()]).toEqual([EVE, BOB]);
  });

  it('counts only what is marked as housekeeping as an ack', () => {
    const { payload } = acked({ statements: [states(BOB, [0, 5])], full: true });
    const source = new FakeSource([
      { log: ME, entries: [INTRODUCTION, acked({ statements: [], full: true }), { payload }] },
    ]);
    expect(ackStateOf(source, ME)).toEqual({ held: new Map(), acks: [1], since: 1 });
  });

  it('is the same however its log is cut into runs', () => {
    const cut = fc.uniqueArray(fc.integer({ min: 1, max: 11 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(ack, { minLength: 1, maxLength: 11 }), cut, (acks, cuts) => {
        const entries = [INTRODUCTION, ...acks.map(acked)];
        const bounds = [0, ...cuts.filter((at) => at < entries.length).sort((a, b) => a - b), entries.length];
        const runs = bounds.slice(1).map((end, i) => [bounds[i] as number, end] as const);
        const expected = foldAcks(acks.map((one, i) => ({ seq: i + 1, deps: [], ack: one })));
        expect(ackStateOf(new FakeSource([{ log: ME, entries, runs }]), ME)).toEqual(expected);
      }),
    );
  });
});

function bobs(entries: readonly FakeEntry[], more: Partial<FakeLog> = {}): FakeLog {
  return { log: BOB, entries: [INTRODUCTION, ...entries], ...more };
}

/** Logs in which nothing happens. */
const QUIET = [11, 12, 13].map(logId);

function quietHeld(): [LogId, HeldRange[]][] {
  return QUIET.map((log) => [log, [range(log, 0, 2)]]);
}

describe('the next ack', () => {
  it('is full at first', () => {
    const source = new FakeSource([bobs([said(), said()])]);
    expect(planAck(source, [BOB], NOTHING)).toEqual({
      acks: [{ statements: [states(BOB, [0, 3])], full: true }],
      retracts: [],
    });
  });

  it('is not due without messages', () => {
    const source = new FakeSource([bobs([acked({ statements: [], full: true })])]);
    expect(planAck(source, [BOB], NOTHING)).toBeUndefined();
    expect(planAck(source, [], NOTHING)).toBeUndefined();
  });

  it('is not due for housekeeping that came after what was stated, even when merged with it', () => {
    const source = new FakeSource([bobs([said(), acked({ statements: [], full: true })])]);
    expect(planAck(source, [BOB], { held: new Map([[BOB, [range(BOB, 0, 2)]]]), acks: [1] })).toBeUndefined();
  });

  it('states only the logs that changed, and all that is held of them', () => {
    const source = new FakeSource([
      bobs([said(), said(), said(), said()], {
        runs: [
          [0, 2],
          [3, 5],
        ],
      }),
      ...QUIET.map((log) => ({ ...bobs([said()]), log })),
    ]);
    const last = { held: new Map([[BOB, [range(BOB, 0, 2)]], ...quietHeld()]), acks: [1] };
    expect(planAck(source, [BOB, ...QUIET], last)).toEqual({
      acks: [{ statements: [states(BOB, [0, 2], [3, 5])], full: false }],
      retracts: [],
    });
  });

  it('takes back what is held no longer', () => {
    const source = new FakeSource([bobs([said()], { runs: [] })]);
    const last = { held: new Map([[BOB, [range(BOB, 0, 2)]]]), acks: [1] };
    // of a log that a full one does not name, nothing is held
    expect(planAck(source, [BOB], last)?.acks).toEqual([{ statements: [], full: true }]);
  });

  it('takes back what is held no longer among much that is', () => {
    const source = new FakeSource([bobs([said()], { runs: [] }), ...QUIET.map((log) => ({ ...bobs([said()]), log }))]);
    const last = { held: new Map([[BOB, [range(BOB, 0, 2)]], ...quietHeld()]), acks: [1] };
    expect(planAck(source, [BOB, ...QUIET], last)?.acks).toEqual([{ statements: [states(BOB)], full: false }]);
  });

  it('is full when that is little longer, and retracts the one before', () => {
    const [quiet] = QUIET as [LogId];
    const source = new FakeSource([bobs([said(), said()]), { ...bobs([said()]), log: quiet }]);
    const last = {
      held: new Map([
        [BOB, [range(BOB, 0, 2)]],
        [quiet, [range(quiet, 0, 2)]],
      ]),
      acks: [7],
    };
    expect(planAck(source, [BOB, quiet], last)).toEqual({
      acks: [{ statements: [states(BOB, [0, 3]), states(quiet, [0, 2])], full: true }],
      retracts: [{ from: 7, end: 8 }],
    });
  });

  it('says nothing about entries from where a log froze', () => {
    const source = new FakeSource([bobs([said(), said(), said()], { frozen: 2 })]);
    expect(planAck(source, [BOB], NOTHING)?.acks).toEqual([{ statements: [states(BOB, [0, 2])], full: true }]);
  });

  it('is full after fifteen in part, and retracts them', () => {
    const source = new FakeSource([bobs([said()]), ...QUIET.map((log) => ({ ...bobs([said()]), log }))]);
    const held = new Map(quietHeld());
    const logs = [BOB, ...QUIET];
    const acks = [4, 5, 6, 9, ...Array.from({ length: FULL_ACK_EVERY - 4 }, (_, i) => 20 + 2 * i)];
    const plan = planAck(source, logs, { held, acks });
    expect(plan?.acks[0]?.full).toBe(true);
    expect(plan?.retracts.slice(0, 3)).toEqual([
      { from: 4, end: 7 },
      { from: 9, end: 10 },
      { from: 20, end: 21 },
    ]);
    expect(planAck(source, logs, { held, acks: acks.slice(1) })?.acks[0]?.full).toBe(false);
  });

  it('comes in several when one payload cannot hold it, none too large', () => {
    const runs = Array.from({ length: 2 * ACK_RANGES_MAX }, (_, i) => [2 ** 20 + 2 * i, 2 ** 20 + 2 * i + 1] as const);
    const held = (log: LogId): HeldRange[] => runs.map(([from, end]) => range(log, from, end));
    const source = Object.assign(new FakeSource([]), {
      held,
      runs: (log: LogId) => runs.slice(-1).map(([first, end]) => ({ log, first, end, messages: 1 })),
    });
    const logs = Array.from({ length: 100 }, (_, n) => logId(n + 10));
    const plan = planAck(source as unknown as FakeSource, logs, NOTHING);
    const sizes = plan?.acks.map((one) => encodeCbor(encodeAckBody(one)).length) ?? [];
    expect(plan?.acks.map(({ full }) => full)).toEqual(sizes.map((_, i) => i === 0));
    expect(plan?.acks.flatMap(({ statements }) => statements.map(({ log }) => log))).toEqual(logs);
    expect(Math.max(...sizes)).toBeLessThan(PAYLOAD_MAX - 100);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(PAYLOAD_MAX / 2);
  });

  it('leads every reader to what is held, in any history of arrivals, and then is not due', () => {
    const step = fc.record({
      log: fc.integer({ min: 2, max: 4 }),
      first: fc.integer({ min: 0, max: 20 }),
      count: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const held = new Map<number, Set<number>>([
          [2, new Set()],
          [3, new Set()],
          [4, new Set()],
        ]);
        const own: FakeEntry[] = [INTRODUCTION];
        for (const { log, first, count } of steps) {
          for (let seq = first; seq < first + count; seq++) held.get(log)?.add(seq);
          const source = new FakeSource([...[...held].map(heldLog), { log: ME, entries: own }]);
          const logs = [2, 3, 4].map(logId);
          const plan = planAck(source, logs, ackStateOf(source, ME));
          own.push(...(plan?.acks ?? []).map(acked));
          const after = ackStateOf(new FakeSource([{ log: ME, entries: own }]), ME);
          for (const one of logs) expect(unstated(source, one, after)).toEqual([]);
          expect(planAck(source, logs, after)).toBeUndefined();
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Messages that are held and not acknowledged; the introduction is none. */
function unstated(source: FakeSource, log: LogId, state: AckState): Range[] {
  const held = source.held(log).map(({ from, end }) => ({ from: Math.max(from, 1), end }));
  return subtractRanges(held, state.held.get(log) ?? []);
}

function heldLog([n, seqs]: [number, Set<number>]): FakeLog {
  const runs = [...seqs].sort((a, b) => a - b).map((seq) => [seq, seq + 1] as const);
  const entries = Array.from({ length: 30 }, (_, seq) => (seq === 0 ? INTRODUCTION : said()));
  return { log: logId(n), entries, runs };
}
