// Every command with a disk that fails at its n-th change, for every n: the error says so, nothing that was reported is lost,
// the repository stays whole, and the same command completes when the disk works again.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { prepareSignatures } from '../../src/format/signature/signature.js';
import type { EndedHere } from '../testkit/command.js';
import { type Failing, withFailingDisk } from '../testkit/failing-drive.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { Machine } from './machine.js';
import { SCENES, type Scene } from './scenes.js';

const CALLS_MAX = 1_000;
const LIMIT_MS = 300_000;
/** What a command may end with; FAT says EPERM when it is full. */
const EXITS: Readonly<Record<string, readonly number[]>> = { EIO: [30], ENOSPC: [31], EPERM: [30, 31] };
/** A lock that names nobody counts as left behind after 5 seconds. */
const LONG_AGO = new Date(0);

/** How the disk fails. */
export type Fault = Pick<Failing, 'mode' | 'code' | 'calls'>;

/** Tests each command on a disk that fails so; a file and so a process for each fault: what fails leaves files open. */
export function testCommandsWith(fault: Fault): void {
  beforeAll(prepareSignatures);
  it.each(SCENES)('$name', { timeout: LIMIT_MS }, async (scene) => {
    const directory = memoryDirectory();
    const template = new Machine(path.join(directory, 'machine'));
    await scene.before(template);
    const spare = path.join(directory, 'spare');
    fs.cpSync(template.root, spare, { recursive: true });
    let isClean = false;
    let at = 1;
    for (; !isClean && at < CALLS_MAX; at += scene.step ?? 1) {
      fs.rmSync(template.root, { recursive: true, force: true });
      fs.cpSync(spare, template.root, { recursive: true });
      isClean = await failAt(scene, template, { ...fault, at });
    }
    expect(at).toBeGreaterThan(3);
    expect(isClean).toBe(true);
  });
}

/** Lets the command fail at one place, then repeats it; true when there was no such place. */
async function failAt(scene: Scene, machine: Machine, failing: Failing): Promise<boolean> {
  const words = scene.command(machine);
  const { result, calls } = await withFailingDisk(machine.root, failing, () => machine.run(...words));
  const isClean = calls < failing.at;
  const where = `call ${failing.at}: ${result.exit} ${result.stderr}`;
  if (isClean) expect(result.exit, where).toBe(0);
  else expect([0, scene.partly, ...(EXITS[failing.code ?? 'EIO'] ?? [])], where).toContain(result.exit);
  letTimePass(machine);
  await expectSound(machine, where);
  await scene.kept?.(machine, result);
  const again = await machine.run(...words);
  expect(isCompleted(again), `${where}\nagain: ${again.stderr}`).toBe(true);
  await expectSound(machine, where);
  await scene.after(machine);
  return isClean;
}

/** A command that failed at its very end has done its work. */
function isCompleted({ exit, stderr }: EndedHere): boolean {
  return exit === 0 || stderr.includes('"repository-exists"');
}

/** What a failed command left half done counts as abandoned after a while. */
function letTimePass(machine: Machine): void {
  for (const name of fs.readdirSync(machine.root, { recursive: true, encoding: 'utf8' })) {
    if (/\/lock(\.break)?$/.test(name)) fs.utimesSync(machine.file(name), LONG_AGO, LONG_AGO);
  }
}

async function expectSound(machine: Machine, where: string): Promise<void> {
  if (!fs.existsSync(machine.file('ana/.satchel/format'))) return;
  const { stdout, stderr } = await machine.run('check', '--all');
  expect(stdout, `${where}\n${stderr}`).toContain('"ok":true');
}
