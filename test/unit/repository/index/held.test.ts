// Arithmetic of ranges, held to a set of single seqs.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Range } from '../../../../src/format/log/meta.js';
import { countRanges, isInRanges, subtractRanges, unionRanges } from '../../../../src/repository/index/held.js';

const LAST = 40;
const range = fc
  .tuple(fc.nat(LAST), fc.nat(8))
  .map(([from, length]): Range => ({ from, end: Math.min(LAST, from + length) }))
  .filter(({ from, end }) => from < end);
const disjoint = fc.array(range, { maxLength: 8 }).map(unionRanges);

function seqsIn(ranges: readonly Range[]): number[] {
  return Array.from({ length: LAST }, (_, seq) => seq).filter((seq) =>
    ranges.some(({ from, end }) => from <= seq && seq < end),
  );
}

test('what is joined covers the same, ascending and apart', () => {
  fc.assert(
    fc.property(fc.array(range), (ranges) => {
      const joined = unionRanges(ranges);
      expect(seqsIn(joined)).toEqual(seqsIn(ranges));
      for (const [at, { end }] of joined.entries()) expect(joined[at + 1]?.from ?? LAST + 1).toBeGreaterThan(end);
    }),
  );
});

test('what is left is wanted and not covered', () => {
  fc.assert(
    fc.property(disjoint, disjoint, (wanted, covered) => {
      const out = new Set(seqsIn(covered));
      const left = subtractRanges(wanted, covered);
      expect(seqsIn(left)).toEqual(seqsIn(wanted).filter((seq) => !out.has(seq)));
      expect(countRanges(left)).toBe(seqsIn(left).length);
      for (const seq of seqsIn(left)) expect(isInRanges(left, seq)).toBe(true);
    }),
  );
});

test('covers that lie elsewhere are not looked at', () => {
  const covered = Array.from({ length: 100_000 }, (_, at) => ({ from: 2 * at, end: 2 * at + 1 }));
  let looks = 0;
  const counted = new Proxy(covered, {
    get: (target, key) => {
      looks++;
      return Reflect.get(target, key);
    },
  });
  expect(subtractRanges([{ from: 150_000, end: 150_004 }], counted)).toHaveLength(2);
  expect(looks).toBeLessThan(200);
});
