// `drive check` on a medium that has gone bad (spec/drive.md, "Checking"): what cannot be read is a finding, and the rest is read.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { readMemory } from '../../src/sync/drive/memory.js';
import { withBadSpot } from '../testkit/bad-spot.js';
import { type EndedHere, runHere } from '../testkit/command.js';
import { withFailingDrive } from '../testkit/fault-disk.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

let stick: string;
let ana: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  [ana] = (await makeFriends(directory, ['ana', 'ben'], 't')) as [Replica];
  for (const text of ['one', 'two', 'three']) {
    await ana.post('t', text);
    await ana.visit(stick);
  }
  ana.repository.close();
});

const fileOf = (name: string): string => path.join(stick, 'satchel', name);

function check(): Promise<EndedHere> {
  const env = { SATCHEL_STATE_DIR: ana.stateDirectory };
  const world = { now: () => ana.now, random: Buffer.alloc };
  return runHere(['-C', ana.directory, '--json', 'drive', 'check', stick], { env, world });
}

it('names a bundle with a bad spot in it, reads the others, and the next visit looks into those that are named', async () => {
  const [name = '', other = '', third = ''] = bundlesOn(stick);
  fs.appendFileSync(fileOf(other), 'more');
  const { size } = fs.statSync(fileOf(name));
  const { exit, stdout } = await withBadSpot({ file: fileOf(name), from: size - 1, end: size }, check);
  const findings = [
    { file: name, problem: 'unread' },
    { file: other, problem: 'changed' },
  ];
  const told = JSON.parse(stdout);
  expect([exit, told]).toEqual([3, expect.objectContaining({ bundles: 3, findings })]);
  const known = (): string[] => Object.keys(readMemory(ana.reopen().repository.layout, told.drive)?.files ?? {});
  expect(known()).toEqual([third]);
  await ana.visit(stick, { importOnly: true });
  expect(known()).toEqual([name, other, third]);
});

it('one call that fails costs one bundle; of a drive that went away it is said that it did', async () => {
  const isOfBundle = (failed: string): boolean => failed.endsWith('.satchel');
  const codes: Record<string, Set<string>> = { once: new Set(), forever: new Set() };
  for (const mode of ['once', 'forever'] as const) {
    for (let at = 1, isOver = false; !isOver; at++) {
      const { result, failed } = await withFailingDrive(stick, { at, mode }, check);
      isOver = failed === undefined;
      if (failed === undefined || !isOfBundle(failed)) continue;
      const { exit, stdout, stderr } = result;
      codes[mode]?.add(exit === 3 ? 'unread' : JSON.parse(stderr).code);
      const findings = [{ file: path.basename(failed), problem: 'unread' }];
      if (mode === 'once') expect(JSON.parse(stdout), failed).toMatchObject({ bundles: 3, findings });
    }
  }
  expect(codes).toEqual({ once: new Set(['unread']), forever: new Set(['drive-absent']) });
});
