// The layers of the program hold, and each of these tests fails on a planted violation.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  BESIDE_THE_MEDIUM,
  circles,
  impurities,
  LAYERS,
  NEXT_TO_THE_DISK,
  OWNERS,
  ownJudgements,
  ownReadings,
  packagesOf,
  processExits,
  relativeImports,
  strayPackages,
  straysOfReader,
  straysToDisk,
  straysToDrives,
  upwardImports,
} from './testkit/architecture.js';
import { idioms } from './testkit/idioms.js';
import { slowPatterns, unicodeLiterals } from './testkit/patterns.js';
import { importsOf, readSourceFiles, type SourceFiles } from './testkit/source-files.js';

const files = readSourceFiles();

/** The source with one more file. */
function planted(name: string, text: string): SourceFiles {
  return new Map([...files, [name, text]]);
}

/** One file and nothing else: what is looked for in each file by itself need not be looked for in all of them. */
function alone(name: string, text: string): SourceFiles {
  return new Map([[name, text]]);
}

it('sees the source: every layer, hundreds of imports, every package', () => {
  for (const layer of LAYERS) expect([...files.keys()].filter((name) => name.startsWith(`${layer}/`))).not.toEqual([]);
  expect([...files].flatMap(([name, text]) => relativeImports(name, text)).length).toBeGreaterThan(300);
  expect(relativeImports('cli/command/handlers.ts', files.get('cli/command/handlers.ts') ?? '')).toContain(
    'cli/commands/upkeep/completion.ts',
  );
  expect(new Set([...files.values()].flatMap(packagesOf))).toEqual(new Set(Object.keys(OWNERS)));
});

describe('layers', () => {
  it('import from themselves and from below', () => {
    expect(upwardImports(files)).toEqual([]);
  });

  it.each([
    ['format/planted.ts', "import { onDisk } from '../repository/files.js';"],
    ['format/planted.ts', "export type { Card } from '../identity/card.js';"],
    ['repository/planted.ts', "import type { Card } from '../identity/card.js';"],
    ['identity/planted.ts', "export * from '../topic/order.js';"],
    ['topic/planted.ts', "const late = () => import('../sync/export.js');"],
    ['sync/planted.ts', "import '../cli/main.js';"],
    ['cli/planted.ts', "import '../../test/testkit/make.js';"],
    ['cli/planted.ts', "import '../reader/shelf.js';"],
    ['cli/planted.ts', "import './not-there.js';"],
    ['planted.ts', "import './format/ids.js';"],
  ])('%s: %s', (name, text) => {
    expect(upwardImports(planted(name, text))).toHaveLength(1);
  });
});

describe('files', () => {
  it('import each other in no circle, types included', () => {
    expect(circles(files)).toEqual([]);
  });

  it('which do so are found, each circle once', () => {
    const planted: SourceFiles = new Map([
      ['sync/a.ts', "import type { B } from './b.js';"],
      ['sync/b.ts', "import { c } from './c.js';"],
      ['sync/c.ts', "const late = () => import('./a.js');"],
      ['sync/d.ts', "import { a } from './a.js'; import { e } from './e.js';"],
      ['sync/e.ts', "export type { D } from './d.js';"],
      ['sync/f.ts', "import './e.js';"],
    ]);
    expect(circles(planted)).toEqual([
      ['sync/a.ts', 'sync/b.ts', 'sync/c.ts'],
      ['sync/d.ts', 'sync/e.ts'],
    ]);
  });
});

describe('format', () => {
  it('is pure: no disk, no clock, no chance, no process', () => {
    expect(impurities(files)).toEqual([]);
  });

  it.each([
    "import fs from 'node:fs';",
    "import { randomBytes } from 'node:crypto';",
    "const late = () => import('node:os');",
    'export const now = Date.now();',
    'export const now = new Date();',
    'export const clock = Date.now;',
    'export const chance = Math.random();',
    'export const id = crypto.randomUUID();',
    "export const home = process.env['HOME'];",
    'const { env } = process;',
    "console.log('x');",
    'setTimeout(() => {}, 1);',
    'export const start = performance.now();',
  ])('may not say: %s', (text) => {
    expect(impurities(alone('format/planted.ts', text))).not.toEqual([]);
    expect(impurities(alone('cli/planted.ts', text))).toEqual([]);
  });

  it.each([
    'export const epoch = Date.UTC(2000, 0, 1), time = new Date(epoch), parsed = Date.parse("x");',
    'export const options = { process: 1, random: 2 };',
    'export interface World { readonly process: string }',
    '// process.env, Date.now(), Math.random()',
  ])('may say: %s', (text) => {
    expect(impurities(alone('format/planted.ts', text))).toEqual([]);
  });
});

describe('the local disk', () => {
  it('is touched through its port alone, but for a few that say why', () => {
    expect(straysToDisk(files)).toEqual([]);
  });

  it('is what all of these few import', () => {
    const strays = Object.keys(NEXT_TO_THE_DISK).filter(
      (name) => !importsOf(files.get(name) ?? '').includes('node:fs'),
    );
    expect(strays).toEqual([]);
  });

  it.each([
    ['repository/planted.ts', "import fs from 'node:fs';"],
    ['sync/planted.ts', "import { statSync } from 'fs';"],
    ['cli/planted.ts', "const late = () => import('node:fs/promises');"],
  ])('%s: %s', (name, text) => {
    expect(straysToDisk(alone(name, text))).toHaveLength(1);
  });
});

describe('what lies on a drive', () => {
  it('is touched by a visit through its medium alone', () => {
    expect(straysToDrives(files)).toEqual([]);
    // each of the few that see the disk does so, and for something else
    for (const [name, text] of files) {
      const isFound = straysToDrives(new Map([[name.replace('sync/drive/', 'sync/drive/also-'), text]])).length > 0;
      if (name.startsWith('sync/drive/')) expect(isFound, name).toBe(name in BESIDE_THE_MEDIUM);
    }
  });

  it.each([
    "import fs from 'node:fs';",
    "import { disk } from '../../repository/disk.js';",
    "import { folderMedium } from '../medium/folder.js';",
    "import { openFile } from '../import/source.js'; export const read = (file: string) => openFile(file);",
  ])('and nowhere else: %s', (text) => {
    expect(straysToDrives(alone('sync/drive/planted.ts', text))).not.toEqual([]);
    expect(straysToDrives(alone('sync/medium/planted.ts', text))).toEqual([]);
  });
});

describe('the reader in a browser', () => {
  it('uses of the program what judges, orders and says, and no more', () => {
    expect(straysOfReader(files)).toEqual([]);
  });

  it.each(["import { visitDrive } from '../sync/drive/visit.js';", "import '../../cli/commands/conversation/get.js';"])(
    'may not say: %s',
    (text) => {
      expect(
        straysOfReader(alone(text.includes('../../') ? 'reader/page/planted.ts' : 'reader/planted.ts', text)),
      ).toHaveLength(1);
    },
  );
});

describe('packages', () => {
  it.each(Object.keys(OWNERS))('%s: one version, no script at install, and told of in docs/dependencies.md', (name) => {
    const read = (file: string): string => fs.readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
    const own = JSON.parse(read(`node_modules/${name}/package.json`)) as { version: string; scripts?: object };
    expect(devDependencies[name]).toBe(own.version);
    expect(Object.keys(own.scripts ?? {}).filter((script) => /^(pre|post)?install$/.test(script))).toEqual([]);
    expect(read('docs/dependencies.md')).toContain(`| \`${name}\` | ${own.version} |`);
  });

  it('are imported by their owners only', () => {
    expect(strayPackages(files)).toEqual([]);
  });

  it.each([
    ['cli/planted.ts', "import yargs from 'yargs';"],
    ['format/planted.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
    ['topic/planted.ts', "const late = () => import('cborg');"],
  ])('%s: %s', (name, text) => {
    expect(strayPackages(alone(name, text))).toHaveLength(1);
  });
});

describe('who somebody is', () => {
  it('is decided in identity/relations.ts alone', () => {
    expect(ownJudgements(files)).toEqual([]);
  });

  it.each([
    'export const isOne = (contact: Contact) => contact.accepted;',
    'export const isOne = ({ blocked }: Contact) => !blocked;',
    'export const isOne = ({ blocked: isShut }: Contact) => !isShut;',
    'export const isOne = ({ contacts }: Session, person: PersonId) => contacts.has(person);',
    'export const nameOf = (session: Session, person: PersonId) => session.contacts.get(person)?.petname;',
  ])('and nowhere else: %s', (text) => {
    expect(ownJudgements(alone('sync/planted.ts', text))).toHaveLength(1);
    expect(ownJudgements(alone('identity/relations.ts', text))).toEqual([]);
  });

  it.each([
    'export const all = ({ contacts }: Session) => [...contacts.values()];',
    'const blocked = 1, accepted = { contact: 2 };',
    'export const topic = (topics: Topics, id: TopicId) => topics.get(id);',
  ])('does not matter to: %s', (text) => {
    expect(ownJudgements(alone('sync/planted.ts', text))).toEqual([]);
  });
});

describe('payloads', () => {
  it('are read in topic/payload.ts and repository/placement.ts alone', () => {
    expect(ownReadings(files)).toEqual([]);
  });

  it.each([
    'export const textOf = (payload: Buffer) => decodeMessage(payload)?.body;',
    'export const labels = (payloads: Buffer[]) => payloads.map(decodeIntroduction);',
  ])('and nowhere else: %s', (text) => {
    expect(ownReadings(alone('sync/planted.ts', text))).toHaveLength(1);
  });
});

describe('patterns', () => {
  it('do no work that grows faster than the text', () => {
    expect(slowPatterns(files)).toEqual([]);
  });

  it('of Unicode are compiled when they are used', () => {
    expect(unicodeLiterals(files).filter((found) => !found.startsWith('reader/'))).toEqual([]);
    expect(unicodeLiterals(alone('cli/planted.ts', 'export const planted = /^\\p{L}/u;'))).toHaveLength(1);
  });

  it.each(['/\\s+$/', '/-*$/', '/(a+)+b/', '/^(?:\\w+ ?)*$/', '/x|[ \\t]{2,}$/', '/^ +$/m', '/(?:a|(b*)){3,}/'])(
    'like %s are found',
    (pattern) => {
      expect(slowPatterns(alone('cli/planted.ts', `export const planted = ${pattern};`))).toHaveLength(1);
    },
  );

  it('are also looked for where they are compiled later', () => {
    const text = 'export const planted = unicodePattern(String.raw`\\p{L}+$`);';
    expect(slowPatterns(alone('cli/planted.ts', text))).toHaveLength(1);
  });

  it.each(['/^\\s+$/', '/[+*]$/', '/(?:ab)+c/', '/\\d{1,9}$/', '/^(?:[0-9a-f]{2}:)*x/', '/(?<=a)b+c/'])(
    'like %s are not',
    (pattern) => {
      expect(slowPatterns(alone('cli/planted.ts', `export const planted = ${pattern};`))).toEqual([]);
    },
  );
});

describe('what only this house would write', () => {
  /** To be gone through yet. */
  const LEFT = /^(src\/(repository|sync\/drive)|test\/(hostile|rot))\//;
  const root = path.resolve(import.meta.dirname, '..');

  function everySource(): SourceFiles {
    const names = ['build', 'helpers', 'src', 'test'].flatMap((folder) =>
      fs.readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    );
    const ours = names.filter((name) => name.endsWith('.ts') && !name.includes('node_modules') && !LEFT.test(name));
    return new Map(ours.map((name) => [name, fs.readFileSync(path.join(root, name), 'utf8')]));
  }

  it('stands nowhere', () => {
    const sources = everySource();
    expect(sources.size).toBeGreaterThan(500);
    expect(idioms(sources)).toEqual([]);
  });

  it.each([
    'export const planted = { a, ...{ b, c } };',
    'const [a, b] = [1, 2];',
    'let [a, b] = [f(), g()];',
    "g('' as never);",
  ])('is found: %s', (text) => {
    expect(idioms(alone('cli/planted.ts', text))).toHaveLength(1);
  });

  it.each(['const [a, ...others] = [...all];', '[a, b] = [b, a];', 'export const all = { ...(isOne && { b }) };'])(
    'is not: %s',
    (text) => {
      expect(idioms(alone('cli/planted.ts', text))).toEqual([]);
    },
  );
});

describe('the process', () => {
  it('ends in main.ts alone', () => {
    expect(processExits(files)).toEqual([]);
  });

  it.each([
    ['cli/planted.ts', 'process.exit(1);'],
    ['cli/main.ts', 'process.exit(1);'],
    ['sync/planted.ts', 'process.exitCode = 1;'],
  ])('%s: %s', (name, text) => {
    expect(processExits(alone(name, text))).toHaveLength(1);
  });
});
