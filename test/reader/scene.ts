// What the page is given in its tests: bundles that the built program wrote, and one that nobody should have to read.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');

/** A person with a repository. */
export interface Person {
  /** Runs the program; what it said. */
  satchel(words: readonly string[], input?: string): string;
  readonly directory: string;
}

/** A new one, whose repository lies below `parent`, with a clock that is right or so many days ahead. */
export function person(name: string, parent: string, { daysAhead = 0 } = {}): Person {
  const directory = path.join(parent, name);
  fs.mkdirSync(directory);
  const env = {
    ...process.env,
    HOME: directory,
    XDG_STATE_HOME: directory,
    TZ: 'UTC',
    NODE_OPTIONS: clockAhead(daysAhead),
  };
  const satchel: Person['satchel'] = (words, input = '') =>
    execFileSync(process.execPath, [PROGRAM, '-C', directory, ...words], {
      encoding: 'utf8',
      input,
      env,
      stdio: 'pipe',
    });
  satchel(['init', '--name', name]);
  return { satchel, directory };
}

/** Has Node's clock go ahead. */
function clockAhead(days: number): string {
  const source = `const now = Date.now; Date.now = () => now() + ${days} * 86400000`;
  return days === 0 ? '' : `--import=data:text/javascript,${encodeURIComponent(source)}`;
}
