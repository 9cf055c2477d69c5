// How much work some code does, counted where a clock would be at the mercy of the machine: how often each block of the
// program's source is entered, as V8's coverage counts it. The same work counts the same on every machine.
import { Session } from 'node:inspector';

const SOURCE = new URL('../../src/', import.meta.url).href;

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

// Counted is what is compiled from now on, which is everything: functions are compiled when they are first called. It is
// never stopped, or functions that were compiled before would no longer count once they are optimised.
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/**
 * Blocks of `src/` that are entered while `work` runs: calls, loop bodies, branches. What happens inside of built-in
 * functions does not count, what they call back does.
 */
export function workOf(work: () => void): number {
  takeCounts();
  work();
  const count = takeCounts();
  if (count === 0) throw new Error('no block of src/ was entered');
  return count;
}

/** What was counted since the last time; a session in the same process answers before `post` returns. */
function takeCounts(): number {
  let found: Coverage | undefined;
  session.post('Profiler.takePreciseCoverage', (_, coverage) => {
    found = coverage as Coverage;
  });
  const scripts = found?.result.filter(({ url }) => url.startsWith(SOURCE)) ?? [];
  const ranges = scripts.flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
  return ranges.reduce((sum, { count }) => sum + count, 0);
}
