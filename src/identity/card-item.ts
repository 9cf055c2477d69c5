// A card as an item of another map: of a letter, or a welcome (spec/card.md).
import { asBytes, type Cbor } from '../format/cbor/cbor.js';
import { SatchelError } from '../format/error.js';
import { type Card, decodeCard } from './card.js';

/** The card in an item; `refuse` makes the refusal of what it is in. @throws SatchelError that refusal, when it is none */
export function cardIn(value: Cbor | undefined, refuse: (problem: string, cause?: unknown) => SatchelError): Card {
  const bytes = asBytes(value);
  if (!bytes) throw refuse('has no card');
  try {
    return decodeCard(bytes);
  } catch (cause) {
    if (!(cause instanceof SatchelError)) throw cause;
    throw refuse('has a card that is none', cause);
  }
}
