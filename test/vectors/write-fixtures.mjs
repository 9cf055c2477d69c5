// Writes fixtures/ anew, but for the signature vectors: `npm run fixtures`.
// A test compares what is there with what this would write, so there is no need to run it unless the testkit changed.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = join(ROOT, 'fixtures');
const BUNDLE = join(ROOT, 'node_modules/.cache/satchel-fixtures/generate.mjs');

buildSync({
  entryPoints: [join(ROOT, 'test/testkit/generate.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  outfile: BUNDLE,
});

const { fixtureFiles } = await import(pathToFileURL(BUNDLE).href);
const files = fixtureFiles();
for (const name of bundleNames()) if (!files.has(name)) rmSync(join(FIXTURES, name));
for (const [name, bytes] of files) {
  mkdirSync(dirname(join(FIXTURES, name)), { recursive: true });
  writeFileSync(join(FIXTURES, name), bytes);
}
const size = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
console.log(`${files.size} files, ${size} bytes`);

/** Only bundles are swept: other files in fixtures/ have makers of their own. */
function bundleNames() {
  mkdirSync(join(FIXTURES, 'bundles'), { recursive: true });
  return readdirSync(join(FIXTURES, 'bundles')).map((name) => `bundles/${name}`);
}
