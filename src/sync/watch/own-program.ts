// How this program starts itself: by Node and its own file, or as the one file that it is where both were put together
// (nodejs.org/api/single-executable-applications.html).
import { isSea } from 'node:sea';

/** The program to start, and the words that come before all others. */
export interface OwnProgram {
  readonly program: string;
  readonly words: readonly string[];
}

/** For other processes; with the options that Node was given here. */
export function ownProgram(): OwnProgram {
  if (isSea()) return { program: process.execPath, words: [] };
  return { program: process.execPath, words: [...process.execArgv, process.argv[1] ?? ''] };
}

/** Has Node run a script; an executable of its own has no `-e`, and is asked for the script by a word that is no command. */
export function ownScript(script: string, word: string): OwnProgram {
  return { program: process.execPath, words: isSea() ? [word] : ['-e', script, '--'] };
}
