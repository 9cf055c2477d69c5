// What a program of an earlier version left behind (fixtures/VERSION, made by test/frozen/make.mjs): two people with their
// notes, a drive, and bundles that neither of them has imported.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { givesBirthTimes } from '../../src/repository/notes/birth-time.js';
import { type Ended, run } from '../cli/program.js';
import { FIXTURES } from './fixture.js';
import { scratchDirectory } from './scratch.js';

/** Whose repositories there are: Ana's keys lie open, Ben's are under a passphrase. */
export type Owner = 'ana' | 'ben';

/** A message as the earlier program told it. */
export interface Told {
  readonly id: string;
  readonly log: string;
  readonly author: { readonly person: string; readonly name: string; readonly contact: string | null };
  readonly text: string | null;
  readonly reply: string | null;
  readonly state: string;
  readonly own: boolean;
}

interface Expected {
  /** Whether repositories of that version know that they were copied; absent where they do not. */
  readonly knowsCopies?: boolean;
  readonly passphrase: Readonly<Record<string, string>>;
  readonly replicas: Readonly<Record<Owner, { readonly topics: Readonly<Record<string, readonly Told[]>> }>>;
}

interface Tree {
  readonly empty: readonly string[];
  readonly modes: Readonly<Record<string, string>>;
}

/** A copy that may be changed, and the present program at work in it. */
export interface Frozen {
  readonly cwd: string;
  /** The present program notices that this is a copy, where files have birth times. */
  readonly isNoticed: boolean;
  /** What the earlier program told of each topic. */
  told(owner: Owner): Readonly<Record<string, readonly Told[]>>;
  /** Runs the present program in somebody's repository, with its note and its passphrase. */
  on(owner: Owner, ...args: string[]): Ended;
}

/** The versions that left something behind. */
export function frozenVersions(): readonly string[] {
  return fs.readdirSync(FIXTURES).filter((name) => /^\d+\.\d+(\.\d+)?$/.test(name));
}

/** Copies what a version left, with the modes and empty directories that git does not keep. */
export function thaw(version: string): Frozen {
  const cwd = path.join(scratchDirectory(), version);
  fs.cpSync(fileURLToPath(new URL(version, FIXTURES)), cwd, { recursive: true });
  const { empty, modes } = readJson<Tree>(cwd, 'tree.json');
  for (const name of empty) fs.mkdirSync(path.join(cwd, name), { recursive: true });
  for (const [name, mode] of Object.entries(modes)) fs.chmodSync(path.join(cwd, name), Number.parseInt(mode, 8));
  const { passphrase, replicas, knowsCopies = false } = readJson<Expected>(cwd, 'expected.json');
  for (const [owner, words] of Object.entries(passphrase)) fs.writeFileSync(secretOf(cwd, owner), `${words}\n`);
  const environment = (owner: Owner): Record<string, string> => ({
    SATCHEL_STATE_DIR: path.join(cwd, owner, 'state'),
    ...(passphrase[owner] ? { SATCHEL_PASSPHRASE_FILE: secretOf(cwd, owner) } : {}),
  });
  return {
    cwd,
    isNoticed: knowsCopies && givesBirthTimes(cwd),
    told: (owner) => replicas[owner].topics,
    on: (owner, ...args) => run(['-C', path.join(cwd, owner), ...args], { cwd, env: environment(owner) }),
  };
}

function secretOf(cwd: string, owner: string): string {
  return path.join(cwd, `${owner}.passphrase`);
}

function readJson<T>(cwd: string, name: string): T {
  return JSON.parse(fs.readFileSync(path.join(cwd, name), 'utf8')) as T;
}
