// What is shipped says whose packages are in it (docs/dependencies.md).
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { OWNERS } from '../testkit/architecture.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly expression: string }[];
  readonly hashes: readonly { readonly content: string }[];
}

it('lists each package that the sources import, and what those bring, with version, licence and digest', () => {
  const { components } = JSON.parse(read('dist/sbom.json')) as { components: readonly Component[] };
  const licences = read('dist/licences.txt');
  const listed = new Set(components.map(({ name }) => name));
  expect(Object.keys(OWNERS).filter((name) => !listed.has(name))).toEqual([]);
  // of yargs, tar-stream and chokidar
  expect([...listed]).toEqual(expect.arrayContaining(['strip-ansi', 'streamx', 'readdirp']));
  expect(listed.has('vitest')).toBe(false);
  for (const name of Object.keys(OWNERS)) {
    const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`)) as Record<string, string>;
    const found = components.find((one) => one.name === name && one.version === version);
    expect(found?.licenses).toEqual([{ expression: license }]);
    expect(found?.purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`);
    expect(found?.hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    expect(licences).toContain(`${name} ${version} (${license})\n\n`);
  }
});
