// The bounded memory behind the key caches.
import { expect, test } from 'vitest';
import { recall } from '../../../src/format/lru.js';

test('makes a value once and keeps it while it is asked for', () => {
  const cache = new Map<string, string>();
  const made: string[] = [];
  const ask = (name: string): string =>
    recall(cache, name, 3, () => {
      made.push(name);
      return name.toUpperCase();
    });
  expect(['a', 'b', 'c', 'a', 'd', 'a', 'e', 'a', 'b'].map(ask)).toEqual(['A', 'B', 'C', 'A', 'D', 'A', 'E', 'A', 'B']);
  expect(made).toEqual(['a', 'b', 'c', 'd', 'e', 'b']);
  expect([...cache.keys()]).toEqual(['e', 'a', 'b']);
});

test('keeps nothing of a value that could not be made', () => {
  const cache = new Map<string, string>();
  const fail = (): string => {
    throw new Error('no');
  };
  expect(() => recall(cache, 'a', 3, fail)).toThrow('no');
  expect(cache.size).toBe(0);
});
