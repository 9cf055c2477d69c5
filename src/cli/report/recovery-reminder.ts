// That recovery words are still to be written down, said now and then (spec/cli.md, "Recovery words").
import { recoveryState } from '../../identity/recovery-seed.js';
import type { Self } from '../../identity/self.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import type { Context } from '../command/context.js';
import { nextCommand } from '../command/next.js';

const MONTH_MS = 30 * 86_400_000;

/** Reminds people of it once a month for as long as the words are here. */
export function remindOfRecovery(context: Context, repository: Repository, self: Self): void {
  if (context.json || context.quiet || recoveryState(self) !== 'here' || !isDue(repository)) return;
  const command = nextCommand(context.directory, 'recovery print', context.env);
  context.note(`write down your recovery words, before this computer is lost: ${command}`);
}

function isDue({ layout, world }: Repository): boolean {
  const last = readState(layout, 'recoveryTold');
  const now = world.now();
  // a clock that was set back keeps it silent for no longer than a month either
  if (last && Math.abs(now - last.at) < MONTH_MS) return false;
  writeState(layout, 'recoveryTold', { at: now });
  return true;
}
