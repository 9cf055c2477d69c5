// npm run build: the whole program as one file, dist/satchel.mjs.
import fs from 'node:fs';
import path from 'node:path';
import { type BuildResult, build, type Plugin } from 'esbuild';
import { type Part, packProgram } from './pack.js';

const PROGRAM = 'dist/satchel.mjs';

/** Of yargs only the parser is used: its platform loads what renders help, and looks for translations beside the program. */
const YARGS_WITHOUT_PLATFORM: Plugin = {
  name: 'yargs-without-platform',
  setup({ onLoad }) {
    onLoad({ filter: /yargs[\\/]lib[\\/]platform-shims[\\/]esm\.mjs$/ }, () => ({ contents: 'export default {}' }));
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
  define: { 'import.meta.url': '$url' },
  plugins: [YARGS_WITHOUT_PLATFORM],
  legalComments: 'external',
  metafile: true,
  write: false,
  logLevel: 'warning',
});
const program = packProgram(fs.readFileSync('build/loader.mjs', 'utf8'), partsOf(built), licensesOf(built));
fs.mkdirSync(path.dirname(PROGRAM), { recursive: true });
fs.writeFileSync(PROGRAM, program);
fs.chmodSync(PROGRAM, 0o755);

function partsOf({ outputFiles = [], metafile }: BuildResult): Part[] {
  const outputs = Object.entries(metafile?.outputs ?? {});
  return outputs.flatMap(([file, { imports }]): Part[] => {
    const output = outputFiles.find((one) => one.path === path.resolve(file));
    if (!output || !file.endsWith('.js')) return [];
    const paths = imports.map((one) => (one.external ? one.path : `./${path.basename(one.path)}`));
    return [{ name: path.basename(file, '.js'), code: output.text, imports: paths }];
  });
}

/** Each once: parts of one package lie in several files. */
function licensesOf({ outputFiles = [] }: BuildResult): string {
  const texts = outputFiles.filter((file) => file.path.endsWith('.LEGAL.txt')).map(({ text }) => text.trim());
  return [...new Set(texts)].join('\n\n');
}
