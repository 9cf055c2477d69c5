// Every command with the power cut at each of its changes and at its end. CRASH_SEED plays the same chances
// again. The table at the end is the one in docs/reliability.md.
import { afterAll, expect, it } from 'vitest';
import { anyFate, FATES } from '../testkit/power-cut.js';
import { seedOf } from '../testkit/seed.js';
import { changesOf, crashAt } from './crash.js';
import { Machine } from './machine.js';
import { PRIVATE_SCENES } from './private-scenes.js';
import { RARER_SCENES } from './rarer-scenes.js';
import { SCENES } from './scenes.js';

/** States in which the disk is found after each cut: three that are told, and one by chance. */
const TOLD = FATES.slice(0, 3);
const STATES = 4;

const seed = seedOf('CRASH_SEED');
const rows: string[] = [];

it.each([...SCENES, ...RARER_SCENES, ...PRIVATE_SCENES])('$name', async (scene) => {
  const machine = new Machine();
  await scene.before(machine);
  const { changes, memory } = await changesOf(scene, machine);
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (let cutAt = 1; cutAt <= changes + 1; cutAt++) {
    machine.memory = memory.clone();
    const fates = [...TOLD, anyFate(seed + cutAt)];
    const at = cutAt > changes ? Number.POSITIVE_INFINITY : cutAt;
    try {
      await crashAt(scene, machine, { cutAt: at, fates, seen });
    } catch (error) {
      wrong.push((error as Error).message);
    }
  }
  rows.push(`| ${scene.name} | ${changes} | ${STATES * (changes + 1)} | ${seen.size} | ${seen.size - wrong.length} |`);
  expect(wrong).toEqual([]);
});

afterAll(() => {
  const head = ['| command | changes | states | different | recovered |', '|---|---|---|---|---|'];
  console.log([...head, ...rows].join('\n'));
});
