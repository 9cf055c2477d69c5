// Where nothing is lost, nothing is missing, in as many worlds as there is time for: SOAK_SEEDS (500), from SOAK_FROM (1000).
import { expect, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { visitedFailures, watchedFailures } from '../testkit/whole-runs.js';

const SEEDS = Number(process.env['SOAK_SEEDS'] ?? 500);
const FROM = Number(process.env['SOAK_FROM'] ?? 1_000);
/** Worlds that are cleared away together. */
const BATCH = 20;
/** So many of them are watched ones besides. */
const WATCHED = 2;

it.each(Array.from({ length: Math.ceil(SEEDS / BATCH) }, (_, i) => FROM + i * BATCH))(
  'whole worlds, from seed %i',
  async (from) => {
    const count = Math.min(BATCH, FROM + SEEDS - from);
    expect(await visitedFailures(memoryDirectory(), { from, count })).toEqual([]);
    expect(await watchedFailures(memoryDirectory(), { from, count: Math.min(WATCHED, count) })).toEqual([]);
  },
);
