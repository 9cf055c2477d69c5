// When the commit was made that is being built: the same for every build of it, wherever and whenever that is.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** Holds the time where the sources were exported by git (.gitattributes), and a placeholder where they were not. */
const EXPORTED = 'build/committed.txt';

/** Seconds since 1970, by git, else by what git wrote into exported sources, else by SOURCE_DATE_EPOCH; else undefined. */
export function committedSeconds(env: NodeJS.ProcessEnv = process.env): number | undefined {
  return seconds(byGit()) ?? seconds(byExport()) ?? seconds(env['SOURCE_DATE_EPOCH']);
}

/** Nothing where these are not the top of a checkout: what lies around them may be anybody's. */
function byGit(): string | undefined {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  return git('rev-parse', '--show-prefix') === '' ? git('log', '-1', '--format=%ct') : undefined;
}

function byExport(): string | undefined {
  return fs.existsSync(EXPORTED) ? fs.readFileSync(EXPORTED, 'utf8').trim() : undefined;
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
}
