// npm run build: the whole program as one file, dist/satchel.mjs. Beside it what starts it faster: dist/satchel.cjs, which reads
// of it what a command needs, and dist/satchel.compiled, what the Node that built it made of that.
import fs from 'node:fs';
import path from 'node:path';
import { type BuildResult, build, type Plugin } from 'esbuild';
import { committedSeconds } from './committed.js';
import { keepCompiled } from './compile.js';
import { type BundledPart, groupParts } from './groups.js';
import { packProgram } from './pack.js';

const [WHOLE, STARTER] = ['dist/satchel.mjs', 'dist/satchel.cjs'];

/** What yargs sees of the computer, in the place of its own idea of that. */
const yargsPlatform: Plugin = {
  name: 'yargs-platform',
  setup: ({ onResolve }) => {
    const file = path.resolve('src/cli/command/yargs-platform.ts');
    onResolve({ filter: /\/platform-shims\/esm\.mjs$/ }, () => ({ path: file }));
  },
};

const built = await build({
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: true,
  legalComments: 'external',
  // yargs would look for settings in packages with that
  define: { COMMITTED_SECONDS: String(committedSeconds()), 'import.meta.resolve': 'undefined' },
  alias: { 'string-width': './src/cli/command/string-width.ts', 'yargs-parser': 'yargs-parser/browser' },
  plugins: [yargsPlatform],
  metafile: true,
  write: false,
  logLevel: 'warning',
});
const read = (file: string): string => fs.readFileSync(file, 'utf8');
const frame = { loader: read('build/loader.cjs'), starter: read('build/starter.cjs'), licenses: licensesOf(built) };
const { whole, starter } = packProgram(frame, groupParts(partsOf(built)));
fs.mkdirSync(path.dirname(WHOLE), { recursive: true });
fs.writeFileSync(WHOLE, whole, { mode: 0o755 });
fs.writeFileSync(STARTER, starter, { mode: 0o755 });
keepCompiled(STARTER);

function partsOf({ outputFiles = [], metafile }: BuildResult): BundledPart[] {
  const outputs = Object.entries(metafile?.outputs ?? {});
  return outputs.flatMap(([file, { imports, entryPoint }]): BundledPart[] => {
    const output = outputFiles.find((one) => one.path === path.resolve(file));
    if (!output || !file.endsWith('.js')) return [];
    const paths = imports.map((one) => (one.external ? one.path : `./${path.basename(one.path)}`));
    const statics = imports.filter((one) => !one.external && one.kind === 'import-statement');
    return [
      {
        ...{ name: path.basename(file, '.js'), code: output.text, imports: paths, entry: entryPoint },
        needs: statics.map((one) => path.basename(one.path, '.js')),
      },
    ];
  });
}

/** Each once: parts of one package lie in several files. */
function licensesOf({ outputFiles = [] }: BuildResult): string {
  const texts = outputFiles.filter((file) => file.path.endsWith('.LEGAL.txt')).map(({ text }) => text.trim());
  return [...new Set(texts)].join('\n\n');
}
