// Damages every commit and every file of a repository in turn, and prints what became of it: found, shown, healed, by what.
// Run by `npm run rot`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SatchelError } from '../../src/format/error.js';
import { loadShapes } from '../../src/repository/state.js';
import { checkEverything } from '../../src/sync/check.js';
import { checkKeys } from '../../src/sync/check-keys.js';
import { planRepair, stepsBefore } from '../../src/sync/repair.js';
import { Replica } from '../testkit/replica.js';
import { type Harm, harm, type Part } from '../testkit/rotting.js';
import { type Kind, makeKinds, type Stage } from './kinds.js';

/** What became of one damage. */
interface Outcome {
  /** `check` or the first command says so; else it made no difference to anybody. */
  readonly isFound: boolean;
  /** How much is there at once; undefined when the first command refused. */
  readonly shown: number | undefined;
  readonly healedBy: string;
}

/** Places in a part at which a bit is flipped or it is cut. */
const PLACES = [0, 0.2, 0.4, 0.6, 0.8, 0.999];
/** What a backup brings back: nothing else has it. */
const BACKED_UP = ['refs', 'keys', 'format', 'HEAD'];

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-rot-'));
try {
  await run();
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}

async function run(): Promise<void> {
  await loadShapes();
  console.log('| damaged | how | cases | found | there at once | healed by |');
  console.log('|---|---|---|---|---|---|');
  let isAllWell = true;
  for (const kind of await makeKinds(directory)) {
    for (const how of kind.harms) {
      const outcomes = await outcomesOf(kind, how);
      if (outcomes.length === 0) throw new Error(`there is nothing of "${kind.name}" to damage`);
      console.log(rowOf(kind, how, outcomes));
      isAllWell &&= outcomes.every(({ healedBy }) => healedBy !== 'nothing');
    }
  }
  if (!isAllWell) process.exitCode = 1;
}

async function outcomesOf(kind: Kind, how: Harm): Promise<Outcome[]> {
  const places = how === 'flip' || how === 'cut' ? PLACES : [0];
  const outcomes: Outcome[] = [];
  for (const i of kind.parts(kind.stage.world.home).keys()) {
    for (const place of places) outcomes.push(await play(kind, i, how, place));
  }
  return outcomes;
}

async function play({ parts, stage }: Kind, i: number, how: Harm, place: number): Promise<Outcome> {
  const home = path.join(directory, 'damaged');
  fs.rmSync(home, { recursive: true, force: true });
  fs.cpSync(stage.world.home, home, { recursive: true });
  harm(parts(home)[i] as Part, how, place);
  const { value: shown, code } = await factsIn(home, stage);
  const isFound = code !== undefined || (await findsSomething(home, stage));
  return { isFound, shown, healedBy: await healedBy(home, stage, shown) };
}

/** How much of what must not be lost is there at once. */
function factsIn(home: string, stage: Stage): Promise<Attempted<number>> {
  return attempt(home, stage, async (ana) => countOf(stage, await stage.facts(ana)));
}

function countOf({ whole }: Stage, facts: readonly string[]): number {
  const there = new Set(facts);
  return whole.filter((fact) => there.has(fact)).length;
}

async function findsSomething(home: string, stage: Stage): Promise<boolean> {
  const { value, code } = await attempt(home, stage, async (ana) => {
    const { findings } = await checkKeys(home, undefined);
    return [...checkEverything(ana.repository, { all: true }), ...findings].some(isNews);
  });
  return code !== undefined || value === true;
}

/** That a log has two pasts is no damage. */
function isNews({ code }: { readonly code: string }): boolean {
  return code !== 'contradiction';
}

/** The first of these that brings everything back: nothing, what is brought, repair with that, a backup of the file. */
async function healedBy(home: string, stage: Stage, shown: number | undefined): Promise<string> {
  if (shown === stage.whole.length && (await isWhole(home, stage, () => {}))) return 'itself';
  const { brought } = stage;
  if (await isWhole(home, stage, stage.bring)) return brought;
  await attempt(
    home,
    stage,
    async (ana) => planRepair(ana.repository).steps.forEach((step) => void step.apply()),
    () => stepsBefore(home, false).forEach((step) => void step.apply()),
  );
  if (await isWhole(home, stage, stage.bring)) return `repair and ${brought}`;
  for (const part of BACKED_UP) {
    fs.cpSync(path.join(stage.world.home, '.satchel', part), path.join(home, '.satchel', part), { recursive: true });
  }
  return (await isWhole(home, stage, stage.bring)) ? 'its backup' : 'nothing';
}

async function isWhole(home: string, stage: Stage, bring: (ana: Replica) => void): Promise<boolean> {
  const { value } = await attempt(home, stage, async (ana) => {
    bring(ana);
    return countOf(stage, await stage.facts(ana));
  });
  return value === stage.whole.length;
}

/** What came of it, or the code of the error that ended it. */
interface Attempted<T> {
  readonly value?: T;
  readonly code?: string;
}

async function attempt<T>(
  home: string,
  { world }: Stage,
  work: (ana: Replica) => Promise<T>,
  before: () => void = () => {},
): Promise<Attempted<T>> {
  let ana: Replica | undefined;
  try {
    before();
    ana = Replica.at('ana', home, world.now + 60_000);
    return { value: await work(ana) };
  } catch (error) {
    if (error instanceof SatchelError) return { code: error.code };
    throw error;
  } finally {
    ana?.repository.close();
  }
}

function rowOf({ name, stage }: Kind, how: Harm, outcomes: readonly Outcome[]): string {
  const shown = outcomes.flatMap((one) => one.shown ?? []);
  const refused = outcomes.length - shown.length;
  const range = shown.length === 0 ? '' : `${Math.min(...shown)} to ${Math.max(...shown)} of ${stage.whole.length}`;
  const said = [range, refused > 0 ? `${refused} refused by name` : ''].filter((part) => part !== '').join(', ');
  const found = outcomes.filter(({ isFound }) => isFound).length;
  const by = [...new Set(outcomes.map(({ healedBy: one }) => one))].sort();
  const healed = by.map((one) => `${one} (${outcomes.filter(({ healedBy: other }) => other === one).length})`);
  return `| ${name} | ${how} | ${outcomes.length} | ${found} | ${said} | ${healed.join(', ')} |`;
}
