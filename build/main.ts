// npm run build. As it is installed, the program is dist/satchel.cjs, which starts dist/parts/program.cjs, and what that needs
// now and then beside it. dist/satchel.mjs is all of it in one file, for a stick; dist/satchel.1 is the manual
// page, dist/reader.html what shows bundles in a browser; sbom.json and licences.txt say whose packages are in all of it.
import fs from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { VERSION } from '../src/cli/command/version.js';
import { packagesBeside } from './beside.js';
import { billOfMaterials, bundledPackages, licenceTexts } from './bundled.js';
import { committedSeconds } from './committed.js';
import { GUIDES_ENTRY, guidePages } from './guides.js';
import { manualPage } from './man.js';
import { readerPage } from './reader.js';

const SHEBANG = '#!/usr/bin/env node';
/** Before anything that an older Node might not know. */
const CHECK =
  'if(!process.getBuiltinModule){process.stderr.write("satchel: error: needs Node 20.19 or newer, found "+process.version+"\\n");process.exit(1)}';
/** What a module of Node is asked from where there is no `require`. The file runs under any name, as a script and as a module. */
const REQUIRE = 'var require=process.getBuiltinModule;';

/** What yargs sees of the computer, in the place of its own idea of that. */
const yargsPlatform: Plugin = {
  name: 'yargs-platform',
  setup: ({ onResolve }) => {
    const file = path.resolve('src/cli/command/yargs-platform.ts');
    onResolve({ filter: /\/platform-shims\/esm\.mjs$/ }, () => ({ path: file }));
  },
};

const COMMITTED = committedSeconds();
const OPTIONS = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  // becomes `require`: Node takes longer to get its loader of modules ready
  supported: { 'dynamic-import': false },
  minify: true,
  legalComments: 'eof',
  metafile: true,
  // yargs would look for settings in packages with that
  define: { COMMITTED_SECONDS: String(COMMITTED), 'import.meta.resolve': 'undefined' },
  alias: { 'string-width': './src/cli/command/string-width.ts', 'yargs-parser': 'yargs-parser/browser' },
  logLevel: 'warning',
} as const satisfies BuildOptions;

const MAIN = 'src/cli/main.ts';

const OUT = fs.mkdtempSync(path.resolve('node_modules/.cache/dist-'));
const beside = new Map<string, string>();
const built: Metafile[] = [];
await buildParts({ program: MAIN }, [guidePages({ areBeside: true }), packagesBeside(beside)]);
await buildParts(Object.fromEntries(beside), [yargsPlatform]);
await buildParts(GUIDES_ENTRY, [guidePages({ areBeside: false })]);
const whole = await build({
  ...OPTIONS,
  entryPoints: [MAIN],
  outfile: path.join(OUT, 'satchel.mjs'),
  banner: { js: [SHEBANG, CHECK, REQUIRE].join('\n') },
  plugins: [guidePages({ areBeside: false }), yargsPlatform],
});
built.push(whole.metafile);
fs.writeFileSync(
  path.join(OUT, 'satchel.cjs'),
  [SHEBANG, CHECK, fs.readFileSync('build/installed.cjs', 'utf8')].join('\n'),
);
fs.writeFileSync(
  path.join(OUT, 'satchel.1'),
  manualPage({ spec: fs.readFileSync('spec/cli.md', 'utf8'), committed: COMMITTED }),
);
fs.writeFileSync(path.join(OUT, 'reader.html'), await readerPage({ built }));
const packages = bundledPackages(built);
fs.writeFileSync(path.join(OUT, 'sbom.json'), billOfMaterials(packages, VERSION));
fs.writeFileSync(path.join(OUT, 'licences.txt'), licenceTexts(packages));
for (const file of ['satchel.cjs', 'satchel.mjs']) fs.chmodSync(path.join(OUT, file), 0o755);
replaceWhenChanged(OUT, 'dist');

async function buildParts(entryPoints: Record<string, string>, plugins: Plugin[]): Promise<void> {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints,
    outdir: path.join(OUT, 'parts'),
    outExtension: { '.js': '.cjs' },
    plugins,
  });
  built.push(metafile);
}

/** Leaves what is the same where it is: somebody may be running it, such as another suite of tests. */
function replaceWhenChanged(from: string, to: string): void {
  if (contentsOf(from) !== contentsOf(to)) {
    fs.rmSync(to, { recursive: true, force: true });
    fs.cpSync(from, to, { recursive: true });
    // a temporary folder is its maker's alone
    fs.chmodSync(to, 0o755);
  }
  fs.rmSync(from, { recursive: true });
}

function contentsOf(folder: string): string {
  if (!fs.existsSync(folder)) return '';
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return JSON.stringify(named.map((file) => [path.relative(folder, file), fs.readFileSync(file, 'latin1')]));
}
