// A disk that cannot read a commit: nothing is taken for rot that may be readable tomorrow, nothing is rewritten or given up
// for it, and who decides to go on without it says so with `repair` (spec/repository.md, "Rot"). And a disk that is full while
// a damaged pack is written anew.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadShapes } from '../../src/repository/state.js';
import { planRepair } from '../../src/sync/repair.js';
import { withBadSpot } from '../testkit/bad-spot.js';
import { withFailingDisk } from '../testkit/fault-disk.js';
import { outcomeOf } from '../testkit/outcome.js';
import { Replica } from '../testkit/replica.js';
import { makeRotWorld, type RotWorld, TOPIC } from '../testkit/rot-world.js';
import { framesIn, harm, type Part } from '../testkit/rotting.js';
import { scratchDirectory } from '../testkit/scratch.js';

let parent: string;
let world: RotWorld;

beforeAll(async () => {
  await loadShapes();
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-test-'));
  world = await makeRotWorld(parent);
});

afterAll(() => fs.rmSync(parent, { recursive: true, force: true }));

/** A copy of Ana's home, and where a commit lies in it. */
function copy(commit: number): { readonly home: string; readonly part: Part } {
  const home = path.join(scratchDirectory(), 'ana');
  fs.cpSync(world.home, home, { recursive: true });
  return { home, part: framesIn(home)[commit] as Part };
}

const opened = (home: string): Replica => Replica.at('ana', home, world.now + 60_000);

it('takes nothing out of the packs that the disk may read tomorrow', async () => {
  for (const commit of framesIn(world.home).keys()) {
    for (const isUnindexed of [false, true]) {
      const { home, part } = copy(commit);
      const root = path.join(home, '.satchel');
      const packs = fs.readFileSync(part.file);
      if (isUnindexed) fs.rmSync(path.join(root, 'index'), { recursive: true });
      await withBadSpot({ ...part, from: part.end - 60 }, async () => {
        const ana = opened(home);
        const shown = ana.texts(TOPIC);
        expect(world.texts, `commit ${commit}`).toEqual(expect.arrayContaining(shown));
        // whatever comes of it: it says that it is the disk
        for (const work of [() => ana.collect(), () => ana.reopen().texts(TOPIC)]) {
          expect(['io', 'ok'], `commit ${commit}`).toContain(outcomeOf(work));
        }
        ana.repository.close();
      });
      expect(fs.existsSync(path.join(root, 'quarantine')), `commit ${commit}`).toBe(false);
      expect(fs.readFileSync(part.file).subarray(0, packs.length)).toEqual(packs);
      const later = opened(home);
      expect(later.texts(TOPIC).sort(), `commit ${commit}`).toEqual(world.texts);
      expect(later.repository.logsWithLoss()).toEqual([]);
      later.repository.close();
    }
  }
});

it('does not give up an own log that the disk cannot read, and writes nothing behind it', async () => {
  let refused = 0;
  for (const commit of framesIn(world.home).keys()) {
    const { home, part } = copy(commit);
    await withBadSpot({ ...part, from: part.end - 60 }, async () => {
      const ana = opened(home);
      ana.texts(TOPIC);
      const { size } = (await ana.author()).secrets.logs;
      const code = await ana.post(TOPIC, 'on').then(
        () => 'posted',
        (error: { code: string }) => error.code,
      );
      expect(['posted', 'io'], `commit ${commit}`).toContain(code);
      if (code === 'io') refused++;
      expect((await ana.author()).secrets.logs.size).toBe(size);
      ana.repository.close();
    });
  }
  expect(refused).toBeGreaterThan(0);
});

it('goes on without it when its user decides so, and any bundle heals it', async () => {
  for (const commit of framesIn(world.home).keys()) {
    const { home, part } = copy(commit);
    await withBadSpot({ ...part, from: part.end - 60 }, () => {
      const ana = opened(home);
      const { steps } = planRepair(ana.repository);
      expect(steps.length, `commit ${commit}`).toBeGreaterThan(0);
      for (const step of steps) step.apply();
      ana.import(world.bundle);
      expect(ana.texts(TOPIC).sort(), `commit ${commit}`).toEqual(world.texts);
      ana.repository.close();
    });
    // nothing of it is thrown away
    expect(fs.readdirSync(path.join(home, '.satchel', 'quarantine'))).toEqual(['000001.pack-rotten-1']);
  }
});

it('loses nothing on a disk that is full while a damaged pack is written anew', async () => {
  let isClean = false;
  let said = 0;
  for (let at = 1; !isClean; at += 3) {
    const { home, part } = copy(0);
    harm(part, 'flip', 0.9);
    const root = path.join(home, '.satchel');
    const failing = { mode: 'forever', code: 'ENOSPC', calls: 'changes', at } as const;
    const { result, calls } = await withFailingDisk(root, failing, async () => mendingOf(home));
    isClean = calls < at;
    expect(['ok', 'no-space'], `change ${at}`).toContain(result);
    if (result === 'no-space') said++;
    const kept = fs.readdirSync(path.join(root, 'objects', 'packs')).length;
    expect(kept, `change ${at}`).toBeGreaterThan(0);
    const ana = opened(home);
    ana.repository.locked(() => ana.repository.suspect());
    ana.reopen().import(world.bundle);
    expect(ana.texts(TOPIC).sort(), `change ${at}`).toEqual(world.texts);
    ana.repository.close();
  }
  expect(said).toBeGreaterThan(3);
});

function mendingOf(home: string): string {
  return outcomeOf(() => {
    const ana = opened(home);
    try {
      ana.repository.locked(() => ana.repository.mend());
    } finally {
      ana.repository.close();
    }
  });
}
