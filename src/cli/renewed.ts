// What a user is told when a command found its repository to be restored or cloned (spec/repository.md, "Restored and
// cloned repositories").
import type { Context } from './context.js';

/** Says so, if it was found just now. */
export function noteRenewed(context: Context, isRenewed: boolean): void {
  if (!isRenewed) return;
  context.note(
    'this repository was restored or cloned: what you write goes into new logs from now on, nothing is lost',
  );
}
