// A bundle that another visitor tidies away between being found and being opened is one that is gone, and no failure (spec/drive.md,
// "A visit").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openDrive } from '../../src/sync/drive/drive.js';
import { visitOn } from '../../src/sync/drive/visit.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

const MINUTES_MS = 11 * 60_000;

it.each([
  ['one of its own that it reads again', (ana: Replica) => ana],
  ['one that is new', (_: Replica, ben: Replica) => ben],
])('%s', async (_, whose) => {
  const [ana, ben] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], 't')) as [Replica, Replica];
  const stick = makeStick(path.join(scratchDirectory(), 'stick'), 1);
  await ben.visit(stick);
  const author = whose(ana, ben);
  await author.post('t', 'hello');
  await author.visit(stick);
  ana.now += MINUTES_MS;
  const drive = openDrive(stick);
  const removed: string[] = [];
  const medium = {
    ...drive.medium,
    open: (name: string) => {
      if (name.endsWith('.satchel') && removed.length === 0) {
        removed.push(name);
        fs.rmSync(path.join(stick, 'satchel', name));
      }
      return drive.medium.open(name);
    },
  };
  const { failure, scanned } = await visitOn(
    ana.session,
    await ana.author(),
    { ...drive, medium },
    { lockTimeoutMs: 1_000 },
  );
  expect(removed).toHaveLength(1);
  expect(failure).toBeUndefined();
  expect(scanned.flatMap(({ error }) => error ?? [])).toEqual([]);
  for (const one of [author, ana, ben, ana]) await one.visit(stick);
  expect(ben.texts('t')).toEqual(['hello']);
  expect(ana.texts('t')).toEqual(['hello']);
  expect(bundlesOn(stick).length).toBeGreaterThan(0);
});
