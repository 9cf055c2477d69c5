// The installed program in parts: a command loads the part that it lies in, and those that come before it in the table. Node reads
// and scans all of a file that it loads, which takes longer than what most commands do.
import fs from 'node:fs';
import path from 'node:path';
import { type ChunkingContext, type CodeSplittingGroup, type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { GUIDE_PAGES, PAGES_BESIDE } from './guides.js';
import { OWN_PLATFORM, YARGS_PLATFORM } from './yargs-platform.js';

interface Part {
  readonly name: string;
  /** Files and folders below src/ or node_modules/; with them goes what they import, if it is in no part above. */
  readonly of: readonly string[];
  /** Whether it may have any package of others in it. */
  readonly hasPackages?: boolean;
}

/** What more commands need comes first. A part loads only those above it, but for what is imported dynamically. */
const PARTS: readonly Part[] = [
  // what the bundler itself adds
  { name: 'rolldown-runtime', of: [] },
  { name: 'program', of: ['src/cli/main.ts', 'src/cli/command/version.ts'] },
  {
    name: 'running',
    of: [
      'src/cli/program.ts',
      'src/cli/command/table/conversation.ts',
      'src/cli/command/table/exchange.ts',
      'src/cli/command/errors.ts',
      'src/topic/nearest.ts',
    ],
  },
  {
    name: 'everyday',
    of: [
      'src/cli/commands/conversation/read.ts',
      'src/repository/repository.ts',
      'src/topic/message/interpret.ts',
      'src/topic/message/keyring.ts',
      'src/identity/topic-keys-there.ts',
    ],
  },
  {
    name: 'commands',
    of: ['src/cli/command/mistakes.ts', 'src/cli/command/string-width.ts'],
  },
  { name: 'post', of: ['src/cli/commands/conversation/post.ts', 'src/identity/keyring.ts'] },
  { name: 'status', of: ['src/cli/commands/conversation/status.ts'] },
  {
    name: 'carrying',
    of: ['src/cli/commands/exchange/import.ts', 'src/cli/commands/exchange/export.ts'],
  },
  {
    name: 'more',
    of: [
      ...['edit', 'react', 'retract', 'hide', 'get', 'search', 'feed', 'consumer'].map(
        (name) => `src/cli/commands/conversation/${name}.ts`,
      ),
      ...['check', 'gc', 'config', 'recovery', 'wipe', 'completion'].map(
        (name) => `src/cli/commands/upkeep/${name}.ts`,
      ),
      'src/cli/commands/topics/topic.ts',
      'src/cli/commands/identity/',
    ],
  },
  { name: 'drives', of: ['src/cli/commands/drives/'] },
  { name: 'rest', of: ['src/'] },
  { name: 'scure-base', of: ['node_modules/@scure/base/'], hasPackages: true },
  { name: 'words', of: ['node_modules/@scure/bip39/wordlists/'], hasPackages: true },
  { name: 'scure-bip39', of: ['node_modules/@scure/bip39/'], hasPackages: true },
  { name: 'age-encryption', of: ['node_modules/age-encryption/'], hasPackages: true },
  { name: 'chokidar', of: ['node_modules/chokidar/'], hasPackages: true },
  { name: 'mime', of: ['node_modules/mime/'], hasPackages: true },
  { name: 'uqr', of: ['node_modules/uqr/'], hasPackages: true },
  { name: 'mails', of: ['src/cli/commands/conversation/'], hasPackages: true },
  {
    name: 'archives',
    of: ['src/cli/commands/upkeep/backup.ts', 'src/cli/commands/upkeep/restore.ts', 'src/sync/import/'],
    hasPackages: true,
  },
  { name: 'stores', of: ['src/sync/store/'], hasPackages: true },
  { name: 'help', of: ['src/cli/command/'], hasPackages: true },
  { name: 'guide', of: ['src/cli/guides/'], hasPackages: true },
  { name: 'home', of: ['src/cli/commands/upkeep/'], hasPackages: true },
];

/** Needed by nearly every command, or so large a package and so small a part of it that little of it is left. */
const WITHIN = /\/node_modules\/(yargs-parser|@noble\/ed25519|zod)\//;
const PACKAGE = /\/node_modules\//;

/** What stands in the place of others. */
const instead: Plugin = {
  name: 'instead',
  resolveId(source) {
    if (GUIDE_PAGES.test(source)) return { id: PAGES_BESIDE, external: true };
    return YARGS_PLATFORM.test(source) ? path.resolve(OWN_PLATFORM) : undefined;
  },
};

/** What is the same for all that is built. */
export interface PartsOptions {
  readonly define: Record<string, string>;
  readonly alias: Record<string, string>;
  readonly target: string;
  readonly dir: string;
}

/** Writes the parts, and returns how many bytes of which file are in them. */
export async function buildParts({ define, alias, target, dir }: PartsOptions): Promise<Map<string, number>> {
  for (const place of PARTS.flatMap(({ of }) => of)) fs.accessSync(place);
  const bundle = await rolldown({
    input: { program: 'src/cli/main.ts' },
    platform: 'node',
    plugins: [instead],
    preserveEntrySignatures: false,
    // what is in a part is imported dynamically all the same: it is for another file, or for the program in one file
    checks: { ineffectiveDynamicImport: false },
    resolve: { alias },
    transform: { define, target },
  });
  const { output } = await bundle.write({
    dir,
    format: 'cjs',
    strict: true,
    // a character beyond that doubles what Node has to read
    charset: 'ascii',
    minify: true,
    // Node takes longer to get its loader of modules ready
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: { groups: PARTS.map(groupOf) },
  });
  await bundle.close();
  const chunks = output.filter((one) => one.type === 'chunk');
  for (const chunk of chunks) assertInOrder(chunk);
  const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules));
  return new Map(modules.map(([file, { renderedLength }]) => [path.relative('.', file), renderedLength]));
}

function groupOf({ name, of, hasPackages = false }: Part, at: number): CodeSplittingGroup {
  const isOfIt = (id: string): boolean => of.some((one) => isAt(id, one));
  return {
    name: (id, context) => (hasPackages || !reachesPackages(id, context) ? name : null),
    debugName: name,
    test: isOfIt,
    priority: PARTS.length - at,
  };
}

function isAt(id: string, place: string): boolean {
  // it may be a link to elsewhere
  if (PACKAGE.test(`/${place}`)) return id.includes(`/${place}`);
  return place.endsWith('/') ? id.startsWith(path.resolve(place) + path.sep) : id === path.resolve(place);
}

/** Whether to load it loads a package that few commands need. */
function reachesPackages(id: string, graph: ChunkingContext, seen = new Set<string>()): boolean {
  seen.add(id);
  const imported = graph.getModuleInfo(id)?.importedIds ?? [];
  return isPackage(id) || imported.some((one) => !seen.has(one) && reachesPackages(one, graph, seen));
}

function isPackage(id: string): boolean {
  return id === PAGES_BESIDE || (PACKAGE.test(id) && !WITHIN.test(id));
}

/** @throws Error for a part that is not in the table, or would load one below it */
function assertInOrder({ fileName, imports }: OutputChunk): void {
  const places = [fileName, ...imports].map((file) => PARTS.findIndex(({ name }) => `${name}.cjs` === file));
  const [own = -1, ...others] = places;
  if (own < 0) throw new Error(`${fileName} is no part of the program: name it in build/parts.ts`);
  if (others.some((at) => at > own)) throw new Error(`${fileName} loads parts below it: ${imports.join(', ')}`);
}
