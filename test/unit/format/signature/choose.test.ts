// The choice between the platform and our own arithmetic.
import { createHash } from 'node:crypto';
import { hashes, Point, verify as verifyCofactored } from '@noble/ed25519';
import { beforeAll, describe, expect, test } from 'vitest';
import { platformEquation } from '../../../../src/format/platform.js';
import { fallbackEquation } from '../../../../src/format/signature/fallback.js';
import type { Equation } from '../../../../src/format/signature/rule.js';
import { chooseEquation } from '../../../../src/format/signature/signature.js';

beforeAll(() => {
  hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest());
});

describe('chooseEquation', () => {
  const cofactored: Equation = (key, message, signature) => verifyCofactored(signature, message, key);
  const isPure = (point: Uint8Array): boolean => Point.fromBytes(point).isTorsionFree();
  const wrong: [string, Equation][] = [
    ['says yes to everything', () => true],
    ['says no to everything', () => false],
    ['multiplies by the cofactor', cofactored],
    ['fails on empty messages', (key, message, s) => message.length > 0 && platformEquation(key, message, s)],
    ['refuses keys of mixed order', (key, message, s) => isPure(key) && platformEquation(key, message, s)],
    ['refuses R of mixed order', (key, message, s) => isPure(s.subarray(0, 32)) && platformEquation(key, message, s)],
  ];

  test('keeps a platform that follows the rule', () => {
    expect(chooseEquation(platformEquation)).toBe(platformEquation);
    expect(chooseEquation(fallbackEquation)).toBe(fallbackEquation);
  });

  test.each(wrong)('turns to our own arithmetic when the platform %s', (_what, equation) => {
    expect(chooseEquation(equation)).toBe(fallbackEquation);
  });
});
