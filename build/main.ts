// npm run build. As it is installed, the program is dist/satchel.cjs, which starts dist/parts/program.cjs; beside that are the other
// parts, which commands load that need them. dist/satchel.mjs is all of it in one file, for a stick; dist/satchel.1 is the manual
// page, dist/reader.html what shows bundles in a browser; sbom.json and licences.txt say whose packages are in all of it.
import fs from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { VERSION } from '../src/cli/command/version.js';
import { billOfMaterials, bundledPackages, type Contents, contentsOf, licenceTexts } from './bundled.js';
import { committedSeconds } from './committed.js';
import { GUIDES_ENTRY, guidePages } from './guides.js';
import { manualPage } from './man.js';
import { buildParts } from './parts.js';
import { readerPage } from './reader.js';
import { yargsPlatform } from './yargs-platform.js';

const SHEBANG = '#!/usr/bin/env node';
/** Before anything that an older Node might not know. */
const CHECK =
  'if(!process.getBuiltinModule){process.stderr.write("satchel: error: needs Node 20.19 or newer, found "+process.version+"\\n");process.exit(1)}';
/** What a module of Node is asked from where there is no `require`. The file runs under any name, as a script and as a module. */
const REQUIRE = 'var require=process.getBuiltinModule;';

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
  // yargs would look for settings in packages with that
  define: { COMMITTED_SECONDS: String(COMMITTED), 'import.meta.resolve': 'undefined' },
  alias: { 'string-width': path.resolve('src/cli/command/string-width.ts'), 'yargs-parser': 'yargs-parser/browser' },
  logLevel: 'warning',
} as const satisfies BuildOptions;

const OUT = fs.mkdtempSync(path.resolve('node_modules/.cache/dist-'));
const { define, alias, target } = OPTIONS;
const built: Contents[] = [await buildParts({ define, alias, target, dir: path.join(OUT, 'parts') })];
await buildFile({ entryPoints: [GUIDES_ENTRY], outfile: 'parts/guides.cjs', plugins: [guidePages] });
await buildFile({
  entryPoints: ['src/cli/main.ts'],
  outfile: 'satchel.mjs',
  banner: { js: [SHEBANG, CHECK, REQUIRE].join('\n') },
  plugins: [guidePages, yargsPlatform],
});
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

async function buildFile({ outfile, ...more }: BuildOptions & { readonly outfile: string }): Promise<void> {
  const { metafile } = await build({ ...OPTIONS, ...more, metafile: true, outfile: path.join(OUT, outfile) });
  built.push(contentsOf(metafile));
}

/** Leaves what is the same where it is: somebody may be running it, such as another suite of tests. */
function replaceWhenChanged(from: string, to: string): void {
  if (allIn(from) !== allIn(to)) {
    fs.rmSync(to, { recursive: true, force: true });
    fs.cpSync(from, to, { recursive: true });
    // a temporary folder is its maker's alone
    fs.chmodSync(to, 0o755);
  }
  fs.rmSync(from, { recursive: true });
}

function allIn(folder: string): string {
  if (!fs.existsSync(folder)) return '';
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return JSON.stringify(named.map((file) => [path.relative(folder, file), fs.readFileSync(file, 'latin1')]));
}
