// What a first visit needs besides a stick: a repository, and a drive. Where somebody can be asked, each is made on the way
// (spec/cli.md, "Asking").
import path from 'node:path';
import { disk } from '../../../repository/disk.js';
import { layoutOf } from '../../../repository/layout.js';
import { createDrive, tryOpenDrive } from '../../../sync/drive/drive.js';
import { readMemory } from '../../../sync/drive/memory.js';
import type { Session } from '../../../sync/session.js';
import { isLabel } from '../../../topic/rendezvous.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import { escapeLine } from '../../terminal/escape.js';
import { foundPerson } from '../identity/init.js';
import { loginName } from '../identity/login-name.js';
import { statOf } from '../identity/new-file.js';

/** Makes the repository, if there is none and a name is given; whoever gives none is told the usual. */
export async function offerRepository(context: Context): Promise<void> {
  const { directory } = context;
  if (disk.exists(layoutOf(directory).format)) return;
  const usual = loginName();
  const offered = usual === undefined ? '' : ` [${escapeLine(usual)}]`;
  context.note(`There is no repository in ${escapeLine(directory)} yet; one is made when you give a name.`);
  const typed = await context.ask(`Your name, as others will see it${offered}: `);
  const name = typed === undefined ? undefined : typed.trim() || usual;
  if (name === undefined) return;
  const self = await foundPerson(context, directory, { name, passphrase: undefined });
  context.print(`created ${escapeLine(path.join(directory, '.satchel'))}; your name is ${escapeLine(self.name)}`);
}

/** Makes a drive of a directory that is none, if the user says yes. */
export async function offerDrive(context: Context, directory: string): Promise<void> {
  if (!statOf(directory)?.isDirectory() || tryOpenDrive(directory)) return;
  if (!(await confirm(context, `${escapeLine(directory)} is no satchel drive yet. Make it one?`))) return;
  const name = path.basename(path.resolve(directory));
  const { world } = context;
  createDrive(directory, { label: isLabel(name) ? name : 'satchel', random: world.random, now: world.now() });
}

/**
 * Whether the user goes by the marker of a drive that was never met and says that it is open: it may be a finder's word.
 * @throws SatchelError `newer-version`, `io`
 */
export async function agreesToOpen(context: Context, { repository }: Session, directory: string): Promise<boolean> {
  const drive = statOf(directory)?.isDirectory() ? tryOpenDrive(directory) : undefined;
  if (!drive?.isOpen || readMemory(repository.layout, drive.id)) return false;
  const label = escapeLine(drive.label);
  context.note(`"${label}" says that nothing on it is sealed: whoever finds it could read what you add.`);
  return confirm(context, 'Add it in the open, from now on?');
}
