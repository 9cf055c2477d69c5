// Removing what interrupted visits left on a drive (spec/drive.md, "A visit").

import type { Session } from '../session.js';
import { draftStem } from './add.js';
import { type Drive, PEOPLE } from './drive.js';

/** A partial file of somebody else is taken for abandoned after this long. */
const ABANDONED_MS = 3_600_000;

/** Removes our own at once, since no other visit of ours is going on, and others' when old; true when there was any. */
export function clearPartials(session: Session, { medium }: Drive): boolean {
  const leftovers = { own: draftStem(session), before: session.repository.world.now() - ABANDONED_MS };
  return [undefined, PEOPLE].map((folder) => medium.clear(leftovers, folder)).includes(true);
}
