// Cards as users give them: files, directories, patterns, "-", pasted text, or the name of somebody whose card a bundle
// brought (spec/cli.md, "Identity and contacts").

import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { CARDS_MAX } from '../../../format/limits.js';
import { type Card, verifyCard } from '../../../identity/card.js';
import { CARD_PREFIX, formatCard, isCutOffCard, parseCards, tooMany } from '../../../identity/card-text.js';
import { findContact } from '../../../identity/contact-lookup.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { tryOpenDrive } from '../../../sync/drive/drive.js';
import { readPeople } from '../../../sync/drive/people.js';
import { openFile } from '../../../sync/import/source.js';
import { findStranger, strangersOf } from '../../../sync/known/strangers.js';
import type { Session } from '../../../sync/session.js';
import { readInput } from '../../terminal/input.js';

/** Cards from one place, or why there are none. */
export interface CardSource {
  /** A file's path, or `-`, `pasted text`, or a name. */
  readonly source: string;
  readonly cards: readonly Card[];
  readonly error?: SatchelError;
}

/** Whatever the arguments of `contact add` lead to, each card verified as one that may be accepted. */
export async function readCardSources(words: readonly string[], session: Session): Promise<CardSource[]> {
  const found: CardSource[] = [];
  const room = { left: CARDS_MAX };
  for (const word of withBrokenCards(words)) {
    for (const place of await attempt(word, () => placesOf(word, session, room))) found.push(place);
  }
  return found;
}

/** A card that a mail program broke into lines reaches an unquoted command line as several words: they are one again. */
function withBrokenCards(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (const word of words) {
    const last = whole.at(-1);
    const isRest = last !== undefined && isBrokenCard(last) && /^[A-Za-z0-9_-]+$/.test(word) && !disk.exists(word);
    if (isRest) whole[whole.length - 1] = last + word;
    else whole.push(word);
  }
  return whole;
}

function isBrokenCard(word: string): boolean {
  return !disk.exists(word) && isCutOffCard(word);
}

type Place = { readonly source: string; readonly bytes: () => Buffer };

/** How many cards may still come: to judge one takes milliseconds, and a directory has any number of them. */
type Room = { left: number };

async function placesOf(word: string, session: Session, room: Room): Promise<CardSource[]> {
  const places = isPasted(word) ? [pasted(word)] : word === '-' ? [standardInput()] : filesOf(word);
  const sources: CardSource[] = [];
  for (const { source, bytes } of places ?? [named(word, session)]) {
    sources.push(...(await attempt(source, async () => [{ source, cards: readCards(bytes(), room) }])));
  }
  return sources;
}

async function attempt(source: string, work: () => Promise<CardSource[]>): Promise<CardSource[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SatchelError) return [{ source, cards: [], error: withSource(source, error) }];
    throw error;
  }
}

/** Of several cards it must be clear which one is bad. */
function withSource(source: string, error: SatchelError): SatchelError {
  if (error.code !== 'bad-card' || error.message.includes(source)) return error;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return new SatchelError(error.code, `${source}: ${error.message}`, { cause: error, ...hint });
}

function readCards(bytes: Buffer, room: Room): Card[] {
  const cards = room.left > 0 ? parseCards(bytes) : [];
  if (cards.length === 0 || cards.length > room.left) throw tooMany();
  room.left -= cards.length;
  for (const card of cards) {
    if (!verifyCard(card)) throw new SatchelError('bad-card', 'a card has a key that is not sound');
  }
  return cards;
}

function isPasted(word: string): boolean {
  return word.includes(CARD_PREFIX) && !disk.exists(word);
}

function pasted(word: string): Place {
  return { source: 'pasted text', bytes: () => Buffer.from(word) };
}

function standardInput(): Place {
  return { source: '-', bytes: () => readInput(TEXT_MAX) };
}

/** The files that a word names, or undefined when it is no path. */
function filesOf(word: string): Place[] | undefined {
  const stat = onDisk(`reading ${word}`, () => disk.statLink(word));
  const isPath = /[/\\]|^\.\.?$|\.(?:card|txt|satchel)$/i.test(word);
  if (stat?.isDirectory()) {
    const files = matching(word, '*.card');
    const drive = tryOpenDrive(word);
    if (drive) return [...readPeople(drive, []).map((card) => cardOn(word, card)), ...files.map(fileAt)];
    // A directory that happens to be called like somebody.
    if (files.length === 0 && isPath) throw noCards(word);
    return files.length === 0 ? undefined : files.map(fileAt);
  }
  if (stat) return [fileAt(word)];
  // Windows' own shells leave patterns to the program.
  const files = /[*?]/.test(path.basename(word)) ? matching(path.dirname(word), path.basename(word)) : [];
  if (files.length > 0) return files.map(fileAt);
  return isPath ? [fileAt(word)] : undefined;
}

function cardOn(directory: string, card: Card): Place {
  return { source: `${directory}: ${card.name}`, bytes: () => Buffer.from(formatCard(card)) };
}

function noCards(directory: string): SatchelError {
  return new SatchelError('not-found', `no card in ${directory}`, { hint: 'cards in a directory are named *.card' });
}

function fileAt(file: string): Place {
  return { source: file, bytes: () => readFile(file) };
}

function readFile(file: string): Buffer {
  const source = openFile(file);
  try {
    if (source.size <= TEXT_MAX) return source.read(0, source.size);
    const hint = 'a bundle is taken with "satchel import"';
    throw new SatchelError('bad-card', `${file} is too large to be a card: ${source.size} bytes`, { hint });
  } finally {
    source.close();
  }
}

function matching(directory: string, pattern: string): string[] {
  const expression = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  );
  const isThere = disk.exists(directory);
  const names = isThere ? onDisk(`reading ${directory}`, () => disk.names(directory)) : [];
  return names
    .filter((name) => expression.test(name))
    .sort()
    .map((name) => path.join(directory, name));
}

/** The card of a stranger, or of a contact that was given again. */
function named(word: string, session: Session): Place {
  const stranger = findStranger(strangersOf(session), word);
  const card = stranger?.card ?? knownCard(word, session);
  return { source: word, bytes: () => Buffer.from(card) };
}

function knownCard(word: string, session: Session): string {
  try {
    return findContact(session.contacts, word).card;
  } catch (cause) {
    if (!(cause instanceof SatchelError) || cause.code !== 'not-found') throw cause;
    throw new SatchelError('not-found', `"${word}" is no file, no card, and nobody whose card arrived`, {
      cause,
      hint: 'give the file with the card, or paste the card; "satchel contact list" shows who can be added by name',
    });
  }
}

const TEXT_MAX = 1_048_576;
