// The keys that files are sealed to: the newest one known of each device (spec/card.md, "Recipient").
import type { PersonId } from '../format/ids.js';
import { cardRecipientBytes } from './card.js';
import { cardsOf, type WithOwnCard } from './relations.js';
import { storedCardBytes } from './stored-card.js';
import { X25519Identity } from './x25519.js';

/** The newest known key of each of a person's devices, 32 bytes; none of whom nothing was decided about. */
export function recipientsOf(around: WithOwnCard, person: PersonId): Buffer[] {
  return cardsOf(around, person).map((card) => cardRecipientBytes(storedCardBytes(card)));
}

/** Whether anything can be sealed to a key: to a point of small order it cannot, and anybody may have that on its card. */
export function canSealTo(recipient: Buffer): boolean {
  return ANYBODY.agree(recipient) !== undefined;
}

/** Whose key it is makes no difference to that. */
const ANYBODY = new X25519Identity(Buffer.alloc(32, 1));
