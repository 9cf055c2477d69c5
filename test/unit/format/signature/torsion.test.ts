// The stricter check of device keys.
import { describe, expect, test } from 'vitest';
import { publicKeyOf } from '../../../../src/format/signature/signature.js';
import { isTorsionFree } from '../../../../src/format/signature/torsion.js';
import { encodePoint, multiple, P, seedOf, writeScalar } from '../../../testkit/ed25519-forge.js';

describe('isTorsionFree', () => {
  test('accepts keys that grew from a seed', async () => {
    for (const label of ['a', 'b', 'c']) expect(await isTorsionFree(publicKeyOf(seedOf(label)))).toBe(true);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('refuses a key with %i times the point of order 8 in it', async (torsion) => {
    expect(await isTorsionFree(encodePoint(multiple(12_345n, torsion)))).toBe(false);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('refuses %i times the point of order 8 alone', async (torsion) => {
    expect(await isTorsionFree(encodePoint(multiple(0n, torsion)))).toBe(false);
  });

  test.each([
    ['off the curve', writeScalar(2n)],
    ['not canonical', writeScalar(P + 3n)],
    ['too short', seedOf('key').subarray(0, 31)],
    ['too long', Buffer.alloc(33)],
    ['empty', Buffer.alloc(0)],
  ])('refuses what is %s', async (_what, bytes) => {
    expect(await isTorsionFree(bytes)).toBe(false);
  });
});
