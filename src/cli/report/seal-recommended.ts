// That what is written can be sealed, said once where nobody has decided about it: in a repository made before there was such a
// setting (spec/cli.md, "Sealed and open").
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import { readChanged } from '../command/config.js';
import type { Context } from '../command/context.js';
import { nextCommand } from '../command/next.js';

/** Recommends it to people, once. */
export function recommendSealing(context: Context, { directory, layout, world }: Repository): void {
  if (context.json || context.quiet || readChanged(directory).seal !== undefined) return;
  if (readState(layout, 'sealTold')) return;
  writeState(layout, 'sealTold', { at: world.now() });
  const command = nextCommand(context.directory, 'config set seal true', context.env);
  context.note(`whoever finds what you export can read it; to let only your contacts: ${command}`);
}
