// The people a drive serves: one small file with a card each (spec/drive.md, "People").

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { formatCard, parseCards } from '../../identity/card-text.js';
import { disk } from '../../repository/disk.js';
import { isMissing, makeDirectory, onDisk } from '../../repository/files.js';
import { type Drive, peopleFolder, readSmall } from './drive.js';
import { placeFile, removeFile } from './place.js';

const CARD_FILE_MAX = 1_024;
/** So many people are looked at; a drive with more was made to tire its visitors. */
const PEOPLE_MAX = 4_096;

/**
 * Cards on the drive, one a person; files that are no card of their name's person are passed over. The people in `first`
 * are looked for before all others: however many cards somebody puts there, they are not lost among them.
 */
export function readPeople(drive: Drive, first: Iterable<PersonId>): Card[] {
  const names = namesIn(peopleFolder(drive)).filter((name) => /^[0-9a-f]{64}\.card$/i.test(name));
  const early = new Set([...first].map((person) => `${person}.card`));
  const [wanted, others]: string[][] = [[], []];
  for (const name of names.sort()) (early.has(name.toLowerCase()) ? wanted : others)?.push(name);
  const looked = [...(wanted ?? []), ...(others ?? []).slice(0, PEOPLE_MAX)];
  return looked.sort().flatMap((name) => cardIn(path.join(peopleFolder(drive), name), name));
}

/**
 * Lists a person, or brings the listed card up to date; false when it was there already, or when something is in its place
 * that is no file: then all else goes on.
 */
export function listPerson(drive: Drive, card: Card): boolean {
  const file = personFile(drive, card.person);
  const [listed] = cardIn(file, path.basename(file));
  if (listed && listed.serial >= card.serial) return false;
  if (!isFree(peopleFolder(drive), 'directory') || !isFree(file, 'file')) return false;
  makeDirectory(peopleFolder(drive));
  placeFile(file, Buffer.from(`${formatCard(card)}\n`));
  return true;
}

/** Takes a person off the drive: what only that person lacks may be tidied away. */
export function unlistPerson(drive: Drive, person: PersonId): void {
  if (isFree(peopleFolder(drive), 'directory')) removeFile(personFile(drive, person));
}

function personFile(drive: Drive, person: PersonId): string {
  return path.join(peopleFolder(drive), `${person}.card`);
}

function cardIn(file: string, name: string): Card[] {
  const bytes = readSmall(file, CARD_FILE_MAX);
  if (!bytes) return [];
  try {
    return parseCards(bytes).filter((card) => name.toLowerCase() === `${card.person}.card`);
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}

/** Whether nothing is there, or what is to be: a link on a drive leads anywhere. */
function isFree(place: string, kind: 'file' | 'directory'): boolean {
  const stat = onDisk(`looking at ${place}`, () => disk.statLink(place));
  return !stat || (kind === 'file' ? stat.isFile() : stat.isDirectory());
}

function namesIn(directory: string): string[] {
  try {
    return isFree(directory, 'directory') ? disk.names(directory) : [];
  } catch (error) {
    if (isMissing(error)) return [];
    return onDisk(`reading ${directory}`, () => {
      throw error;
    });
  }
}
