// Which own key others seal to: the newest on a card that they know, which may be an old one (spec/card.md, "Rotation").
import type { Manifest } from '../../format/bundle/manifest.js';
import type { PersonId } from '../../format/ids.js';
import { cardRecipientBytes } from '../../identity/card.js';
import { noteSealed, readSealedTo, readUses } from '../../identity/recipient-uses.js';
import { contactsOf, devicesOf } from '../../identity/relations.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import type { Session } from '../session.js';

/** An own key that was replaced. */
export interface OldKey {
  /** When a card with it was first sent, ms; null where that was not noted. */
  readonly sent: number | null;
}

/** Notes to which of our keys the maker of a sealed bundle sealed it, if it is a contact's device. Only under the lock. */
export function noteSealedTo(session: Session, { key, created }: Manifest, recipient: string | undefined): void {
  if (recipient === undefined) return;
  const isContacts = contactsOf(session).some(({ person }) => devicesOf(session, person).includes(key));
  if (isContacts) noteSealed(session.repository.directory, { device: key, recipient, made: created });
}

/**
 * The replaced key that a contact sealed its newest file to; undefined where it was the present one, or the file is older than
 * the first bundle with that.
 */
export function oldKeyOf(session: Session, person: PersonId): OldKey | undefined {
  const { directory } = session.repository;
  const devices = devicesOf(session, person);
  const by = readSealedTo(directory).filter(({ device }) => devices.includes(device));
  const [last] = [...by].sort((a, b) => b.made - a.made);
  const present = cardRecipientBytes(storedCardBytes(session.self.card)).toString('hex');
  const uses = readUses(directory);
  const { published = Number.POSITIVE_INFINITY } = uses.get(present) ?? {};
  if (!last || last.recipient === present || last.made <= published) return undefined;
  return { sent: uses.get(last.recipient)?.published ?? null };
}
