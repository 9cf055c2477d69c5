// npm run build: the whole program as one file, dist/satchel.cjs; the same as dist/satchel.mjs. Beside them dist/satchel.compiled,
// with which the Node that built it starts them faster.
import fs from 'node:fs';
import path from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { keepCompiled } from './compile.js';
import { type BundledPart, groupParts } from './groups.js';
import { packProgram } from './pack.js';

/** Node starts this one faster; the same is there once more for who knows it by that name. */
const PROGRAM = 'dist/satchel.cjs';
const PROGRAMS = [PROGRAM, 'dist/satchel.mjs'];

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
  metafile: true,
  write: false,
  logLevel: 'warning',
});
const program = packProgram(fs.readFileSync('build/loader.cjs', 'utf8'), groupParts(partsOf(built)), licensesOf(built));
for (const file of PROGRAMS) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, program);
  fs.chmodSync(file, 0o755);
}
keepCompiled(PROGRAM);

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
