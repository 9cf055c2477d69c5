// Tidying looks again, just before it removes a bundle, whether the one that holds the same is there still (spec/drive.md,
// "Tidying").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

/** A stick with the same in two bundles, and whose they are. */
async function twice(): Promise<{ readonly alice: Replica; readonly stick: string }> {
  const directory = scratchDirectory();
  const stick = makeStick(path.join(directory, 'stick'), 1);
  const [alice] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica];
  await alice.post('t', 'hello');
  for (const name of ['a', 'b']) await alice.export(path.join(stick, 'satchel', `${name}.satchel`), { full: true });
  // what was only verified stays
  await alice.visit(stick, { importOnly: true });
  return { alice, stick };
}

function namesOf({ removed }: VisitReport): string[] {
  return removed.map(({ bundle }) => bundle.name);
}

it('removes the older one of two bundles that hold the same', async () => {
  const { alice, stick } = await twice();
  expect(namesOf(await alice.visit(stick, { tidyOnly: true }))).toEqual(['a.satchel']);
});

it('leaves it when somebody else removes the other one meanwhile', async () => {
  const { alice, stick } = await twice();
  // the visit asks for the last time when it has looked at everything, and removed nothing yet
  let asked = 0;
  const count = (): boolean => asked++ < 0;
  expect(namesOf(await alice.visit(stick, { tidyOnly: true, dryRun: true, isOver: count }))).toEqual(['a.satchel']);
  let left = asked;
  const isOver = (): boolean => {
    if (--left === 0) fs.rmSync(path.join(stick, 'satchel', 'b.satchel'));
    return false;
  };
  expect(namesOf(await alice.visit(stick, { tidyOnly: true, isOver }))).toEqual([]);
  expect(left).toBe(0);
  expect(bundlesOn(stick)).toEqual(['a.satchel']);
});
