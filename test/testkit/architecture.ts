// What the layers of the program may and may not do, as findings over its source.
import {
  fieldsReadIn,
  importsOf,
  methodsCalledOn,
  namesUsedIn,
  resolveImport,
  type SourceFiles,
} from './source-files.js';

/** The layers from the lowest to the highest: each may import from itself and from those before it. */
export const LAYERS = ['format', 'repository', 'identity', 'topic', 'sync', 'cli', 'reader'] as const;

/** Each third-party package and the files that may import it: where its quirks are known. */
export const OWNERS: Readonly<Record<string, readonly string[]>> = {
  '@noble/ciphers': ['format/platform-browser.ts'],
  '@noble/ed25519': ['format/platform-browser.ts', 'format/signature/fallback.ts', 'format/signature/torsion.ts'],
  '@noble/hashes': ['format/platform-browser.ts'],
  '@scure/base': ['identity/age.ts'],
  '@scure/bip39': ['identity/mnemonic.ts'],
  'age-encryption': ['identity/age.ts', 'reader/unseal.ts'],
  aws4fetch: ['sync/store/s3.ts'],
  'brotli-dec-wasm': ['format/platform-browser.ts', 'reader/page/main.ts'],
  chokidar: ['sync/watch/folder-events.ts'],
  cliui: ['cli/command/yargs-platform.ts'],
  mime: ['cli/commands/conversation/media-type.ts'],
  'postal-mime': ['cli/commands/conversation/mail.ts'],
  saxes: ['sync/store/xml.ts'],
  'tar-stream': ['sync/backup/tar.ts', 'sync/import/archive/members.ts'],
  uqr: ['cli/commands/identity/card.ts'],
  yargs: ['cli/command/tree.ts'],
  // yargs is given the same one
  'yargs-parser': ['cli/command/well-formed.ts', 'cli/command/yargs-platform.ts'],
  zod: ['repository/state/shapes.ts'],
};

/** Who may import `node:fs`, and what for. */
export const NEXT_TO_THE_DISK: Readonly<Record<string, string>> = {
  'repository/disk.ts': 'the port itself',
  'repository/lock-owner.ts': 'asks the kernel about processes, in /proc',
  'sync/watch/mount-table.ts': 'asks the system what is mounted, in /proc and /Volumes',
  'cli/program.ts': 'whether standard input is a terminal',
  'cli/terminal/input.ts': 'standard input, and named pipes',
  'cli/terminal/output.ts': 'standard output',
  'cli/commands/conversation/next-change.ts': 'is told of changes; what changed it reads through the port',
};

/** What of `sync/drive` may see the disk itself, and what for: whatever lies on a drive goes through its medium. */
export const BESIDE_THE_MEDIUM: Readonly<Record<string, string>> = {
  'sync/drive/drive.ts': 'finds the folder in a directory, and has it opened as a medium',
  'sync/drive/memory.ts': 'the journal',
  'sync/drive/one-way-memory.ts': 'the journal',
  'sync/drive/store-memory.ts': 'the journal',
};
const DISK_MODULES = /^(repository\/disk|sync\/medium\/(drive-folder|folder|partial))\.ts$/;
const OPENERS = ['openFile()', 'spoolFile()', 'openFile', 'spoolFile'];

/** The one file of the formats that may import modules of Node, and those: they compute and touch nothing. */
const PLATFORM = 'format/platform.ts';
const PURE_MODULES = ['node:buffer', 'node:crypto', 'node:zlib'];

/** Who may see what was decided about a person: those who store it, change it, print it as it is, and the one who judges. */
const DECIDERS = [
  'cli/commands/identity/contact.ts',
  'cli/commands/identity/contact-change.ts',
  'identity/contact-changes.ts',
  'identity/contacts.ts',
  'identity/relations.ts',
];

/** What reads payloads, and who may ask it; everybody else asks `messageIn` and `placementOf`. */
const READERS: Readonly<Record<string, RegExp>> = {
  decodeMessage: /^topic\/(payload\.ts|message\/)/,
  decodeIntroduction: /^(topic\/(payload\.ts|message\/)|format\/)/,
};

/** Where time, randomness and the process come from. */
const IMPURE_NAMES =
  /^(process|performance|console|fetch|crypto|globalThis|Atomics|setTimeout|setInterval|setImmediate|queueMicrotask)\b|^Date\.now$|^new Date\(\)$|^Date\(\)$|^Math\.random$|^(random|generateKey|webcrypto|getRandomValues)/;

/** Imports that point up, or out of the program. */
export function upwardImports(files: SourceFiles): string[] {
  return [...files].flatMap(([from, text]) =>
    relativeImports(from, text)
      .filter((to) => rankOf(to) < 0 || rankOf(to) > rankOf(from) || !files.has(to))
      .map((to) => `${from} imports ${to}`),
  );
}

/** Files that import each other in a circle, imports of types included: each circle once, its files in order. */
export function circles(files: SourceFiles): string[][] {
  const imports = new Map([...files].map(([from, text]) => [from, relativeImports(from, text)]));
  const reach = (from: string): Set<string> => {
    const reached = new Set<string>();
    const next = [...(imports.get(from) ?? [])];
    for (let to = next.pop(); to !== undefined; to = next.pop()) {
      if (reached.has(to)) continue;
      reached.add(to);
      next.push(...(imports.get(to) ?? []));
    }
    return reached;
  };
  const reached = new Map([...files.keys()].map((name) => [name, reach(name)]));
  const inCircles = [...files.keys()].filter((name) => reached.get(name)?.has(name)).sort();
  const together = (name: string): string[] =>
    inCircles.filter((other) => reached.get(name)?.has(other) && reached.get(other)?.has(name));
  return inCircles.filter((name) => together(name)[0] === name).map(together);
}

/** Files of the lowest layer that could see the disk, the clock, the process or chance. */
export function impurities(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) => {
    if (!name.startsWith('format/')) return [];
    const allowed = name === PLATFORM ? PURE_MODULES : [];
    const modules = importsOf(text).filter((module) => module.startsWith('node:') && !allowed.includes(module));
    const names = [...namesUsedIn(name, text)].filter((used) => IMPURE_NAMES.test(used));
    return [...modules, ...names].map((what) => `${name} uses ${what}`);
  });
}

/** Imports of `node:fs` that pass by the disk port. */
export function straysToDisk(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) =>
    importsOf(text)
      .filter((module) => /^(node:)?fs(\/promises)?$/.test(module) && !(name in NEXT_TO_THE_DISK))
      .map((module) => `${name} imports ${module}`),
  );
}

/** Files of the visit that reach what lies on a drive past its medium. */
export function straysToDrives(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) => {
    if (!name.startsWith('sync/drive/') || name in BESIDE_THE_MEDIUM) return [];
    const modules = [
      ...importsOf(text).filter((module) => /^(node:)?fs(\/promises)?$/.test(module)),
      ...relativeImports(name, text).filter((module) => DISK_MODULES.test(module)),
    ];
    const openers = [...namesUsedIn(name, text)].filter((used) => OPENERS.includes(used));
    return [...modules, ...openers].map((what) => `${name} uses ${what}`);
  });
}

/** What the reader uses of floors that are not for pages: how things are said, and what is sealed for whom. */
const SHARED_WITH_READER =
  /^(format|repository|identity|topic|reader)\/|^cli\/(report|terminal)\/|^cli\/commands\/conversation\/file-name\.ts$|^sync\/import\/sealed-file\.ts$/;

/** Files of the reader that import what reads drives, takes commands, or sends. */
export function straysOfReader(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) => {
    if (!name.startsWith('reader/')) return [];
    const strays = relativeImports(name, text).filter((to) => !SHARED_WITH_READER.test(to));
    return strays.map((to) => `${name} imports ${to}`);
  });
}

/** Imports of a third-party package outside the files that own it. */
export function strayPackages(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) =>
    packagesOf(text)
      .filter((module) => !OWNERS[module]?.includes(name))
      .map((module) => `${name} imports ${module}`),
  );
}

/** Ends of the process that pass by `main.ts`. */
export function processExits(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) =>
    [...namesUsedIn(name, text)]
      .filter((used) => used === 'process.exit' || (used === 'process.exitCode' && name !== 'cli/main.ts'))
      .map((used) => `${name} uses ${used}`),
  );
}

/** Places that decide by themselves who somebody is, instead of asking `identity/relations.ts`. */
export function ownJudgements(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) => {
    if (DECIDERS.includes(name)) return [];
    const fields = [...fieldsReadIn(name, text)].filter((field) => field === 'accepted' || field === 'blocked');
    const lookups = [...methodsCalledOn('contacts', name, text)].filter(
      (method) => method === 'get' || method === 'has',
    );
    return [...fields, ...lookups.map((method) => `contacts.${method}`)].map((what) => `${name} reads ${what}`);
  });
}

/** Places that read a payload by themselves. */
export function ownReadings(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) =>
    [...namesUsedIn(name, text)]
      // a call is told with its brackets
      .filter((used) => readersOf(used.replace('()', ''))?.test(name) === false)
      .map((used) => `${name} uses ${used}`),
  );
}

/** Who may use a name; not `toString`, which every object has. */
function readersOf(used: string): RegExp | undefined {
  return Object.hasOwn(READERS, used) ? READERS[used] : undefined;
}

/** The packages that the file imports, without the path behind the name. */
export function packagesOf(text: string): string[] {
  const outside = importsOf(text).filter((module) => !module.startsWith('.') && !module.startsWith('node:'));
  return [...new Set(outside.map((module) => /^(@[^/]+\/[^/]+|[^/]+)/.exec(module)?.[0] ?? module))];
}

/** The files that the file imports. */
export function relativeImports(from: string, text: string): string[] {
  return importsOf(text)
    .filter((module) => module.startsWith('.'))
    .map((module) => resolveImport(from, module));
}

function rankOf(file: string): number {
  return LAYERS.indexOf(file.slice(0, file.indexOf('/')) as (typeof LAYERS)[number]);
}
