// How many zeros bring a bundle to an allowed length, although the length of its manifest changes with their number.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeMembers } from '../../../../src/format/bundle/members.js';
import { PADDING_SLACK, paddingFor } from '../../../../src/format/bundle/padding.js';
import { BUNDLE_MAX } from '../../../../src/format/limits.js';
import { paddedSize, paddedSizeWithin } from '../../../../src/format/sealed/padding.js';
import { trying } from '../../../testkit/effort.js';

/** Sizes near where an allowed length or a block ends, of which some have hardly room for a member. */
const NEAR = fc
  .tuple(fc.constantFrom(0, 16_384, 32_768, 65_536, 67_584, 10 ** 6, 10 ** 8, 2 ** 31), fc.nat(8_192))
  .map(([at, less]) => Math.max(1, paddedSize(at) - less));
const SIZE = fc.oneof(NEAR, fc.integer({ min: 1, max: 300_000 }), fc.integer({ min: 1, max: 4 * 10 ** 9 }));
/** Of the manifest without padding: it may end anywhere in a block. */
const MANIFEST = fc.integer({ min: 300, max: 2_000 });

test('any bundle gets the smallest allowed length that it can have', () => {
  fc.assert(
    fc.property(SIZE, MANIFEST, (size, manifest) => {
      const sizeWith = sizesOf(size, manifest);
      const padding = paddingFor(sizeWith, BUNDLE_MAX - PADDING_SLACK) ?? Number.NaN;
      const padded = sizeWith(padding);
      expect(paddedSize(padded)).toBe(padded);
      // the next smaller one has no room, whatever is put there
      const within = paddedSizeWithin(padded - 1);
      expect(sizeWith(0) > within || (padding > 0 && sizeWith(1) > within)).toBe(true);
      expect(padded).toBeLessThanOrEqual(paddedSize(sizeWith(0) + PADDING_SLACK));
    }),
    trying(10_000),
  );
});

test('none is added where there is no room for it', () => {
  const sizeWith = sizesOf(91_000, 400);
  expect(paddingFor(sizeWith, sizeWith(0))).toBeUndefined();
  expect(paddingFor(sizeWith, paddedSize(sizeWith(0)))).toBeGreaterThan(0);
});

/** Bytes of a bundle with one member of that size, and padding. */
function sizesOf(size: number, manifest: number): (padding: number) => number {
  const listed = `,{"name":"padding","size":,"sha256":"${'0'.repeat(64)}"}`.length;
  return (padding) => {
    const segments = { name: 'segments', size };
    if (padding === 0) return placeMembers(manifest, [segments]).size;
    const longer = manifest + listed + String(padding).length;
    return placeMembers(longer, [segments, { name: 'padding', size: padding }]).size;
  };
}
