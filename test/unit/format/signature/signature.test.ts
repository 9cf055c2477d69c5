// Signing, and what verification owes its callers beyond the cases of the fixture.
import { describe, expect, test } from 'vitest';
import { PUBLIC_KEYS_KEPT, publicKeysKept } from '../../../../src/format/platform.js';
import { publicKeyOf, sign, verifySignature } from '../../../../src/format/signature/signature.js';
import { seedOf, sha512, signHonestly } from '../../../testkit/ed25519-forge.js';

// RFC 8032, section 7.1: the one source of truth here that is not ours.
const RFC_8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

describe('sign and publicKeyOf', () => {
  test.each(RFC_8032)('follow RFC 8032 under $key', ({ seed, key, message, signature }) => {
    const made = sign(Buffer.from(seed, 'hex'), Buffer.from(message, 'hex'));
    expect(publicKeyOf(Buffer.from(seed, 'hex')).toString('hex')).toBe(key);
    expect(made.toString('hex')).toBe(signature);
    expect(verifySignature(Buffer.from(key, 'hex'), Buffer.from(message, 'hex'), made)).toBe(true);
  });

  test('agree with the testkit, for more keys than are kept', () => {
    for (let i = 0; i < 40; i++) {
      const seed = seedOf(`agree ${i % 20}`);
      const expected = signHonestly(seed, Buffer.from(`message ${i}`));
      expect(sign(seed, expected.message)).toEqual(expected.signature);
      expect(publicKeyOf(seed)).toEqual(expected.key);
    }
  });

  test.each([0, 31, 33, 64])('refuse a seed of %i bytes', (length) => {
    expect(() => sign(Buffer.alloc(length), Buffer.alloc(0))).toThrow(RangeError);
    expect(() => publicKeyOf(Buffer.alloc(length))).toThrow(RangeError);
  });
});

describe('verifySignature', () => {
  const seed = seedOf('verify');
  const key = publicKeyOf(seed);
  const message = seedOf('message');
  const signature = sign(seed, message);

  test('notices any one bit', () => {
    const whole = Buffer.concat([key, message, signature]);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const changed = Buffer.from(whole);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifySignature(changed.subarray(0, 32), changed.subarray(32, 64), changed.subarray(64)), `${bit}`).toBe(
        false,
      );
    }
    expect(verifySignature(whole.subarray(0, 32), whole.subarray(32, 64), whole.subarray(64))).toBe(true);
  });

  test('takes plain Uint8Arrays and leaves them as they were', () => {
    const inputs = [new Uint8Array(key), new Uint8Array(message), new Uint8Array(signature)] as const;
    const before = hexOf(inputs);
    expect(verifySignature(...inputs)).toBe(true);
    expect(hexOf(inputs)).toEqual(before);
  });

  test('keeps a bounded number of keys', () => {
    const anySignature = Buffer.concat([signature.subarray(0, 32), Buffer.alloc(32)]);
    for (let i = 0; i < PUBLIC_KEYS_KEPT + 100; i++) {
      verifySignature(sha512(Buffer.from(`many ${i}`)).subarray(0, 32), message, anySignature);
    }
    expect(publicKeysKept()).toBeLessThanOrEqual(PUBLIC_KEYS_KEPT);
    expect(publicKeysKept()).toBeGreaterThan(PUBLIC_KEYS_KEPT / 4);
    expect(verifySignature(key, message, signature)).toBe(true);
  });
});

function hexOf(inputs: readonly Uint8Array[]): string[] {
  return inputs.map((input) => Buffer.from(input).toString('hex'));
}
