// Every case of `fixtures/signature.json`, on the platform and on our own arithmetic.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hashes, verify as verifyCofactored } from '@noble/ed25519';
import { describe, expect, test } from 'vitest';
import { platformEquation } from '../../src/format/platform.js';
import { fallbackEquation } from '../../src/format/signature/fallback.js';
import { type Equation, isStrictlyEncoded } from '../../src/format/signature/rule.js';
import { passesSelfTest, SELF_TEST } from '../../src/format/signature/selftest.js';
import { verifySignature } from '../../src/format/signature/signature.js';
import { signatureFixture } from '../testkit/ed25519-vectors.js';
import type { SignatureVector } from '../testkit/signature-vector.js';

const FIXTURE = new URL('../../fixtures/signature.json', import.meta.url);
const text = readFileSync(FIXTURE, 'utf8');
const vectors = (JSON.parse(text) as { vectors: SignatureVector[] }).vectors;

function underRule(equation: Equation): Equation {
  return (key, message, signature) => isStrictlyEncoded(key, signature) && equation(key, message, signature);
}

function answerOf(verify: Equation, { key, message, signature }: SignatureVector): boolean {
  return verify(Buffer.from(key, 'hex'), Buffer.from(message, 'hex'), Buffer.from(signature, 'hex'));
}

describe('the fixture', () => {
  test('is what the testkit makes, byte for byte', async () => {
    // After a change to the testkit: npx vitest run -u --config test/vitest.config.ts test/vectors/signature.test.ts
    await expect(signatureFixture()).toMatchFileSnapshot('../../fixtures/signature.json');
    expect(signatureFixture()).toBe(text);
  });

  test('names every case once', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(vectors.length).toBeGreaterThanOrEqual(92);
  });

  test('has all 14 encodings of small order, as the key and as R', () => {
    const keys = vectors.filter(({ name }) => name.startsWith('key-small-')).map(({ key }) => key);
    const rs = vectors.filter(({ name }) => name.startsWith('r-small-')).map(({ signature }) => signature.slice(0, 64));
    expect(new Set(keys).size).toBe(14);
    expect(new Set(rs)).toEqual(new Set(keys));
  });

  // A refusal proves nothing about a case that no verifier would accept: ZIP 215 accepts every one of these.
  test('has real signatures in its cases of small and mixed order', () => {
    hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest());
    const cofactored: Equation = (key, message, signature) => verifyCofactored(signature, message, key);
    const tricky = vectors.filter(({ name }) => /^(key-small|r-small|both-small|mixed|h-)/.test(name));
    expect(tricky.filter((vector) => answerOf(cofactored, vector)).length).toBe(14 + 14 + 1 + 12 + 2);
  });
});

// One that the self-test turns down may differ: nobody asks it then.
const trusted: [string, Equation][] = passesSelfTest(platformEquation)
  ? [['the platform', underRule(platformEquation)]]
  : [];

describe.each([['verifySignature', verifySignature], ['our own arithmetic', underRule(fallbackEquation)], ...trusted])(
  '%s',
  (_name, verify) => {
    let run = 0;

    test.each(vectors)('$name', (vector) => {
      run++;
      expect(answerOf(verify, vector), vector.comment).toBe(vector.valid);
    });

    test('ran every case of the file', () => {
      expect(run).toBe(text.match(/"name":/g)?.length);
    });
  },
);

describe('the self-test', () => {
  test.each(SELF_TEST)('pins $name as the fixture has it', (pinned) => {
    expect(vectors).toContainEqual(expect.objectContaining(pinned));
  });

  test('asks the platform about valid and invalid signatures', () => {
    const asked = SELF_TEST.filter(({ key, signature }) =>
      isStrictlyEncoded(Buffer.from(key, 'hex'), Buffer.from(signature, 'hex')),
    );
    expect(asked.map(({ valid }) => valid)).toEqual([true, true, true, false, false, false]);
  });
});
