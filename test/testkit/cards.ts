// Decoded cards for tests of what is done with them; their bytes are made without the encoder under test.
import { type Card, decodeCard } from '../../src/identity/card.js';
import { card, wirePerson } from './wire-card.js';

/** A card of the person that grows from `label`, who calls itself `name`. Signatures must be prepared. */
export function cardOf(label: string, { name = label, serial = 1 }: { name?: string; serial?: number } = {}): Card {
  return decodeCard(card(wirePerson(label), { name, serial }));
}
