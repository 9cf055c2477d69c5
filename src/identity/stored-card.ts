// Cards out of our own files: they were verified before they were stored, and two signatures each time would be most
// of what a list of contacts costs.
import { NAME_MAX } from '../format/limits.js';
import { cardNameBytes } from './card.js';
import { CARD_PREFIX } from './card-text.js';

/** The bytes of a stored card's text. */
export function storedCardBytes(text: string): Buffer {
  return Buffer.from(text.slice(CARD_PREFIX.length), 'base64url');
}

/** The name on a card's bytes. */
export function nameOnCard(bytes: Buffer): string {
  return cardNameBytes(bytes).toString('utf8', 0, NAME_MAX);
}

/** The name that the person of a stored card's text chose for itself. */
export function storedCardName(text: string): string {
  return nameOnCard(storedCardBytes(text));
}
