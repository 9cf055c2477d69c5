// The card that an author goes out with (spec/card.md, "Serials", "Rotation").
import { renewCard } from '../../identity/create.js';
import { isCardTied } from '../../identity/own-cards.js';
import { isBoundAnew } from '../../identity/own-devices.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import type { Repository } from '../../repository/repository.js';
import type { Author } from './own-log.js';
import { isCardBehind, withNewRecipient } from './rotation.js';

/**
 * The author with a new card where its key was due, where another card of its device had the serial of the present one,
 * or where the recovery words were used here since.
 * Only under the lock.
 */
export async function withOwnCard(repository: Repository, given: Author): Promise<Author> {
  const { directory, world } = repository;
  const author = await withNewRecipient(repository, given);
  if (!isCardTied(author.self) && !isBoundAnew(directory, author.self) && !(await isCardBehind(author))) return author;
  const self = await renewCard(directory, author.secrets, { now: world.now() });
  return { ...author, self, card: storedCardBytes(self.card) };
}
