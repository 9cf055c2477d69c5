// A command on a disk whose power is cut at its n-th change: nothing reaches the disk from then on. What is found afterwards
// is what power-cut.ts says; then what was reported must be there, all must be sound, and the same command must complete.
import { expect } from 'vitest';
import { type Disk, useDisk } from '../../src/repository/disk.js';
import type { EndedHere } from '../testkit/command.js';
import type { MemoryDisk } from '../testkit/memory-disk.js';
import { anyFate, FATES, type Fate, powerCut } from '../testkit/power-cut.js';
import { type DiskCall, isChange, SYNCS, wrapDisk } from '../testkit/wrapped-disk.js';
import { expectRecovery, letTimePass } from './commands.js';
import type { Machine } from './machine.js';
import type { Scene } from './scenes.js';

/** What the disk does not do although it is told to: true for a sync that it passes over. */
export type Passes = (call: DiskCall, change: number) => boolean;

/** What a machine drew by then, at most. */
const DRAWN_BEFORE = 10_000;
const DRAWN_AFTER = 20_000;
/** More than any process has. */
const GONE_PID = 2 ** 30;

const none: Passes = () => false;

/** Runs the scene's command until the n-th change, counted from 1; returns what it had reported, and how many there were. */
async function runUntil(
  scene: Scene,
  machine: Machine,
  cutAt: number,
  passes?: Passes,
): Promise<{ readonly reported: EndedHere; readonly changes: number }> {
  const run = (): Promise<EndedHere> => machine.runOnDiskInUse(scene.command(machine));
  const { result, changes } = await untilCut(machine, { cutAt, ...(passes && { passes }) }, run);
  return { reported: result, changes };
}

/** Does work on the machine's disk until the power is cut at the n-th change; from then on every call to the disk throws. */
export async function untilCut<T>(
  machine: Machine,
  { cutAt, passes = none }: { readonly cutAt: number; readonly passes?: Passes },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly changes: number }> {
  let changes = 0;
  const disk: Disk = wrapDisk(machine.disk, (call, make) => {
    if (changes >= cutAt) throw new Error('the power is off');
    const isNext = isChange(call) && ++changes === cutAt;
    const isSync = SYNCS.includes(call.name);
    // what was on its way may arrive; a sync that did not return has promised nothing
    const result = isSync && (isNext || passes(call, changes)) ? undefined : make(...call.args);
    if (isNext) throw new Error('the power is off');
    return result;
  });
  const restore = useDisk(disk);
  const { pid } = process;
  // it is a process of its own: its number is nobody's afterwards
  Object.defineProperty(process, 'pid', { value: GONE_PID });
  try {
    return { result: await work(), changes };
  } finally {
    restore();
    Object.defineProperty(process, 'pid', { value: pid });
  }
}

/** How many changes the command makes, and the disk as it is before it: all that is there is durable. */
export async function changesOf(scene: Scene, machine: Machine): Promise<{ changes: number; memory: MemoryDisk }> {
  const memory = machine.memory.clone();
  machine.memory = memory.clone();
  const { changes } = await runUntil(scene, machine, Number.POSITIVE_INFINITY);
  return { changes, memory };
}

/** The line in src/ that makes something durable just now, as `file:line`. */
export function syncSite(): string | undefined {
  const { stack = '' } = new Error('here');
  const sites = stack
    .split('\n')
    .flatMap((line) => /\/src\/([\w./-]+\.ts):(\d+)/.exec(line)?.slice(1, 3).join(':') ?? []);
  return sites.find((site) => !site.startsWith('repository/disk.ts'));
}

/** The lines at which the command makes something durable, each with the number of its first change there. */
export async function syncsOf(scene: Scene, machine: Machine): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  await runUntil(scene, machine, Number.POSITIVE_INFINITY, (_call, change) => {
    const site = syncSite();
    if (site && !found.has(site)) found.set(site, change);
    return false;
  });
  return found;
}

/** Where the power is cut, and what is found then. */
export interface Cut {
  readonly cutAt: number;
  readonly fates: readonly Fate[];
  readonly passes?: Passes;
  /** States that were looked at already: they are not again. */
  readonly seen?: Set<string>;
}

/** Cuts the power at the n-th change and looks at what each fate leaves; throws what is wrong then. */
export async function crashAt(
  scene: Scene,
  machine: Machine,
  { cutAt, fates, passes = none, seen }: Cut,
): Promise<void> {
  // what is drawn until then is the same each time, and is not drawn again afterwards
  machine.drawFrom(DRAWN_BEFORE);
  const { reported } = await runUntil(scene, machine, cutAt, passes);
  const crashed = machine.memory;
  for (const fate of fates) {
    machine.memory = powerCut(crashed, fate);
    const state = `${machine.memory.digest()} ${reported.exit} ${reported.stdout}`;
    if (seen?.has(state)) continue;
    seen?.add(state);
    machine.drawFrom(DRAWN_AFTER);
    // until the power is back
    letTimePass(machine);
    const where = `cut at change ${cutAt}, ${fate.name} of the rest there`;
    await expectDone(scene, machine, reported, where);
    await expectRecovery(scene, machine, reported, where);
    await expectTidy(machine, where);
  }
}

/** What was reported as done is done, whatever became of the rest. */
async function expectDone(scene: Scene, machine: Machine, { exit }: EndedHere, where: string): Promise<void> {
  if (exit !== (scene.ends ?? 0)) return;
  const { memory } = machine;
  machine.memory = memory.clone();
  try {
    await scene.after(machine);
  } catch (error) {
    throw Object.assign(error as Error, { message: `${where}: not durable\n${(error as Error).message}` });
  }
  machine.memory = memory;
}

/** No log was given up, and what the command had begun is gone. */
async function expectTidy(machine: Machine, where: string): Promise<void> {
  if (machine.disk.exists(machine.file('ana/.satchel/format'))) await machine.must('gc');
  const other = machine.file('new');
  if (machine.disk.exists(`${other}/.satchel/refs/self.json`)) await machine.must('-C', other, 'gc');
  const stick = machine.file('stick');
  if (machine.disk.exists(`${stick}/satchel/drive.json`)) await machine.must('sync', stick);
  const left = [...machine.memory.paths()].map(([file]) => file);
  // a .part beside what its user asked for says what it is; an empty probe beside the notes goes with the next one
  const names = left.filter((file) =>
    /(?<!state\/\w+\/birth-\d+)\.(tmp|partial|new)$|renewal\.json$|\/tmp\/./.test(file),
  );
  expect(names.join(), where).toBe('');
}

/** The fates that are told without chance, and so many by chance. */
export function manyFates(seed: number, byChance: number): Fate[] {
  return [...FATES, ...Array.from({ length: byChance }, (_, i) => anyFate(seed + i))];
}
