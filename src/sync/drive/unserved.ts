// Who is listed on a drive and gets nothing there, because what is added is sealed (spec/drive.md, "Sealed files").
import type { PersonId } from '../../format/ids.js';
import { sealsFor } from '../export/seal.js';
import { isStranger } from '../known/audience.js';
import { isContact, type Session } from '../session.js';

/** Why: it is no contact; its program has not shown that it reads sealed files; its card has a key that nothing can be sealed to. */
export type Unserved = 'stranger' | 'unready' | 'unsealable';

/** Of some people those for whom nothing sealed can be written. */
export function unservedBySealing(
  session: Session,
  people: readonly { readonly person: PersonId }[],
): ReadonlyMap<PersonId, Unserved> {
  const persons = people.map(({ person }) => person);
  const { unready, unsealable } = sealsFor(
    session,
    persons.filter((person) => isContact(session, person)),
  );
  const strangers = persons.filter((person) => isStranger(session, person));
  const whyOf = (some: readonly PersonId[], why: Unserved) => some.map((person) => [person, why] as const);
  return new Map([...whyOf(strangers, 'stranger'), ...whyOf(unready, 'unready'), ...whyOf(unsealable, 'unsealable')]);
}
