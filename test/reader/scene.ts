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

/** A new one, whose repository lies below `parent`. */
export function person(name: string, parent: string): Person {
  const directory = path.join(parent, name);
  fs.mkdirSync(directory);
  const env = { ...process.env, HOME: directory, XDG_STATE_HOME: directory, TZ: 'UTC' };
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
