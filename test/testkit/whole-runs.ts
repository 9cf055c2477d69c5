// Many worlds of which nothing is lost, one after the other, with the seeds of those in which something was missing.
import { type Sealing, sealingOf } from './sealing.js';
import { WatchingPeople } from './whole-watch.js';
import { shapeOf, WholeWorld } from './whole-world.js';

/** In a watched world so often somebody writes. */
const WATCHED_STEPS = 8;

/** Worlds by their seeds. */
export interface Worlds {
  readonly from: number;
  readonly count: number;
  /** Whether people seal; absent: as it follows from the seed. */
  readonly sealing?: Sealing;
}

/** What went wrong where people visit sticks and mail files, each with how to see it again. */
export function visitedFailures(directory: string, worlds: Worlds): Promise<string[]> {
  return failuresOf(worlds, async (seed) => {
    const asked = shapeOf(seed);
    const shape = { ...asked, sealing: worlds.sealing ?? asked.sealing };
    const world = await WholeWorld.create(`${directory}/${seed}`, shape);
    for (let i = 0; i < shape.steps; i++) await world.step();
    await world.expectRest();
  });
}

/** The same where everybody lets `watch` look after the folders. */
export function watchedFailures(directory: string, worlds: Worlds): Promise<string[]> {
  return failuresOf(worlds, async (seed) => {
    const world = await WatchingPeople.begin(`${directory}/${seed}`, seed, worlds.sealing ?? sealingOf(seed));
    for (let i = 0; i < WATCHED_STEPS; i++) await world.step();
    await world.expectRest();
  });
}

async function failuresOf({ from, count, sealing }: Worlds, world: (seed: number) => Promise<void>): Promise<string[]> {
  const failed: string[] = [];
  for (let seed = from; seed < from + count; seed++) {
    try {
      await world(seed);
    } catch (error) {
      failed.push(
        `seed ${seed}${sealing ? ` as if ${sealing}` : ''}, again with SOAK_SEEDS=1 SOAK_FROM=${seed} npm run worlds: ${(error as Error).stack}`,
      );
    }
  }
  return failed;
}
