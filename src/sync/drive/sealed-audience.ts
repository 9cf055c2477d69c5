// Which devices a sealed file on a drive is for (spec/drive.md, "Sealed files"): those of the persons whom its maker names, and
// all of the maker's own.
import type { PersonId } from '../../format/ids.js';
import { decidedOwner } from '../../identity/relations.js';
import { type Recipient, recipientsOf } from '../known/recipients.js';
import type { Session } from '../session.js';
import type { SeenFile } from './memory.js';

/** Whom a sealed file is for, but for those who were taken off the drive. */
export function personsIn(session: Session, file: SeenFile, isDropped: (person: PersonId) => boolean): PersonId[] {
  const maker = decidedOwner(session, file.by);
  const persons = new Set([...(file.for ?? []), ...(maker ? [maker] : [])]);
  return [...persons].filter((person) => person === session.self.person || !isDropped(person));
}

/** Every other device of a person; of one about whom nothing was decided, that of the card given; undefined without any. */
export function devicesOrCard(
  session: Session,
  person: PersonId,
  cards: readonly Recipient[],
): readonly Recipient[] | undefined {
  const known = recipientsOf(session, person);
  if (known.length > 0 || person === session.self.person) return known;
  const listed = cards.filter((card) => card.person === person);
  return listed.length > 0 ? listed : undefined;
}
