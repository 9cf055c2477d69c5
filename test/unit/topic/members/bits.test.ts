// Sets of whole numbers as bits, against the platform's own sets.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bits } from '../../../../src/topic/members/bits.js';

const numbers = fc.array(fc.nat(200));

function bitsOf(all: readonly number[]): Bits {
  const bits = new Bits();
  for (const one of all) bits.add(one);
  return bits;
}

describe('a set of bits', () => {
  it('holds what was added, ascending', () => {
    fc.assert(
      fc.property(numbers, fc.nat(300), (all, other) => {
        const bits = bitsOf(all);
        expect([...bits]).toEqual([...new Set(all)].sort((a, b) => a - b));
        expect(bits.has(other)).toBe(all.includes(other));
      }),
    );
  });

  it('takes in another, and counts what both have', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect([...bitsOf(a).addAll(bitsOf(b))]).toEqual([...bitsOf([...a, ...b])]);
        expect(bitsOf(a).countIn(bitsOf(b))).toBe(new Set(a.filter((one) => b.includes(one))).size);
      }),
    );
  });
});
