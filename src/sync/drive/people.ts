// The people a drive serves: one small file with a card each (spec/drive.md, "People").
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { formatCard, parseCards } from '../../identity/card-text.js';
import { isMissing, onDisk } from '../../repository/files.js';
import { type Drive, peopleFolder, readSmall } from './drive.js';
import { placeFile, removeFile } from './place.js';

const CARD_FILE_MAX = 1_024;
/** So many people are looked at; a drive with more was made to tire its visitors. */
const PEOPLE_MAX = 4_096;

/** Cards on the drive, one a person, by person id; files that are no card of their name's person are passed over. */
export function readPeople(drive: Drive): Card[] {
  const names = namesIn(peopleFolder(drive)).filter((name) => /^[0-9a-f]{64}\.card$/i.test(name));
  return names
    .sort()
    .slice(0, PEOPLE_MAX)
    .flatMap((name) => cardIn(path.join(peopleFolder(drive), name), name));
}

/** Lists a person, or brings the listed card up to date; false when it was there already. */
export function listPerson(drive: Drive, card: Card): boolean {
  const file = personFile(drive, card.person);
  const [listed] = cardIn(file, path.basename(file));
  if (listed && listed.serial >= card.serial) return false;
  onDisk(`creating ${peopleFolder(drive)}`, () => fs.mkdirSync(peopleFolder(drive), { recursive: true }));
  placeFile(file, Buffer.from(`${formatCard(card)}\n`));
  return true;
}

/** Takes a person off the drive: what only that person lacks may be tidied away. */
export function unlistPerson(drive: Drive, person: PersonId): void {
  removeFile(personFile(drive, person));
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

function namesIn(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    return onDisk(`reading ${directory}`, () => {
      throw error;
    });
  }
}
