// What is measured of git, on the same messages: as git does it best, so its readers have a commit graph.
import path from 'node:path';
import { GIT, HELD } from './build-git.js';
import type { Command } from './measure.js';
import type { Step } from './operation.js';
import { copy, type Places, sizeOf } from './places.js';

/** The steps of git by operation; what has no counterpart is absent. @param work a directory to work in */
export function gitSteps(places: Places, work: string): Record<string, Step> {
  const kept = (name: string): string => path.join(places.git, name);
  const at = (name: string): string => path.join(work, `git-${name}`);
  const source = at('source');
  const after = at('source-after');
  const out = at('out.bundle');
  const copied = at('copy');
  const git = (repository: string, args: readonly string[], stdin?: string): Command => {
    return { argv: ['git', ...args], cwd: repository, stdin };
  };
  const onCopy = (from: string, args: readonly string[], stdin?: string): Step => ({
    prepare: () => copy(kept(from), copied),
    commands: [git(copied, args, stdin)],
    bytes: () => sizeOf(copied),
  });
  const fetching = (bundle: string): readonly string[] => {
    return ['-c', 'fetch.fsckObjects=true', 'fetch', '-q', kept(bundle), '+refs/heads/*:refs/heads/*'];
  };
  copy(kept(GIT.source), source);
  copy(kept(GIT.sourceAfter), after);
  const log = ['log', '--branches', '--date-order', '--format=%h %an %ai%n%B'];
  return {
    'append all': onCopy(GIT.empty, ['fast-import', '--quiet'], kept(GIT.stream)),
    'full export': { commands: [git(source, ['bundle', 'create', '-q', out, '--branches'])], bytes: () => sizeOf(out) },
    'import into empty': onCopy(GIT.empty, fetching(GIT.bundle)),
    '1 % delta export': {
      commands: [git(after, ['bundle', 'create', '-q', out, '--branches', '--stdin'], path.join(after, HELD))],
      bytes: () => sizeOf(out),
    },
    '1 % delta import': onCopy(GIT.full, fetching(GIT.deltaBundle)),
    'read -n 50': { commands: [git(source, [...log, '-n', '50'])] },
    'read everything': { commands: [git(source, log)] },
    'post one': { commands: [git(source, postOne(work))] },
    'check --all': { commands: [git(source, ['fsck', '--full', '--no-progress'])] },
    gc: onCopy(GIT.source, ['gc', '--quiet']),
  };
}

/** A commit as a person makes it, in a repository without files. */
function postOne(work: string): string[] {
  return [`--work-tree=${work}`, '-c', 'core.bare=false', 'commit', '-q', '--allow-empty', '-m', 'The beans are up'];
}
