// What a sealed file's length tells: one of few lengths, never much more than there is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paddedSize, paddedSizeWithin } from '../../../../src/format/sealed/padding.js';
import { trying } from '../../../testkit/effort.js';

const SIZE = fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 65_537, max: 2 ** 32 }));

test.each([
  [0, 16_384],
  [16_384, 16_384],
  [16_385, 32_768],
  [32_769, 65_536],
  [65_536, 65_536],
  [65_537, 67_584],
  [1_000_000, 1_015_808],
  [2 ** 31 + 1, 2 ** 31 + 2 ** 26],
])('%i bytes become %i', (size, padded) => expect(paddedSize(size)).toBe(padded));

test('what is added is little, and lengths stay as they are that are allowed', () => {
  fc.assert(
    fc.property(SIZE, (size) => {
      const padded = paddedSize(size);
      expect(padded).toBeGreaterThanOrEqual(size);
      expect(paddedSize(padded)).toBe(padded);
      expect(paddedSizeWithin(padded)).toBe(padded);
      if (size > 65_536) expect(padded).toBeLessThanOrEqual(size * 1.0625);
    }),
    trying(2_000),
  );
});

test('the largest within a room is the one before the smallest beyond it', () => {
  fc.assert(
    fc.property(SIZE, (size) => {
      const within = paddedSizeWithin(size);
      expect(within).toBeLessThanOrEqual(size);
      expect(paddedSize(within + 1)).toBeGreaterThan(size);
    }),
    trying(2_000),
  );
});

test('there are few of them: 32 between a size and its double', () => {
  for (const from of [2 ** 17, 2 ** 20, 2 ** 24, 2 ** 30]) {
    const found = new Set<number>();
    for (let size = from; size < 2 * from; size = paddedSize(size + 1)) found.add(size);
    expect(found.size).toBe(32);
  }
});
