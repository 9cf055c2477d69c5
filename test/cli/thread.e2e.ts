// The second thread of the built program, beside an import of ours.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { HELPED_BYTES_MIN } from '../../src/cli/commands/exchange/import-command.js';
import { startVerifyWorker } from '../../src/cli/thread.js';
import { THREAD_WORD } from '../../src/cli/thread-word.js';
import { chance } from '../testkit/effort.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { PROGRAM, run } from './program.js';

/** Text that compresses badly. */
function noise(label: string, length: number): string {
  const random = chance(label);
  return Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('');
}

async function reader(name: string, directory: string, ana: Replica): Promise<Replica> {
  return (await Replica.create(name, directory)).meet(ana).join('garden');
}

const packOf = ({ repository }: Replica): Buffer => fs.readFileSync(path.join(repository.layout.packs, '000001.pack'));

it('finds what the importer would find', async () => {
  const directory = scratchDirectory();
  const ana = await Replica.create('ana', directory);
  for (let i = 0; i < 30; i++)
    await ana.post('garden', ...Array.from({ length: 3 }, (_, n) => noise(`${i}/${n}`, 20_000)));
  const file = path.join(directory, 'a.satchel');
  await ana.export(file, { full: true });
  expect(fs.statSync(file).size).toBeGreaterThan(HELPED_BYTES_MIN);

  const alone = await reader('alone', directory, ana);
  alone.helper = undefined;
  const expected = alone.import(file);
  expect(expected.fresh).toBe(91);
  const helper = startVerifyWorker(PROGRAM);
  if (!helper) throw new Error('this needs a second processor');
  // a thread takes its time to start, and nobody waits for it
  for (let i = 0; helper.used === 0; i++) {
    const helped = await reader(`helped-${i}`, directory, ana);
    helped.helper = helper;
    expect(helped.import(file)).toEqual(expected);
    expect(packOf(helped).equals(packOf(alone))).toBe(true);
  }
});

it('is no command', () => {
  expect(run([THREAD_WORD], { cwd: scratchDirectory() })).toMatchObject({ status: 2 });
});
