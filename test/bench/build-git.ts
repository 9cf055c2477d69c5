// The same messages in git: a commit for each on a branch for each author. Who writes after a round merges what it got.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { copy } from './places.js';
import type { Message, Workload } from './workload.js';

/** Where things of git lie below its directory. */
export const GIT = {
  /** Input of `git fast-import` for all rounds. */
  stream: 'all.fast-import',
  source: 'source.git',
  sourceAfter: 'source-after.git',
  empty: 'empty.git',
  full: 'full.git',
  bundle: 'full.bundle',
  deltaBundle: 'delta.bundle',
} as const;

/** In the repository with the delta: a list of what a receiver with all rounds has, for `git bundle --stdin`. */
export const HELD = 'held';

/** Builds the repositories and bundles. */
export function buildGit(workload: Workload, directory: string): void {
  fs.mkdirSync(directory);
  const at = (name: string): string => path.join(directory, name);
  const writer = new StreamWriter(workload);
  fs.writeFileSync(at(GIT.stream), '');
  for (const round of workload.rounds()) fs.appendFileSync(at(GIT.stream), writer.round(round));
  fs.writeFileSync(at('delta.fast-import'), writer.round(workload.delta));
  for (const name of [GIT.source, GIT.empty]) git(directory, ['init', '-q', '--bare', name]);
  git(at(GIT.source), ['symbolic-ref', 'HEAD', `refs/heads/${workload.authors[0]}`]);
  const marks = at('marks');
  git(at(GIT.source), ['fast-import', '--quiet', `--export-marks=${marks}`], at(GIT.stream));
  git(at(GIT.source), ['commit-graph', 'write', '--reachable']);
  git(at(GIT.source), ['bundle', 'create', '-q', at(GIT.bundle), '--branches']);
  copy(at(GIT.empty), at(GIT.full));
  git(at(GIT.full), ['fetch', '-q', at(GIT.bundle), '+refs/heads/*:refs/heads/*']);
  copy(at(GIT.source), at(GIT.sourceAfter));
  const heads = git(at(GIT.source), ['for-each-ref', '--format=^%(objectname)', 'refs/heads']);
  fs.writeFileSync(path.join(at(GIT.sourceAfter), HELD), heads);
  git(at(GIT.sourceAfter), ['fast-import', '--quiet', `--import-marks=${marks}`], at('delta.fast-import'));
  git(
    at(GIT.sourceAfter),
    ['bundle', 'create', '-q', at(GIT.deltaBundle), '--branches', '--stdin'],
    path.join(at(GIT.sourceAfter), HELD),
  );
  fs.rmSync(marks);
}

/** Runs git and returns what it prints. */
function git(directory: string, args: readonly string[], input?: string): string {
  const stdin = input === undefined ? 'ignore' : fs.openSync(input, 'r');
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: directory,
    stdio: [stdin, 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (typeof stdin === 'number') fs.closeSync(stdin);
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  return stdout;
}

/** Input for `git fast-import`, round by round. */
class StreamWriter {
  readonly #workload: Workload;
  /** Mark of the newest commit of each author, and of those that everybody has. */
  readonly #heads: number[];
  #shared: readonly number[] = [];
  #mark = 0;

  constructor(workload: Workload) {
    this.#workload = workload;
    this.#heads = workload.authors.map(() => 0);
  }

  round(messages: readonly Message[]): string {
    const started = new Set<number>();
    const lines = messages.map((message) => {
      const isFirst = !started.has(message.author);
      started.add(message.author);
      return this.#commit(message, isFirst);
    });
    this.#shared = [...this.#heads];
    return lines.join('');
  }

  #commit({ author, time, text, reply }: Message, isFirst: boolean): string {
    const name = this.#workload.authors[author] ?? '';
    const who = `${name} <${name}@bench.example> ${Math.floor(time / 1_000)} +0000`;
    const body = reply ? `${text}\n\nReply-To: ${this.#workload.authors[reply.author]}/${reply.nth}\n` : `${text}\n`;
    const parent = this.#heads[author];
    const own = parent ? `from :${parent}\n` : '';
    this.#heads[author] = ++this.#mark;
    const head = `commit refs/heads/${name}\nmark :${this.#mark}\nauthor ${who}\ncommitter ${who}\ndata ${Buffer.byteLength(body)}\n`;
    return `${head}${body}${own}${isFirst ? this.#merges(author) : ''}\n`;
  }

  /** At most as many as our messages cite. */
  #merges(author: number): string {
    const others = this.#shared.filter((mark, other) => other !== author && mark > 0).slice(0, 15);
    return others.map((mark) => `merge :${mark}\n`).join('');
  }
}
