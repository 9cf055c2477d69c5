// A page of the tests of vectors: the very files of test/vectors, with small things in the place of vitest and of Node.
import fs from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** These compare the vectors with pages of spec/ and with what makes them, which are no matter of platforms. */
const OF_FILES = ['cddl.test.ts', 'fixtures.test.ts'];
/** Where the source says that it is: fixtures/ is found from there. */
const PLACE = 'file:///satchel/test/testkit/page.js';

/** Names of the tests that the page runs. */
export function testsOfVectors(): string[] {
  const names = fs.readdirSync(path.join(ROOT, 'test/vectors')).filter((name) => name.endsWith('.test.ts'));
  return names.filter((name) => !OF_FILES.includes(name)).sort();
}

/** Writes the page to a file. When its tests are over, `window.outcome` is what came of them. */
export async function writeVectorsPage(file: string): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: { contents: entry(), resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome120',
    charset: 'ascii',
    loader: { '.wasm': 'binary' },
    supported: { 'dynamic-import': false },
    inject: ['./src/reader/node/globals.ts'],
    define: {
      'import.meta.url': JSON.stringify(PLACE),
      'import.meta.dirname': JSON.stringify(path.posix.dirname(PLACE)),
    },
    plugins: [places],
    logLevel: 'silent',
  });
  const script = outputFiles[0]?.text.replaceAll('</script', '<\\/script');
  fs.writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>vectors</title><script>${script}</script>`);
}

/** The platform is started before anything of the tests is run. */
function entry(): string {
  const tests = testsOfVectors().map((name) => `import './test/vectors/${name}';`);
  return ["import './test/reader/in-page/start.ts';", ...tests, "import './test/reader/in-page/run.ts';"].join('\n');
}

const places: Plugin = {
  name: 'places',
  setup: ({ onResolve, onLoad }) => {
    const at = (file: string) => ({ path: path.join(ROOT, file) });
    onResolve({ filter: /^vitest$/ }, () => at('test/reader/in-page/vitest.ts'));
    onResolve({ filter: /^node:(crypto|fs|os)$/ }, ({ path: name }) => at(`test/reader/in-page/${name.slice(5)}.ts`));
    onResolve({ filter: /^node:(path|zlib)$/ }, ({ path: name }) => at(`src/reader/node/${name.slice(5)}.ts`));
    onResolve({ filter: /^\.{1,2}\/(.*\/)?platform\.js$/ }, () => at('src/format/platform-browser.ts'));
    onResolve({ filter: /^satchel:fixtures$/ }, ({ path: name }) => ({ path: name, namespace: 'fixtures' }));
    onLoad({ filter: /./, namespace: 'fixtures' }, () => ({ contents: JSON.stringify(fixtures()), loader: 'json' }));
  },
};

function fixtures(): Record<string, string> {
  const folder = path.join(ROOT, 'fixtures');
  const names = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll(path.sep, '/'));
  const files = names.filter((name) => !/^\d/.test(name) && fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(folder, name), 'base64')]));
}
