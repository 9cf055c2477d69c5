// fixtures/ as a whole: it is what the testkit makes, byte for byte, and there is nothing in it that no test runs.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FIXTURES } from '../testkit/fixture.js';
import { fixtureFiles } from '../testkit/generate.js';

const HERE = new URL('./', import.meta.url);
const made = fixtureFiles();

// After a change to the testkit: npm run fixtures
test.each([...made.keys()])('%s is what the testkit makes', (name) => {
  expect(readFileSync(new URL(name, FIXTURES)).equals(made.get(name) ?? Buffer.alloc(0))).toBe(true);
});

test('making them again gives the same bytes', () => {
  const again = fixtureFiles();
  expect([...again.keys()]).toEqual([...made.keys()]);
  for (const [name, bytes] of made) expect(again.get(name)?.equals(bytes), name).toBe(true);
});

test('bundles/ has no file that nobody makes', () => {
  const found = readdirSync(new URL('bundles/', FIXTURES)).map((name) => `bundles/${name}`);
  expect(found.filter((name) => !made.has(name))).toEqual([]);
});

describe('every fixture is run by a test', () => {
  const sources = [HERE, new URL('../frozen/', HERE)].flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(test|e2e)\.ts$/.test(name) && name !== 'fixtures.test.ts')
      .map((name) => readFileSync(new URL(name, directory), 'utf8')),
  );

  test.each(readdirSync(FIXTURES))('%s', (name) => {
    const isNamed = (source: string) => source.includes(`'${name}'`) || source.includes(`'${name}/'`);
    const isPath = (source: string) => source.includes(`fixtures/${name}'`);
    expect(sources.some((source) => isNamed(source) || isPath(source))).toBe(true);
  });
});

test('there are as many vectors as promised, and they stay small', () => {
  // what a release left behind is as large as it is
  const names = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/^\d+\.\d+(\.\d+)?\//.test(name),
  );
  const files = names.map((name) => new URL(name, FIXTURES));
  const sizes = files.map((file) => statSync(file)).filter((stat) => stat.isFile());
  expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(2_500_000);
  const vectors = [...made.values()].map((bytes) => bytes.toString('latin1').match(/"name": ?"/g)?.length ?? 0);
  expect(vectors.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(800);
});
