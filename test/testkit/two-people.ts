// Two people with the built program, who know each other and are in one topic; made once, and copied for each test.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../cli/program.js';
import { scratchDirectory } from './scratch.js';

/** Where the two are, each in a folder of its own. */
export interface TwoPeople {
  /** A copy of the two in which nobody has said anything. */
  silent(): string;
  /** One in which each has said "NAME was here". */
  friends(): string;
  /** The same, and each has heard it from a drive in the folder `stick`. */
  met(): string;
  remove(): void;
}

/** Ana and Ben, who are in the garden. */
export function twoPeople(): TwoPeople {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-two-'));
  for (const name of NAMES) {
    run(['-C', name, 'init', '--name', name, '-q'], { cwd });
    run(['-C', name, 'card', '-o', `${name}.card`], { cwd });
    run(['-C', name, 'topic', 'join', 'garden'], { cwd });
  }
  run(['-C', 'ana', 'contact', 'add', 'ben.card'], { cwd });
  run(['-C', 'ben', 'contact', 'add', 'ana.card'], { cwd });
  const silent = (): string => {
    const copy = scratchDirectory();
    fs.cpSync(cwd, copy, { recursive: true });
    return copy;
  };
  const friends = (): string => {
    const copy = silent();
    for (const name of NAMES) post(name, `${name} was here`, copy);
    return copy;
  };
  return {
    silent,
    friends,
    met: () => {
      const copy = friends();
      fs.mkdirSync(path.join(copy, STICK));
      run(['-C', 'ana', 'drive', 'init', '-q', STICK], { cwd: copy });
      meet(copy);
      return copy;
    },
    remove: () => fs.rmSync(cwd, { recursive: true, force: true }),
  };
}

const NAMES = ['ana', 'ben'];
const STICK = 'stick';

/** Both visit the drive of `met()`, until each has heard of the other. @throws Error when a visit fails */
export function meet(cwd: string): void {
  for (const who of ['ana', 'ben', 'ana']) {
    const { status, stderr } = run(['-C', who, 'sync', '-q', STICK], { cwd });
    if (status !== 0) throw new Error(stderr);
  }
}

/** Says something in the garden. */
export function post(name: string, text: string, cwd: string): void {
  run(['-C', name, 'post', '-t', 'garden', text], { cwd });
}

/** All that somebody reads in the garden, sorted. */
export function textsOf(name: string, cwd: string): string[] {
  const { stdout } = run(['-C', name, 'read', '-t', 'garden', '--json'], { cwd });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { readonly text: string }).text).sort();
}
