// satchel drive forget: forgets what is known of a drive, which may be lost or given away (spec/cli.md, "Drives").

import { forgetDrive } from '../../../sync/drive/forget.js';
import { findDrive } from '../../../sync/drive/known.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';

/** Forgets it; nothing on the drive changes, and the next visit is like a first one. */
export async function run(context: Context, { drive }: Args<'drive forget'>): Promise<void> {
  const repository = await context.repository();
  const { id, label } = findDrive(repository.layout, drive);
  repository.locked(() => forgetDrive(repository, id));
  if (context.json) return context.printJson({ drive: id, label, forgotten: true });
  context.print(`${escapeLine(label)} is forgotten; what lies on it is not touched`);
}
