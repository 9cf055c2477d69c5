// Reading fixtures/ in tests, and keeping count: a vector that was not run is not a vector that passed.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Vector, VectorFile } from './vector.js';

/** The directory of all fixtures. */
export const FIXTURES = new URL('../../fixtures/', import.meta.url);

/** A file of vectors, and which of them were run. */
export interface Fixture {
  /** The list under that name, never empty. */
  list<T extends Vector>(name: string): readonly T[];
  /** A test for each vector of a list. */
  each<T extends Vector>(name: string, body: (vector: T) => void | Promise<void>): void;
  /** A test that fails unless every vector of the file was run before it. */
  expectAllRun(): void;
}

/** The vectors of a file in fixtures/. */
export function openFixture(name: string): Fixture {
  const text = readFileSync(new URL(name, FIXTURES), 'utf8');
  const file = JSON.parse(text) as VectorFile;
  const ran = new Set<string>();
  const list = <T extends Vector>(key: string): readonly T[] => listOf<T>(file, key);
  return {
    list,
    each<T extends Vector>(key: string, body: (vector: T) => void | Promise<void>) {
      testEach(list<T>(key), (vector) => {
        ran.add(vector.name);
        return body(vector);
      });
    },
    expectAllRun() {
      test(`every vector of ${name} was run`, () => expectAll(text, file.count, ran));
    },
  };
}

/** A test for each vector, named after it. */
export function testEach<T extends Vector>(vectors: readonly T[], body: (vector: T) => void | Promise<void>): void {
  for (const vector of vectors) {
    test(vector.name, () => body(vector));
  }
}

/** The same bytes in the middle of others: what a reader sees that was handed a part of a larger buffer. */
export function amidOthers(bytes: Buffer): Buffer {
  const around = Buffer.alloc(bytes.length + 2 * MARGIN, 'satchseg');
  bytes.copy(around, MARGIN);
  return around.subarray(MARGIN, MARGIN + bytes.length);
}

function listOf<T extends Vector>(file: VectorFile, key: string): readonly T[] {
  const vectors = file[key];
  if (Array.isArray(vectors) && vectors.length > 0) return vectors as T[];
  throw new Error(`no list ${key}`);
}

/** Counted in the text, so that a list that nobody asks for is missed too. */
function expectAll(text: string, count: number, ran: ReadonlySet<string>): void {
  const names = [...text.matchAll(/"name":\s*"([^"]*)"/g)].map(([, name]) => name ?? '');
  expect(new Set(names).size, 'names are unique').toBe(names.length);
  expect(
    names.filter((name) => !ran.has(name)),
    'vectors that were not run',
  ).toEqual([]);
  expect(names.length).toBe(count);
}

/** Odd, so that nothing is aligned. */
const MARGIN = 61;
