// What keeps one kind of signed or hashed bytes from passing for another.
import { expect, test } from 'vitest';
import { DOMAINS, HASH_PREFIXES } from '../../../src/format/domains.js';

test('every domain ends at its only NUL, so that none is a prefix of another', () => {
  const domains = Object.values(DOMAINS);
  for (const domain of domains) expect(domain).toMatch(/^satchel\/[a-z]+\/v[12]\0$/);
  expect(new Set(domains).size).toBe(domains.length);
});

test('every hash prefix is one byte of its own', () => {
  const prefixes: number[] = Object.values(HASH_PREFIXES);
  for (const prefix of prefixes) expect(prefix).toBeLessThan(256);
  expect(new Set(prefixes).size).toBe(prefixes.length);
});
