// The cheap part of the hostile corpus, in process; `npm run hostile` runs all of it through the built program.
import { describe, expect, it } from 'vitest';
import type { HostileCase } from './case.js';
import { CASES_MIN, CORPUS } from './corpus.js';

describe.each(CORPUS)('$name', ({ cases, judge }) => {
  const isCheap = ({ isBig }: HostileCase): boolean => isBig !== true;

  it('has cases enough, each once', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(CASES_MIN);
    expect(cases.filter(isCheap).length).toBeGreaterThan(CASES_MIN / 2);
  });

  it('limits the time of all in which anything is refused', () => {
    for (const { runs } of cases.filter(({ isSound }) => isSound))
      expect(runs.map(({ exit }) => exit)).toEqual(runs.map(() => 0));
  });

  it.each(cases.filter(isCheap))('ends as listed: $name', async ({ content, runs }) => {
    expect(await judge(content())).toBe(runs[0]?.exit);
  });
});
