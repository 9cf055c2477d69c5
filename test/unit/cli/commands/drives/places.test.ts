// What `sync` looks at besides what it was told to: a known drive may lie on a mount that hangs.
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { disk, useDisk } from '../../../../../src/repository/disk.js';
import { runHere } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { makeStick } from '../../../../testkit/stick.js';
import { Below, wrapDisk } from '../../../../testkit/wrapped-disk.js';

let ana: Replica;
let sticks: { readonly near: string; readonly far: string };
/** Calls about what is below the drive that nobody names. */
let looked: string[];
let restore: () => void;

/** Ana has visited two drives. */
beforeEach(async () => {
  const directory = scratchDirectory();
  ana = (await Replica.create('ana', directory)).join('garden');
  sticks = { near: makeStick(path.join(directory, 'near'), 1), far: makeStick(path.join(directory, 'far'), 2) };
  for (const stick of Object.values(sticks)) expect((await ana.visit(stick)).failure).toBeUndefined();
  looked = [];
  const far = new Below(sticks.far);
  restore = useDisk(
    wrapDisk({ ...disk }, (call, make) => {
      const isFar = far.has(call);
      if (isFar) looked.push(`${call.name} ${far.placeOf(call)}`);
      const result = make(...call.args);
      if (isFar) far.note(call, result);
      return result;
    }),
  );
});

afterEach(() => restore());

function sync(...words: string[]) {
  const env = { SATCHEL_DIR: ana.directory, SATCHEL_STATE_DIR: ana.stateDirectory };
  return runHere(['sync', ...words], { env, world: ana.repository.world });
}

it('of a directory opens no other known drive, be it there or away', async () => {
  expect(await sync(sticks.near)).toMatchObject({ exit: 0 });
  expect((await sync(path.join(sticks.near, 'away'))).exit).not.toBe(0);
  expect((await sync(path.join(sticks.near, 'away'), '--if-present')).exit).toBe(0);
  expect(looked).toEqual([]);
});

it('of a label, and of nothing, looks for where the drive is', async () => {
  expect(await sync()).toMatchObject({ exit: 0 });
  expect(looked.length).toBeGreaterThan(0);
});
