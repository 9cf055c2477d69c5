// Cards of people that a bundle brings: of the one who made it and of the authors (spec/bundle.md, "Import").

import type { Manifest } from '../../format/bundle/manifest.js';
import { SatchelError } from '../../format/error.js';
import type { DeviceKey } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { parseCards } from '../../identity/card-text.js';
import type { VerifiedIntroduction } from '../../topic/message/interpret.js';

/** One card a device, the newest; to be offered to the user, never accepted. */
export function cardsOf(manifest: Manifest | undefined, introductions: Iterable<VerifiedIntroduction>): Card[] {
  const cards = new Map<DeviceKey, Card>();
  const offer = (card: Card): void => {
    const known = cards.get(card.device);
    if (!known || known.serial < card.serial) cards.set(card.device, card);
  };
  for (const { author } of introductions) offer(author);
  if (manifest) for (const card of makerCard(manifest)) offer(card);
  return [...cards.values()];
}

/** The maker's card, if it is the card of the device that signed. */
export function makerCard(manifest: Manifest): Card[] {
  if (!manifest.card) return [];
  try {
    return parseCards(Buffer.from(manifest.card)).filter((card) => card.device === manifest.key);
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}
