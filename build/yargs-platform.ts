// What yargs sees of the computer, in the place of its own idea of that.
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** The module of yargs that has it, as it is imported. */
export const YARGS_PLATFORM = /\/platform-shims\/esm\.mjs$/;
/** What stands in its place. */
export const OWN_PLATFORM = 'src/cli/command/yargs-platform.ts';

/** Puts it there. */
export const yargsPlatform: Plugin = {
  name: 'yargs-platform',
  setup: ({ onResolve }) => {
    onResolve({ filter: YARGS_PLATFORM }, () => ({ path: path.resolve(OWN_PLATFORM) }));
  },
};
