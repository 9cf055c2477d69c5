// The user's pager, for what is longer than a screen (spec/cli.md, "read").
import { spawnSync } from 'node:child_process';

/** What became of a text: the pager took all of it and ended well, or it did not, or there is no pager. */
export type Paged = 'taken' | 'left' | 'no-pager';

/** Ends by itself where all fits on the screen, lets colours through, and leaves what was shown there. */
const PAGER = 'less -FRX';
/** What a shell ends with when it knows no such command, or may not run it. */
const NOT_STARTED: readonly (number | null)[] = [126, 127];

/** Hands the text to the pager of the environment, and waits until it has ended. */
export function pageThrough(text: string, env: NodeJS.ProcessEnv): Paged {
  const { PAGER: command = PAGER, LESS = 'FRX' } = env;
  if (command.trim() === '' || command.trim() === 'cat' || env['TERM'] === 'dumb') return 'no-pager';
  // to the pager an interrupt is a key like others
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    const { status, error } = spawnSync(command, {
      shell: true,
      input: text,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...env, LESS },
    });
    if (NOT_STARTED.includes(status)) return 'no-pager';
    // whoever leaves before the end closes the pipe with something in it
    return status === 0 && error === undefined ? 'taken' : 'left';
  } finally {
    process.off('SIGINT', ignore);
  }
}
