// People about whom the user decided nothing yet, and whose cards are here: as long as that is so they are told of, since only
// a word of the user lets them get something, or be heard (spec/cli.md, "status").
import type { PersonId } from '../../format/ids.js';
import { decidedRelation } from '../../identity/relations.js';
import { readAcquaintances } from '../known/acquaintances.js';
import { sharedTopics } from '../known/audience.js';
import type { Session } from '../session.js';
import { readMemory, rememberedDrives } from './memory.js';

/** Somebody whose card came. */
export interface Newcomer {
  readonly person: PersonId;
  /** Self-chosen. */
  readonly name: string;
  /** Labels of the drives that it was listed on at the last visit. */
  readonly drives: readonly string[];
}

/**
 * Them: first who was listed on a drive, by name; no drive is looked at. Whoever writes in a joined topic, and is met nowhere
 * else, is heard as it is.
 */
export function newcomersTo(session: Session): Newcomer[] {
  const listed = listedOnDrives(session);
  const met = readAcquaintances(session.repository).filter(
    ({ person }) => decidedRelation(session, person) === undefined,
  );
  const isHeard = (person: PersonId): boolean => !listed.has(person) && sharedTopics(session, person).length > 0;
  const found = met.flatMap(({ person, name }) =>
    isHeard(person) ? [] : { person, name, drives: listed.get(person) ?? [] },
  );
  const rank = ({ drives, name, person }: Newcomer): string => `${drives.length > 0 ? 0 : 1} ${name} ${person}`;
  return found.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function listedOnDrives({ repository: { layout } }: Session): ReadonlyMap<PersonId, readonly string[]> {
  const drives = new Map<PersonId, readonly string[]>();
  for (const id of rememberedDrives(layout)) {
    const { label, listed = {} } = readMemory(layout, id) ?? {};
    if (label === undefined) continue;
    for (const person of Object.keys(listed) as PersonId[]) drives.set(person, [...(drives.get(person) ?? []), label]);
  }
  return drives;
}
