// The people a drive serves: one small file with a card for each of their devices (spec/drive.md, "People").

import { SatchelError } from '../../format/error.js';
import type { DeviceKey, PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { countsOver } from '../../identity/card-serial.js';
import { formatCard, parseCards } from '../../identity/card-text.js';
import { devicesOf } from '../../identity/relations.js';
import type { Session } from '../session.js';
import { type Drive, PEOPLE } from './drive.js';
import { placeSmall, readSmall } from './small-file.js';

const CARD_FILE_MAX = 1_024;
/** So many people are looked at; a drive with more was made to tire its visitors. */
const PEOPLE_MAX = 4_096;

/**
 * Cards on the drive, one a device; files that are no card of what they are named after are passed over. The people and devices in `first`
 * are looked for before all others: however many cards somebody puts there, they are not lost among them.
 */
export function readPeople(drive: Drive, first: Iterable<PersonId | DeviceKey>): Card[] {
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
  const [listed] = cardIn(drive, ownNameOf(card));
  if (listed && !countsOver(card, { serial: listed.serial, card: formatCard(listed) })) return false;
  const place = placeOfCard(card);
  if (!drive.medium.isFree(place)) return false;
  placeSmall(drive.medium, place, Buffer.from(`${formatCard(card)}\n`));
  return true;
}

/** Takes the cards of a person off the drive, durably: what only that person lacks may be tidied away. */
export function unlistPerson(drive: Drive, cards: readonly Card[]): void {
  for (const card of cards) drive.medium.remove(placeOfCard(card));
  drive.medium.settle(PEOPLE);
}

function nameOf(id: PersonId | DeviceKey): string {
  return `${id}.card`;
}

/** A founding device's card is named after the person, which is how version 0.1 finds it; another one's after the device. */
function ownNameOf({ kind, person, device }: Card): string {
  return nameOf(kind === 0 ? person : device);
}

/** What cards of those decided about are named after: they are looked for before all others. */
export function cardNamesOf(session: Session): (PersonId | DeviceKey)[] {
  const people = [session.self.person, ...session.contacts.keys()];
  return people.flatMap((person) => [person, ...devicesOf(session, person)]);
}

/** Of several cards of a person the first. */
export function onePerPerson(cards: readonly Card[]): Card[] {
  return cards.filter(({ person }, at) => cards.findIndex((one) => one.person === person) === at);
}

/** Name of the file with that card. */
export function placeOfCard(card: Card): string {
  return placeOf(ownNameOf(card));
}

function placeOf(name: string): string {
  return `${PEOPLE}/${name}`;
}

function cardIn({ medium }: Drive, name: string): Card[] {
  const bytes = readSmall(medium, placeOf(name), CARD_FILE_MAX);
  if (!bytes) return [];
  try {
    return parseCards(bytes).filter((card) => name.toLowerCase() === ownNameOf(card));
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}
