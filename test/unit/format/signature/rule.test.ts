// The bounds of S, exactly at L, where no signature can be made to land.
import { describe, expect, test } from 'vitest';
import { isCanonicalScalar, isStrictlyEncoded } from '../../../../src/format/signature/rule.js';
import { L, P, seedOf, writeScalar } from '../../../testkit/ed25519-forge.js';

describe('isCanonicalScalar', () => {
  test.each([0n, 1n, 2n ** 252n, L - 256n, L - 1n])('accepts %s, which is below L', (value) => {
    expect(isCanonicalScalar(writeScalar(value))).toBe(true);
  });

  test.each([L, L + 1n, L + 256n, 2n ** 253n, 2n ** 256n - 1n])('refuses %s', (value) => {
    expect(isCanonicalScalar(writeScalar(value))).toBe(false);
  });
});

describe('isStrictlyEncoded', () => {
  const S = Buffer.alloc(32);
  const R = seedOf('any point');

  function isStrictY(y: bigint): boolean {
    const point = writeScalar(y);
    const asKey = isStrictlyEncoded(point, Buffer.concat([R, S]));
    expect(isStrictlyEncoded(R, Buffer.concat([point, S]))).toBe(asKey);
    return asKey;
  }

  test.each([2n, 18n, 19n, 255n, P - 256n, P - 3n, P - 2n])('accepts y = %s with either sign', (y) => {
    expect(isStrictY(y)).toBe(true);
    expect(isStrictY(y + 2n ** 255n)).toBe(true);
  });

  test.each([0n, 1n, P - 1n, P, P + 1n, P + 2n, P + 18n])('refuses y = %s with either sign', (y) => {
    expect(isStrictY(y)).toBe(false);
    expect(isStrictY(y + 2n ** 255n)).toBe(false);
  });
});
