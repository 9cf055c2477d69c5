// People whose cards a bundle brought and who are no contacts: remembered, so that one word accepts them
// (spec/repository.md, "Journal").
import type { PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { countsOver } from '../../identity/card-serial.js';
import { formatCard, parseCards } from '../../identity/card-text.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';

/** So many are remembered, the newest. */
const REMEMBERED_MAX = 1_000;

/** A card that came along with some bundle. */
export interface Acquaintance {
  readonly person: PersonId;
  /** Self-chosen. */
  readonly name: string;
  /** The card's text. */
  readonly card: string;
}

/** Everybody remembered, the newest last. */
export function readAcquaintances({ layout }: Repository): readonly Acquaintance[] {
  return readState(layout, 'acquaintances') ?? [];
}

/** Remembers the cards; one of a person, the newest. */
export function rememberCards(repository: Repository, cards: Iterable<Card>): void {
  const known = new Map(readAcquaintances(repository).map((one) => [one.person, one]));
  let changed = false;
  for (const card of cards) {
    const old = known.get(card.person);
    if (old && !isBetter(card, cardOf(old))) continue;
    known.delete(card.person);
    known.set(card.person, { person: card.person, name: card.name, card: formatCard(card) });
    changed = true;
  }
  if (changed) writeState(repository.layout, 'acquaintances', [...known.values()].slice(-REMEMBERED_MAX));
}

/** Of one device the newer card; of several the first one's, which stands for the person, and else the later generation's. */
function isBetter(card: Card, old: Card | undefined): boolean {
  if (!old) return true;
  if (card.device === old.device) return countsOver(card, { serial: old.serial, card: formatCard(old) });
  return (card.kind === 0 && old.kind !== 0) || (old.kind !== 0 && card.binding.generation > old.binding.generation);
}

function cardOf(acquaintance: Acquaintance): Card | undefined {
  return parseCards(Buffer.from(acquaintance.card))[0];
}
