// People known only by what bundles brought: by a card that came along, or as the author of a log that is held here.
import { SatchelError } from '../../format/error.js';
import { type PersonId, shortId } from '../../format/ids.js';
import { formatCard } from '../../identity/card-text.js';
import { nameKey } from '../../identity/names.js';
import { decidedRelation } from '../../identity/relations.js';
import { nameOnCard } from '../../identity/stored-card.js';
import { placementOf } from '../../repository/placement.js';
import type { Session } from '../session.js';
import { readAcquaintances } from './acquaintances.js';

/** Somebody who is no contact, with a card that would make it one. */
export interface Stranger {
  readonly person: PersonId;
  /** Self-chosen: anybody may call itself anything. */
  readonly name: string;
  /** The card's text. */
  readonly card: string;
}

/** Everybody whose card is here and who is neither a contact nor ourselves; there may be very many. */
export function* strangersOf(session: Session): Generator<Stranger> {
  const { repository } = session;
  const isStranger = (person: PersonId): boolean => decidedRelation(session, person) === undefined;
  const remembered = readAcquaintances(repository).filter(({ person }) => isStranger(person));
  yield* remembered;
  const found = new Set(remembered.map(({ person }) => person));
  for (const { log, person } of repository.logs()) {
    if (!person || found.has(person) || !isStranger(person)) continue;
    const placement = placementOf(repository, log);
    if (!placement) continue;
    const card = formatCard({ bytes: placement.card });
    found.add(person);
    yield { person, name: nameOnCard(placement.card), card };
  }
}

/**
 * The one stranger who calls itself so (letter case aside), or whose person id begins with these hex digits, at least
 * 4; undefined when there is none.
 * @throws SatchelError `ambiguous` with the candidates
 */
export function findStranger(strangers: Iterable<Stranger>, wanted: string): Stranger | undefined {
  const key = nameKey(wanted.trim());
  const digits = ID_PREFIX.test(key) ? key : undefined;
  const isMeant = ({ name, person }: Stranger): boolean =>
    nameKey(name) === key || (digits !== undefined && person.startsWith(digits));
  const found = [...strangers].filter(isMeant);
  if (found.length <= 1) return found[0];
  const listed = found.map(({ name, person }) => `${name} (${shortId(person)})`).join(', ');
  throw new SatchelError('ambiguous', `"${wanted}" could be ${listed}`, { hint: 'give the digits of the id instead' });
}

const ID_PREFIX = /^[0-9a-f]{4,64}$/;
