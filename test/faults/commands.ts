// Every command with a disk that fails at its n-th change, for every n: the error says so, nothing that was reported is lost,
// the repository stays whole, and the same command completes when the disk works again.
import { expect, it } from 'vitest';
import type { EndedHere } from '../testkit/command.js';
import { type Failing, withFailingDisk } from '../testkit/fault-disk.js';
import { seedOf } from '../testkit/seed.js';
import { Machine } from './machine.js';
import { PRIVATE_SCENES } from './private-scenes.js';
import { SCENES, type Scene } from './scenes.js';

const LIMIT_MS = 300_000;
/** What a command may end with; FAT says EPERM when it is full. */
const EXITS: Readonly<Record<string, readonly number[]>> = { EIO: [30], ENOSPC: [31], EPERM: [30, 31] };
/** A lock that names nobody counts as left behind after 5 seconds. */
const LONG_AGO_MS = 0;

/** How the disk fails. */
export type Fault = Pick<Failing, 'mode' | 'code' | 'calls'>;

/** Tests each command on a disk that fails so, at every so many-th call; a file and so a process for each fault. */
export function testCommandsWith(fault: Fault, { every = 1 } = {}): void {
  const seed = every === 1 ? 0 : seedOf('FAULT_SEED');
  it.each([...SCENES, ...PRIVATE_SCENES])('$name', { timeout: LIMIT_MS }, async (scene) => {
    const machine = new Machine();
    await scene.before(machine);
    const { memory } = machine;
    const fails = (at: number): Promise<number> => {
      machine.memory = memory.clone();
      return failAt(scene, machine, { ...fault, at });
    };
    const calls = await fails(Number.POSITIVE_INFINITY);
    expect(calls).toBeGreaterThan(2);
    const stride = every * (scene.step ?? 1);
    for (let at = 1 + (seed % stride); at <= calls; at += stride) await fails(at);
  });
}

/** Lets the command fail at one place, then repeats it; returns how many calls it made until it ended. */
async function failAt(scene: Scene, machine: Machine, failing: Failing): Promise<number> {
  const words = scene.command(machine);
  const run = (): Promise<EndedHere> => machine.runOnDiskInUse(words);
  const { result, calls, failed } = await withFailingDisk(machine.root, failing, run, machine.disk);
  const isClean = calls < failing.at;
  const where = `call ${failing.at}, ${failed}: ${result.exit} ${result.stderr}`;
  if (isClean) expect(result.exit, where).toBe(0);
  else expect([0, scene.partly, ...(EXITS[failing.code ?? 'EIO'] ?? [])], where).toContain(result.exit);
  await expectRecovery(scene, machine, result, where);
  return calls;
}

/** What was reported is there, all is sound, and the same command completes. */
export async function expectRecovery(
  scene: Scene,
  machine: Machine,
  reported: EndedHere,
  where: string,
): Promise<void> {
  letTimePass(machine);
  try {
    if (!scene.isUnsound) await expectSound(machine);
    await scene.kept?.(machine, reported);
    const again = await machine.run(...scene.command(machine));
    expect(isCompleted(scene, again), `again: ${again.exit} ${again.stderr}`).toBe(true);
    await expectSound(machine);
    await scene.after(machine);
  } catch (error) {
    throw Object.assign(error as Error, { message: `${where}\n${(error as Error).message}` });
  }
}

/** A command that failed at its very end has done its work. */
function isCompleted({ ends = 0, mayBeDone }: Scene, { exit, stderr }: EndedHere): boolean {
  return exit === ends || (mayBeDone !== undefined && stderr.includes(mayBeDone));
}

/** What a failed command left half done counts as abandoned after a while. */
export function letTimePass({ memory }: Pick<Machine, 'memory'>): void {
  for (const [file] of memory.paths())
    if (/[/.]lock(\.break)?$|\.tmp$|\.partial$|\/blobs\/new\//.test(file)) memory.disk.touch(file, LONG_AGO_MS);
}

async function expectSound(machine: Machine): Promise<void> {
  if (!machine.disk.exists(machine.file('ana/.satchel/format'))) return;
  const { stdout, stderr } = await machine.run('check', '--all');
  expect(stdout.includes('"ok":true'), `${stdout}${stderr}`).toBe(true);
}
