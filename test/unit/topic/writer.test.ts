import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import { CLOCK_LIMIT, DEPS_MAX } from '../../../src/format/limits.js';
import {
  AHEAD_MAX_MS,
  lowerMedian,
  lowerMedianWithout,
  nextClock,
  sortedClocks,
} from '../../../src/topic/order/clock.js';
import { type Citable, chooseDeps, newHeads } from '../../../src/topic/order/deps.js';
import { HOUR_MS } from '../../../src/topic/order/hour-clock.js';
import { entryId, logId } from '../../testkit/fake-source.js';

const NOW = 1_700_000_000_000;
const JUDGE = { isAbsurd: (_: LogId, clock: number) => clock > NOW + AHEAD_MAX_MS };

function head(n: number, clock = NOW, seq = 5): Citable {
  return { log: logId(n), seq, id: entryId(logId(n), seq), clock };
}

describe('the next clock', () => {
  it('is the time when nothing is ahead of it', () => {
    expect(nextClock(NOW, -1, [])).toBe(NOW);
    expect(nextClock(NOW, -1, [NOW - 1])).toBe(NOW);
  });

  it('is above everything seen when the own clock is behind', () => {
    expect(nextClock(NOW, NOW, [NOW + 7, 3])).toBe(NOW + 8);
  });

  it('is never negative, whatever the time', () => {
    expect(nextClock(-62_000_000_000_000, -1, [])).toBe(0);
  });

  it('stays in range, above whatever leaves room for it', () => {
    const clock = fc.integer({ min: -1, max: CLOCK_LIMIT - 1 });
    fc.assert(
      fc.property(fc.maxSafeInteger(), clock, fc.array(clock, { maxLength: 16 }), (time, previous, deps) => {
        const next = nextClock(time, previous, deps);
        const before = [previous, ...deps];
        expect(next).toBeGreaterThanOrEqual(0);
        expect(next).toBeLessThan(CLOCK_LIMIT);
        if (next < CLOCK_LIMIT - 1) expect(next).toBe(Math.max(0, time, ...before.map((other) => other + 1)));
      }),
    );
  });
});

describe('the lower median', () => {
  it('is the one in the middle, of two the lower, and of none there is none', () => {
    expect(lowerMedian([])).toBeUndefined();
    expect(lowerMedian([7])).toBe(7);
    expect(lowerMedian([9, 1])).toBe(1);
    expect(lowerMedian(new Set([5, 1, 2 ** 47]))).toBe(5);
    expect(lowerMedian([4, 1, 3, 2])).toBe(2);
  });

  it('of all but one is that of what is left', () => {
    const some = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(some, fc.nat(), (clocks, n) => {
        const at = n % clocks.length;
        const without = lowerMedianWithout(sortedClocks(clocks), clocks[at] as number);
        expect(without).toBe(lowerMedian(clocks.toSpliced(at, 1)));
      }),
    );
  });
});

describe('heads to cite', () => {
  const summary = (n: number, frozen?: number) => ({
    log: logId(n),
    end: 6,
    id: entryId(logId(n), 5),
    maxClock: NOW,
    waits: false,
    frozen,
  });
  const run = (n: number, messages = 1, unheld = false) => ({ log: logId(n), messages, unheld });

  it('are those of other logs that brought messages', () => {
    const logs = [summary(1), summary(2), summary(3), summary(4), summary(5), summary(6, 3)];
    const arrivals = [run(1), run(2), run(2), run(3, 0), run(4, 1, true), run(6), run(9)];
    expect(newHeads(arrivals, logs, logId(1))).toEqual([head(2)]);
  });

  it('have the latest clock that they can turn out to have while something waits for a key', () => {
    const hour = NOW - (NOW % HOUR_MS);
    const waiting = { ...summary(2), maxClock: hour, waits: true };
    expect(newHeads([run(2)], [waiting], logId(1))).toEqual([head(2, hour + HOUR_MS - 1)]);
  });

  it('are the latest, and 16 at most', () => {
    const heads = Array.from({ length: 40 }, (_, n) => head(n + 1, NOW - ((n * 7) % 40)));
    const { deps, clocks, reply } = chooseDeps(heads, JUDGE);
    expect(clocks).toEqual(Array.from({ length: DEPS_MAX }, (_, i) => NOW - i));
    expect(deps).toHaveLength(DEPS_MAX);
    expect(deps[0]).toEqual({ log: logId(1), seq: 5, id: entryId(logId(1), 5) });
    expect(reply).toBeUndefined();
  });

  it('have the target of a reply first, which is cited once', () => {
    const target = head(30, 5, 3);
    const others = Array.from({ length: 20 }, (_, n) => head(n + 1));
    const { deps, reply } = chooseDeps([...others, head(30, NOW, 5)], JUDGE, target);
    expect([deps[0]?.log, deps[0]?.seq, reply, deps.length]).toEqual([target.log, 3, 0, DEPS_MAX]);
    expect(chooseDeps([head(2), head(3)], JUDGE, head(3)).deps.map(({ log }) => log)).toEqual([logId(3), logId(2)]);
  });

  it('are not far ahead, unless replied to', () => {
    const liar = head(2, NOW + 2 * AHEAD_MAX_MS);
    expect(chooseDeps([liar, head(3)], JUDGE).deps.map(({ log }) => log)).toEqual([logId(3)]);
    const citation = chooseDeps([liar, head(3)], JUDGE, liar);
    expect(citation.clocks).toEqual([liar.clock, NOW]);
    expect(nextClock(NOW, -1, citation.clocks)).toBe(liar.clock + 1);
  });
});
