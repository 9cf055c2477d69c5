// Garbage collection after a command that wrote something and has reported it (spec/repository.md, "Garbage collection").
import type { Session } from '../sync/session.js';
import { isTidyingDue } from '../sync/tidying-due.js';
import type { Context } from './context.js';

/** Tidies up if much has gathered, unless the user does that himself. */
export async function tidy(context: Context, session: Session): Promise<void> {
  context.stdout.flush();
  const config = await context.config();
  if (!config['gc.auto'] || !isTidyingDue(session.repository)) return;
  const { tidyIfDue } = await import('../sync/maintain.js');
  await tidyIfDue(session);
}
