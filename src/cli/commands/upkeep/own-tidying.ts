// Garbage collection after a command that wrote something and has reported it (spec/repository.md, "Garbage collection").
import { mayPay } from '../../../repository/gc/units.js';
import type { Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';

/** Tidies up if much has gathered, unless the user does that himself. */
export async function tidy(context: Context, session: Session): Promise<void> {
  context.stdout.flush();
  const config = await context.config();
  if (!config['gc.auto'] || !mayPay(session.repository)) return;
  const { tidyIfDue } = await import('../../../sync/maintain.js');
  await tidyIfDue(session);
}
