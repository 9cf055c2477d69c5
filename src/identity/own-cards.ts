// Cards of this device that others bring: a clone of it made them, or it did itself before it was lost and restored
// (spec/card.md, "Serials").
import { type Card, decodeCard } from './card.js';
import { formatCard } from './card-text.js';
import { readSelf, type Self, writeSelf } from './self.js';
import { storedCardBytes } from './stored-card.js';

/** Notes what is news among cards of this device; see {@link newlySeen}. Only under the repository's lock. */
export function noteOwnCards(directory: string, cards: readonly Card[]): void {
  const self = readSelf(directory);
  const cardSeen = newlySeen(self, cards);
  if (cardSeen !== undefined) writeSelf(directory, { ...self, cardSeen });
}

/**
 * The highest serial among cards of this device that are not its present one, if the next card would have to be above it and
 * that is not known yet.
 */
export function newlySeen(self: Self, cards: readonly Card[]): number | undefined {
  const others = cards.filter((card) => card.device === self.device && formatCard(card) !== self.card);
  if (others.length === 0) return undefined;
  const seen = Math.max(...others.map(({ serial }) => serial));
  return seen >= serialOf(self) && seen > (self.cardSeen ?? 0) ? seen : undefined;
}

/** Whether another card of this device has the serial of its present one: which of them counts is chance until there is a new one. */
export function isCardTied(self: Self): boolean {
  return self.cardSeen !== undefined && self.cardSeen === serialOf(self);
}

function serialOf({ card }: Self): number {
  return decodeCard(storedCardBytes(card)).serial;
}
