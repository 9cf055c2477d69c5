// Where nothing is lost, nothing is missing: worlds at random. WORLDS of them (45), from the seed WORLDS_FROM (1) on; many
// more in whole.soak.ts.
import { describe, expect, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { visitedFailures, watchedFailures } from '../testkit/whole-runs.js';

const COUNT = Number(process.env['WORLDS'] ?? 45);
const FROM = Number(process.env['WORLDS_FROM'] ?? 1);
/** A watched world takes longer. */
const WATCHED = Math.ceil(COUNT / 12);

describe('where nothing is lost', () => {
  it(`nobody ever follows a gap, and all come to rest (seeds ${FROM} to ${FROM + COUNT - 1})`, async () => {
    expect(await visitedFailures(memoryDirectory(), { from: FROM, count: COUNT })).toEqual([]);
  });

  it(`nor does anybody who lets watch do it (seeds ${FROM} to ${FROM + WATCHED - 1})`, async () => {
    expect(await watchedFailures(memoryDirectory(), { from: FROM, count: WATCHED })).toEqual([]);
  });
});
