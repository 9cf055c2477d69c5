// Fingerprints.
import { mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { expect, test } from 'vitest';
import type { PersonId } from '../../../src/format/ids.js';
import { fingerprint } from '../../../src/identity/fingerprint.js';

test.each([
  ['00', 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'],
  ['7f', 'legal winner thank year wave sausage worth useful legal winner thank yellow'],
  ['80', 'letter advice cage absurd amount doctor acoustic avoid letter advice cage above'],
  ['ff', 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'],
])('are the words of BIP 39 for 16 times %s', async (byte, words) => {
  expect(await fingerprint(`${byte.repeat(16)}${'ab'.repeat(16)}` as PersonId)).toBe(words);
});

test('stand for the first 16 bytes of the id', async () => {
  const person = '0123456789abcdeffedcba98765432100000000000000000ffffffffffffffff' as PersonId;
  const bytes = Buffer.from(mnemonicToEntropy(await fingerprint(person), wordlist));
  expect(bytes.toString('hex')).toBe(person.slice(0, 32));
});
