import path from 'node:path';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

// SUITE picks what is run. `quick` is for between two changes: single modules, all in one process, but for `*.slow.test.ts`, which
// take longer than a second on a quiet machine, and `*.apart.test.ts`, which need modules as nobody has used them yet. What is
// not in `default` takes too long for every run; SOAK=1 makes it take as long as it is good for.
//
// Whole stories with the built program, or with real drives: folders that are `long`, whatever their files are called.
const STORIES = ['test/{cases,drives,frozen,rot}/**/*.{test,e2e}.ts', 'test/situations.e2e.ts'];
const SUITES: Record<string, string[]> = {
  default: ['test/**/*.test.ts', 'test/**/*.e2e.ts'],
  quick: ['test/unit/**/!(*.slow|*.apart).test.ts'],
  long: ['test/**/*.long.ts', ...STORIES],
  kills: ['test/**/*.kill.ts'],
  mutants: ['test/**/*.mutant.ts'],
  browser: ['test/vectors/*.test.ts'],
  reader: ['test/reader/*.page.ts'],
  helpers: ['test/**/*.helper.ts'],
  stores: ['test/bench/*.cost.ts'],
  crash: ['test/**/*.crash.ts'],
  soak: ['test/**/*.long.ts', 'test/**/*.soak.ts', 'test/**/*.kill.ts', 'test/**/*.mutant.ts'],
};
const QUICK = SUITES['quick'] ?? [];
/** What has to end by itself. */
const IN_TIME = ['default', 'quick', 'long', 'browser', 'reader', 'helpers'];
const suite = process.env['SUITE'] ?? 'default';

// as in the build: yargs sees nothing of the computer
const YARGS = {
  find: /^.*\/platform-shims\/esm\.mjs$/,
  replacement: path.resolve('src/cli/command/yargs-platform.ts'),
};
// as in a program for browsers: the formats see nothing of Node
const BROWSER = { find: /^(.*\/)platform\.js$/, replacement: path.resolve('src/format/platform-browser.ts') };

/** What a suite runs: single modules in processes that they share, since one for each file takes longer than most of them do. */
function projectsOf(include: readonly string[]): TestProjectConfiguration[] {
  const project = (
    name: string,
    files: readonly string[],
    exclude: readonly string[],
    isolate: boolean,
  ): TestProjectConfiguration => ({
    extends: true,
    test: { name, include: [...files], exclude: [...exclude], isolate },
  });
  if (suite === 'quick') return [project('modules', include, [], false)];
  if (suite !== 'default') return [project(suite, include, [], true)];
  return [project('modules', QUICK, [], false), project('stories', include, [...STORIES, ...QUICK], true)];
}

export default defineConfig({
  resolve: { alias: suite === 'browser' ? [YARGS, BROWSER] : [YARGS] },
  test: {
    setupFiles: suite === 'browser' ? ['test/testkit/browser-platform.ts'] : [],
    server: { deps: { inline: ['yargs'] } },
    pool: 'forks',
    maxWorkers: 2,
    projects: projectsOf(SUITES[suite] ?? []),
    // against what hangs, and nothing else: machines are slow, or busy
    testTimeout: IN_TIME.includes(suite) ? 600_000 : 0,
    hookTimeout: IN_TIME.includes(suite) ? 600_000 : 0,
  },
});
