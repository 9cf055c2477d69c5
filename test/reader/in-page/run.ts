// Behind the tests of a page: they are run, and what came of them stands in `outcome`.
import { runTests } from './vitest.js';

runTests().then(
  (outcome) => Object.assign(globalThis, { outcome }),
  (error: unknown) => Object.assign(globalThis, { outcome: { failures: [{ name: 'all', message: String(error) }] } }),
);
