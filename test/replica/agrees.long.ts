// A second replica, written in Python from spec/ alone, says the same as the program of worlds of forks, gaps, stripped
// entries, retractions, expiry and late arrivals. `SEED` repeats a run; `SCENARIO` is the first that is tried.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort, SEED } from '../testkit/effort.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { compareScenario } from './compare.js';
import { Replicas } from './program.js';
import { hasPython, Python } from './python.js';

const SCENARIOS = effort(500);
const FROM = Number(process.env['SCENARIO'] ?? 0);

describe.runIf(hasPython())(`the replica in Python (seed ${SEED})`, () => {
  let python: Python;
  beforeAll(async () => {
    python = new Python();
  });
  afterAll(() => python.close());

  it(`agrees over ${SCENARIOS} scenarios`, { timeout: 0 }, async () => {
    const replicas = await Replicas.open(memoryDirectory());
    for (let number = FROM; number < FROM + SCENARIOS; number++) {
      const [found] = await compareScenario({ replicas, python }, number);
      expect(found?.program, found?.where).toEqual(found?.python);
    }
  });
});
