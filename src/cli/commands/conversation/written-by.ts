// Whose messages are wanted (spec/cli.md, "read").
import type { PersonId } from '../../../format/ids.js';
import { findContact } from '../../../identity/contact-lookup.js';
import type { Session } from '../../../sync/session.js';

/**
 * The person of that name, `me` being the user; undefined where nobody is named.
 * @throws SatchelError `not-found`, `ambiguous`
 */
export function authorNamed({ contacts, self }: Session, name: string | undefined): PersonId | undefined {
  if (name === undefined) return undefined;
  return name === 'me' || name === self.name ? self.person : findContact(contacts, name).person;
}
