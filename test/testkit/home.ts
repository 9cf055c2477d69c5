// A home directory with a repository and its note in it, worked in by commands of this process, on the disk as it is: for
// tests of what is noticed when homes are copied, moved and restored.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { World } from '../../src/repository/repository.js';
import { run } from '../cli/program.js';
import { type EndedHere, runHere } from './command.js';

/** What `status` says of a renewal. */
export interface RenewedJson {
  readonly at: number;
  readonly cause: string;
  readonly missing: readonly { readonly log: string; readonly from: number; readonly to: number }[];
  readonly exported: boolean;
}

/** Where a home's parts lie and what its clock says. */
export interface HomeParts {
  /** Of the second copies; absent: none are kept. */
  readonly copies?: string;
  /** What is not in the home itself. */
  readonly state?: string;
  readonly now?: number;
  readonly fileTimes?: World['fileTimes'];
  /** By the built program, which leaves nothing open: its clock is that of the machine. */
  readonly isBuilt?: boolean;
}

/** A home. */
export class Home {
  readonly directory: string;
  readonly #parts: HomeParts;

  constructor(directory: string, parts: HomeParts = {}) {
    this.directory = directory;
    this.#parts = parts;
    fs.mkdirSync(directory, { recursive: true });
  }

  /** The directory of the notes. */
  get state(): string {
    return path.join(this.#parts.state ?? path.join(this.directory, '.local', 'state'), 'satchel');
  }

  /** The same with other parts, or in another place. */
  with(parts: HomeParts, directory = this.directory): Home {
    return new Home(directory, { ...this.#parts, ...parts });
  }

  run(...argv: string[]): Promise<EndedHere> {
    return this.#run(argv);
  }

  /** What people are told by a command on standard error. */
  async say(...argv: string[]): Promise<string> {
    const ended = await this.#run(argv, 'pipe');
    expect(ended, argv.join(' ')).toMatchObject({ exit: 0 });
    return ended.stderr;
  }

  #run(argv: readonly string[], people?: 'pipe'): Promise<EndedHere> {
    const { copies = '', now = Date.UTC(2026, 0, 1), fileTimes, isBuilt } = this.#parts;
    const env = { HOME: this.directory, XDG_STATE_HOME: path.dirname(this.state), SATCHEL_STATE_COPY: copies };
    if (isBuilt) return Promise.resolve(runBuilt(['-C', this.directory, ...argv], env));
    const world = { now: () => now, random: randomBytes, fileTimes };
    return runHere(['-C', this.directory, ...argv], { env, world, ...(people && { people }) });
  }

  async must(...argv: string[]): Promise<string> {
    const ended = await this.run(...argv);
    expect(ended, `${argv.join(' ')}: ${ended.stderr}`).toMatchObject({ exit: 0 });
    return ended.stdout;
  }

  async init(name = 'Ana'): Promise<this> {
    await this.must('init', '--name', name);
    return this;
  }

  /** Posts, and says into which log. */
  async post(text: string): Promise<string> {
    return (JSON.parse(await this.must('post', '-t', 't', text)) as { log: string }).log;
  }

  async renewed(): Promise<RenewedJson | null> {
    return (JSON.parse(await this.must('status')) as { renewed: RenewedJson | null }).renewed;
  }

  async findings(): Promise<readonly string[]> {
    const { findings } = JSON.parse((await this.run('check')).stdout) as { findings: { code: string }[] };
    return findings.map(({ code }) => code);
  }

  /** A file of the repository. */
  file(...names: string[]): string {
    return path.join(this.directory, '.satchel', ...names);
  }
}

function runBuilt(argv: readonly string[], env: Readonly<Record<string, string>>): EndedHere {
  const own = { ...env, SATCHEL_STATE_DIR: '' };
  const { status, stdout, stderr } = run([...argv, '--json'], { cwd: env['HOME'] ?? '', env: own });
  return { exit: status ?? -1, stdout, stderr };
}

/** Runs a program of the system that has to succeed. */
export function system(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
