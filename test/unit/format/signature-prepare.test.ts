// The choice between the platform and our own arithmetic; nothing here is prepared when the file starts.
import { createHash } from 'node:crypto';
import { hashes, Point, verify as verifyCofactored } from '@noble/ed25519';
import { beforeAll, describe, expect, test } from 'vitest';
import { fallbackEquation } from '../../../src/format/signature/fallback.js';
import { platformEquation } from '../../../src/format/signature/platform.js';
import type { Equation } from '../../../src/format/signature/rule.js';
import {
  chooseEquation,
  prepareSignatures,
  publicKeyOf,
  sign,
  verifySignature,
} from '../../../src/format/signature/signature.js';
import { seedOf } from '../../testkit/ed25519-forge.js';

beforeAll(() => {
  hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest());
});

test('verifySignature throws until it is prepared, and answers afterwards', async () => {
  const seed = seedOf('prepare');
  const message = Buffer.from('message');
  const verify = (): boolean => verifySignature(publicKeyOf(seed), message, sign(seed, message));
  expect(verify).toThrow('prepareSignatures was not awaited');
  const preparing = prepareSignatures();
  expect(verify).toThrow('prepareSignatures was not awaited');
  expect(prepareSignatures()).toBe(preparing);
  await preparing;
  expect(verify()).toBe(true);
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

  test('keeps a platform that follows the rule', async () => {
    expect(await chooseEquation(platformEquation)).toBe(platformEquation);
    expect(await chooseEquation(fallbackEquation)).toBe(fallbackEquation);
  });

  test.each(wrong)('turns to our own arithmetic when the platform %s', async (_what, equation) => {
    expect(await chooseEquation(equation)).toBe(fallbackEquation);
  });
});
