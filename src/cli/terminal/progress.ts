// One line on stderr that tells how far a long command is; only where somebody watches.
import type { Context } from '../command/context.js';
import { truncate } from './width.js';

/** Shows the line of the moment; `clear` takes it away before other output. */
export interface Progress {
  update(line: string): void;
  /** Shows it whatever was shown just before. */
  say(line: string): void;
  clear(): void;
}

const INTERVAL_MS = 100;
const ERASE = '\r\x1b[K';

/** Progress on a terminal; nothing elsewhere, with `--quiet` or with `--json`. */
export function openProgress(context: Pick<Context, 'stderr' | 'quiet' | 'json' | 'world'>): Progress {
  const { stderr, world } = context;
  if (!stderr.isTerminal || context.quiet || context.json) return { update: () => {}, say: () => {}, clear: () => {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  const say = (line: string): void => {
    shownAt = world.now();
    isShown = true;
    stderr.write(`${ERASE}${truncate(line, stderr.columns - 1)}`);
    // what follows may keep the process busy for long
    stderr.flush();
  };
  return {
    say,
    update(line) {
      if (Math.abs(world.now() - shownAt) >= INTERVAL_MS) say(line);
    },
    clear() {
      if (isShown) stderr.write(ERASE);
      isShown = false;
    },
  };
}
