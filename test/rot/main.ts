// Damages every commit and every file of a repository in turn, and prints what became of it: found, shown, healed, by what.
// Run by `npm run rot`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SatchelError } from '../../src/format/error.js';
import { prepareSignatures } from '../../src/format/signature/signature.js';
import { loadShapes } from '../../src/repository/state.js';
import { checkEverything } from '../../src/sync/check.js';
import { planRepair, stepsBefore } from '../../src/sync/repair.js';
import { Replica } from '../testkit/replica.js';
import { makeRotWorld, type RotWorld, TOPIC } from '../testkit/rot-world.js';
import { filesIn, framesIn, type Harm, harm, type Part } from '../testkit/rotting.js';

/** What became of one damage. */
interface Outcome {
  /** `check` or the first command says so; else it made no difference to anybody. */
  readonly isFound: boolean;
  /** Messages shown at once; undefined when the first command refused. */
  readonly shown: number | undefined;
  readonly healedBy: string;
}

/** A kind of thing that is damaged, and where things of it lie. */
interface Kind {
  readonly name: string;
  readonly parts: (home: string) => Part[];
  readonly harms: readonly Harm[];
}

const FILE_HARMS: readonly Harm[] = ['flip', 'zero', 'cut', 'remove'];
const folder = (name: string, ...folders: string[]): Kind => ({
  name,
  parts: (home) => filesIn(home, ...folders),
  harms: FILE_HARMS,
});

const KINDS: readonly Kind[] = [
  { name: 'each commit in a pack', parts: framesIn, harms: ['flip', 'zero'] },
  {
    name: 'each pack',
    parts: (home) => filesIn(home, path.join('objects', 'packs')),
    harms: ['cut', 'remove', 'grow'],
  },
  folder('index', 'index'),
  folder('journal', 'journal'),
  folder('format, HEAD', 'format', 'HEAD'),
  folder('refs', 'refs'),
  folder('keys', 'keys'),
];
/** Places in a part at which a bit is flipped or it is cut. */
const PLACES = [0, 0.2, 0.4, 0.6, 0.8, 0.999];

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-rot-'));
try {
  await run();
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}

async function run(): Promise<void> {
  await Promise.all([prepareSignatures(), loadShapes()]);
  const world = await makeRotWorld(directory);
  console.log('| damaged | how | cases | found | shown at once | healed by |');
  console.log('|---|---|---|---|---|---|');
  let isAllWell = true;
  for (const kind of KINDS) {
    for (const how of kind.harms) {
      const outcomes = outcomesOf(world, kind, how);
      if (outcomes.length > 0) console.log(rowOf(world, kind, how, outcomes));
      isAllWell &&= outcomes.every(({ healedBy }) => healedBy !== 'nothing');
    }
  }
  if (!isAllWell) process.exitCode = 1;
}

function outcomesOf(world: RotWorld, kind: Kind, how: Harm): Outcome[] {
  const places = how === 'flip' || how === 'cut' ? PLACES : [0];
  return kind.parts(world.home).flatMap((_, i) => places.map((place) => play(world, kind, i, how, place)));
}

function play(world: RotWorld, kind: Kind, i: number, how: Harm, place: number): Outcome {
  const home = path.join(directory, 'damaged');
  fs.rmSync(home, { recursive: true, force: true });
  fs.cpSync(world.home, home, { recursive: true });
  harm(kind.parts(home)[i] as Part, how, place);
  const before = fs.readdirSync(path.join(home, '.satchel'));
  const { shown, code } = look(home, world);
  const isFound = code !== undefined || findsSomething(home, world) || before.length === 0;
  return { isFound, shown, healedBy: healedBy(home, world, shown) };
}

/** What a reader sees at once. */
function look(home: string, { now }: RotWorld): { readonly shown?: number; readonly code?: string } {
  return attempt(() => {
    const ana = Replica.at('ana', home, now + 60_000);
    try {
      return { shown: new Set(ana.texts(TOPIC)).size, session: ana.session };
    } finally {
      ana.repository.close();
    }
  });
}

function findsSomething(home: string, { now }: RotWorld): boolean {
  const { code, found } = attempt(() => {
    const ana = Replica.at('ana', home, now + 60_000);
    try {
      return { found: checkEverything(ana.repository, { all: true }).length > 0 };
    } finally {
      ana.repository.close();
    }
  }) as { readonly code?: string; readonly found?: boolean };
  return code !== undefined || found === true;
}

/** The first of these that brings everything back: nothing, a bundle, repair with a bundle, a backup of the file. */
function healedBy(home: string, world: RotWorld, shown: number | undefined): string {
  if (shown === world.texts.length && isWhole(home, world)) return 'itself';
  if (importsAll(home, world)) return 'a bundle';
  attempt(() => {
    for (const step of stepsBefore(home, false)) step.apply();
    const ana = Replica.at('ana', home, world.now + 60_000);
    for (const step of planRepair(ana.repository).steps) step.apply();
    ana.repository.close();
    return {};
  });
  if (importsAll(home, world)) return 'repair and a bundle';
  for (const part of ['refs', 'keys', 'format', 'HEAD']) {
    fs.cpSync(path.join(world.home, '.satchel', part), path.join(home, '.satchel', part), { recursive: true });
  }
  return importsAll(home, world) ? 'its backup' : 'nothing';
}

function isWhole(home: string, world: RotWorld): boolean {
  return look(home, world).shown === world.texts.length;
}

function importsAll(home: string, world: RotWorld): boolean {
  const { shown } = attempt(() => {
    const ana = Replica.at('ana', home, world.now + 60_000);
    try {
      ana.import(world.bundle);
      return { shown: new Set(ana.texts(TOPIC)).size };
    } finally {
      ana.repository.close();
    }
  });
  return shown === world.texts.length;
}

function attempt<T extends object>(work: () => T): Partial<T> & { readonly code?: string; readonly shown?: number } {
  try {
    return work();
  } catch (error) {
    if (error instanceof SatchelError) return { code: error.code } as Partial<T> & { readonly code: string };
    throw error;
  }
}

function rowOf({ texts }: RotWorld, { name }: Kind, how: Harm, outcomes: readonly Outcome[]): string {
  const shown = outcomes.flatMap((one) => one.shown ?? []);
  const refused = outcomes.length - shown.length;
  const range = shown.length === 0 ? '' : `${Math.min(...shown)} to ${Math.max(...shown)} of ${texts.length}`;
  const said = [range, refused > 0 ? `${refused} refused by name` : ''].filter((part) => part !== '').join(', ');
  const found = outcomes.filter(({ isFound }) => isFound).length;
  const by = [...new Set(outcomes.map(({ healedBy: one }) => one))].sort();
  const healed = by.map((one) => `${one} (${outcomes.filter(({ healedBy: other }) => other === one).length})`);
  return `| ${name} | ${how} | ${outcomes.length} | ${found} | ${said} | ${healed.join(', ')} |`;
}
