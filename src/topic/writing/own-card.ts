// The card that an author goes out with (spec/card.md, "Serials").
import { renewCard } from '../../identity/create.js';
import { isCardTied } from '../../identity/own-cards.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import type { Repository } from '../../repository/repository.js';
import type { Author } from './own-log.js';

/** The author with a new card where another card of its device had the serial of the present one. Only under the lock. */
export async function withOwnCard({ directory, world }: Repository, author: Author): Promise<Author> {
  if (!isCardTied(author.self)) return author;
  const self = await renewCard(directory, author.secrets, { now: world.now() });
  return { ...author, self, card: storedCardBytes(self.card) };
}
