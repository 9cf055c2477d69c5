// What Node has everywhere, for the page: put in front of every file that names it by the build (build/reader.ts).
import { BrowserBuffer } from './buffer.js';

export { BrowserBuffer as Buffer };

/** As much of a process as a page has. */
export const process = {
  pid: 1,
  platform: 'browser',
  env: {},
  uptime: () => performance.now() / 1_000,
} as const;
