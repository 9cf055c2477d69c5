// satchel wipe: removes the whole repository, its secret keys first (spec/cli.md, "wipe").
import { SatchelError } from '../../../format/error.js';
import { stateCopyDirectory, stateDirectory } from '../../../repository/notes/note-places.js';
import { loadShapes } from '../../../repository/state.js';
import { assertToWipe, type WipeReport, wipeRepository } from '../../../repository/wipe.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize, plural } from '../../terminal/size.js';

/** Does it, and says what it can not reach. */
export async function run(context: Context, args: Args<'wipe'>): Promise<void> {
  const { directory, env } = context;
  assertToWipe(directory);
  if (!args.yes) await assertMeant(context);
  await loadShapes();
  const report = wipeRepository(directory, {
    stateDirectory: stateDirectory(env),
    stateCopy: stateCopyDirectory(env),
    lockTimeoutMs: context.lockTimeoutMs,
  });
  if (context.json) return context.printJson({ directory, ...report });
  tell(context, report);
}

function tell(context: Context, { files, bytes, notes, notOverwritten }: WipeReport): void {
  const outside = notes > 0 ? `, ${plural(notes, 'note')} outside` : '';
  context.print(
    `wiped ${escapeLine(context.directory)}: keys first${outside}, ${plural(files, 'file')} (${formatSize(bytes)})`,
  );
  if (notOverwritten > 0)
    context.note(
      `${plural(notOverwritten, 'file')} only removed: not to be overwritten, or with a further name elsewhere`,
    );
  for (const line of NOT_REACHED) context.note(line);
}

const NOT_REACHED = [
  'Flash disks and file systems that copy keep old cells and blocks; so do snapshots.',
  'Journals of the file system and swap may remember; so may memory until the computer is off.',
  'Backups undo it, and others keep what they have.',
  'What helps is done before: a passphrase, and encryption of the whole disk.',
];

async function assertMeant(context: Context): Promise<void> {
  if (!context.canAsk()) {
    throw new SatchelError('usage', 'there is no terminal to ask whether all of it is to go for ever', {
      hint: 'give --yes if it is',
    });
  }
  const question = `Wipe the repository in ${escapeLine(context.directory)}? Keys and messages do not come back.`;
  if (await confirm(context, question)) return;
  throw new SatchelError('usage', 'nothing was wiped', { hint: 'answer "y" to wipe it' });
}
