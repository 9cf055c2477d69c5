// What somebody is called in a report: the petname, else the self-chosen name marked as such, else digits of the id.
import { type PersonId, shortId } from '../../format/ids.js';
import { namedDevice } from '../../identity/device-names.js';
import { acceptedContact } from '../../identity/relations.js';
import { cardNameOf } from '../../sync/known/person-lookup.js';
import type { TracedOne } from '../../sync/known/trace.js';
import type { Session } from '../../sync/session.js';
import type { People } from '../../topic/reading/people.js';
import { authorName } from './messages.js';

/** The name, harmless on a terminal once it is escaped. */
export function personName(session: Session, people: People, person: PersonId): string {
  const { repository, self } = session;
  if (person === self.person) return self.name;
  const contact = acceptedContact(session, person);
  if (contact) return contact.petname;
  const [log] = repository.logsOfPerson(person);
  if (log) return authorName(people.authorOf(log.log));
  const name = cardNameOf(session, person);
  return name === undefined ? shortId(person) : `~${name}`;
}

/** The same, and of an own other device what that is called; without `device` a person with all its devices is meant. */
export function tracedName(session: Session, people: People, { person, device }: TracedOne): string {
  if (device === undefined) return personName(session, people, person);
  const { label, isRemoved } = namedDevice(session, person, device);
  const name = label === undefined ? shortId(device) : `"${label}"`;
  return isRemoved ? `your removed device ${name}` : `your device ${name}`;
}
