// The people a drive serves: one small file with a card each (spec/drive.md, "People").

import { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { countsOver } from '../../identity/card-serial.js';
import { formatCard, parseCards } from '../../identity/card-text.js';
import { type Drive, PEOPLE } from './drive.js';
import { placeSmall, readSmall } from './small-file.js';

const CARD_FILE_MAX = 1_024;
/** So many people are looked at; a drive with more was made to tire its visitors. */
const PEOPLE_MAX = 4_096;

/**
 * Cards on the drive, one a person; files that are no card of their name's person are passed over. The people in `first`
 * are looked for before all others: however many cards somebody puts there, they are not lost among them.
 */
export function readPeople(drive: Drive, first: Iterable<PersonId>): Card[] {
  const names = drive.medium.names(PEOPLE).filter((name) => /^[0-9a-f]{64}\.card$/i.test(name));
  const early = new Set([...first].map(nameOf));
  const [wanted, others]: string[][] = [[], []];
  for (const name of names.sort()) (early.has(name.toLowerCase()) ? wanted : others)?.push(name);
  const looked = [...(wanted ?? []), ...(others ?? []).slice(0, PEOPLE_MAX)];
  return looked.sort().flatMap((name) => cardIn(drive, name));
}

/**
 * Lists a person, or brings the listed card up to date; false when it was there already, or when something is in its place
 * that is no file: then all else goes on.
 */
export function listPerson(drive: Drive, card: Card): boolean {
  const [listed] = cardIn(drive, nameOf(card.person));
  if (listed && !countsOver(card, { serial: listed.serial, card: formatCard(listed) })) return false;
  const place = placeOfCard(card.person);
  if (!drive.medium.isFree(place)) return false;
  placeSmall(drive.medium, place, Buffer.from(`${formatCard(card)}\n`));
  return true;
}

/** Takes a person off the drive, durably: what only that person lacks may be tidied away. */
export function unlistPerson({ medium }: Drive, person: PersonId): void {
  medium.remove(placeOfCard(person));
  medium.settle(PEOPLE);
}

/** Name of the file with a person's card. */
export function placeOfCard(person: PersonId): string {
  return placeOf(nameOf(person));
}

function nameOf(person: PersonId): string {
  return `${person}.card`;
}

function placeOf(name: string): string {
  return `${PEOPLE}/${name}`;
}

function cardIn({ medium }: Drive, name: string): Card[] {
  const bytes = readSmall(medium, placeOf(name), CARD_FILE_MAX);
  if (!bytes) return [];
  try {
    return parseCards(bytes).filter((card) => name.toLowerCase() === `${card.person}.card`);
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}
