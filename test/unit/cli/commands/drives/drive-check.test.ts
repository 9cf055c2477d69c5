// A check of a drive while another command is at it.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { lockDrive, readMemory } from '../../../../../src/sync/drive/memory.js';
import { runHere } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { makeStick } from '../../../../testkit/stick.js';

const SEED = 1;
let ana: Replica;
let stick: string;
let bundle: string;

beforeEach(async () => {
  const directory = scratchDirectory();
  ana = (await Replica.create('ana', directory)).join('garden');
  await ana.post('garden', 'a message');
  stick = makeStick(path.join(directory, 'stick'), SEED);
  expect((await ana.visit(stick)).failure).toBeUndefined();
  const name = fs.readdirSync(path.join(stick, 'satchel')).find((one) => one.endsWith('.satchel'));
  bundle = path.join(stick, 'satchel', String(name));
});

function check() {
  const env = { SATCHEL_DIR: ana.directory, SATCHEL_STATE_DIR: ana.stateDirectory };
  return runHere(['drive', 'check', stick, '--lock-timeout', '0'], {
    env,
    world: ana.repository.world,
    people: 'pipe',
  });
}

function driveId(): string {
  return (JSON.parse(fs.readFileSync(path.join(stick, 'satchel', 'drive.json'), 'utf8')) as { id: string }).id;
}

function remembered(): string[] {
  return Object.keys(readMemory(ana.repository.layout, driveId())?.files ?? {});
}

it('needs no lock where nothing is wrong, and tells what is before it asks for one', async () => {
  const release = lockDrive(ana.repository.layout, driveId(), 0);
  expect(await check()).toMatchObject({ exit: 0, stdout: expect.stringContaining('nothing is wrong with 1 bundle') });
  const name = path.basename(bundle);
  fs.appendFileSync(bundle, 'rot');
  expect(await check()).toMatchObject({
    exit: 11,
    stdout: expect.stringContaining(`${name}: it is not what was verified here\n`),
    stderr: expect.not.stringContaining('count for nothing'),
  });
  expect(remembered()).toEqual([name]);
  release();
  expect(await check()).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining('these count for nothing now; next: '),
  });
  expect(remembered()).toEqual([]);
});
