// The notes of this repository on this host: found, compared with what is held, made, and written on (spec/repository.md,
// "Restored and copied repositories").

import path from 'node:path';
import type { LogEnd } from '../../format/log/segment-writer.js';
import { disk } from '../../repository/disk.js';
import { makeDirectory } from '../../repository/files.js';
import { givesBirthTimes, isSameBirth, readBirth } from '../../repository/notes/birth-time.js';
import {
  addToNote,
  createNote,
  type Note,
  type Noted,
  readNote,
  readOldNote,
} from '../../repository/notes/note-file.js';
import { isOurOwn } from '../../repository/notes/note-places.js';
import type { Repository } from '../../repository/repository.js';
import { fillFile } from '../../repository/store/fully.js';
import { type KnownNotes, readKnownNotes, writeKnownNotes } from './known-notes.js';
import type { Author } from './own-log.js';
import type { Missing } from './renewal.js';

/** What there is of notes. */
export interface OwnNotes {
  readonly known: KnownNotes;
  /** The name that the note has here, or would have. */
  readonly name: string;
  readonly note: Note | undefined;
  /** One of version 0.1, where there is none of today. */
  readonly old: ReadonlyMap<LogEnd['log'], Noted> | undefined;
  /** The second copy. */
  readonly copy: Note | undefined;
}

/** Looks for them. @throws SatchelError `io` when there is a note that cannot be read */
export function findNotes(repository: Repository, author: Author): OwnNotes {
  const known = readKnownNotes(repository.layout);
  const name = nameHere(author, known);
  const note = readNote(noteFile(author.stateDirectory, name));
  const old = note ? undefined : readOldNote(path.join(author.stateDirectory, author.self.epoch));
  return { known, name, note, old, copy: readCopy(author, name) };
}

/** Entries of own logs that are noted and not held, or not as they were noted: of each log from where to where. */
export function missingBy({ note, old, copy }: OwnNotes, repository: Repository, author: Author): Missing[] {
  return [...author.secrets.logs.keys()].flatMap((log) => {
    const held = repository.log(log) ?? { end: 0, id: undefined, topic: undefined };
    const noted = [note?.logs, old, copy?.logs].flatMap((logs) => logs?.get(log) ?? []);
    const end = Math.max(0, ...noted.map((one) => one.length));
    const differs = noted.some((one) => one.length === held.end && one.id !== held.id);
    if (end <= held.end && !differs) return [];
    return { log, topic: held.topic, from: differs ? held.end - 1 : held.end, end };
  });
}

/** Whether birth times say that the note or the repository is a copy of the one that was written to. */
export function isOtherFile({ known, name, note }: OwnNotes, repository: Repository, author: Author): boolean {
  const { layout, world } = repository;
  const file = noteFile(author.stateDirectory, name);
  const differs = (place: string, born: bigint | undefined, at: string): boolean => {
    if (born === undefined) return false;
    const birth = readBirth(place, world.fileTimes);
    // on another kernel the same disk may tell no birth times, and something else in their place
    return birth > 0n && !isSameBirth(birth, born) && givesBirthTimes(at, world.fileTimes);
  };
  if (!note) return false;
  const own = known.notes.find((one) => one.name === name);
  return differs(file, own?.birth, path.dirname(file)) || differs(layout.format, note.formatBirth, layout.tmp);
}

/** Makes what is missing of note, copy, and what the repository knows of them; where none can be written there is none. */
export function completeNotes(notes: OwnNotes, repository: Repository, author: Author): void {
  const { note, name, known } = notes;
  const isKnown = known.notes.some((one) => one.name === name);
  const isBegun = note !== undefined && (isKnown || note.logs.size > 0);
  if (!isBegun && !makeNote(name, repository, author)) return;
  if (!isBegun || !isKnown) rememberNote(name, repository, author);
  if (notes.copy === undefined) makeCopy(name, repository, author);
}

/** Whether a note could be written here at all: if not, that there is none means nothing. */
export function canNote(author: Author): boolean {
  const probe = path.join(author.stateDirectory, `probe-${process.pid}.tmp`);
  return couldDo(() => {
    makeStateDirectory(author.stateDirectory);
    fillFile(probe, 'replacing', '\n');
    disk.remove(probe);
  });
}

/** Notes how far a log is written, in note and copy, where there are any. */
export function addToNotes(repository: Repository, author: Author, end: LogEnd): void {
  const { name, note, copy } = findNotes(repository, author);
  if (note) couldDo(() => addToNote(noteFile(author.stateDirectory, name), note.next, end));
  if (copy && author.stateCopy) {
    const file = noteFile(author.stateCopy, name);
    couldDo(() => addToNote(file, copy.next, end));
  }
}

/** A repository on a stick has a note on each host: the newest that is here; else one named by the epoch. */
function nameHere({ stateDirectory, stateCopy, self }: Author, { notes }: KnownNotes): string {
  const names = [self.epoch, ...notes.map(({ name }) => name).toReversed()];
  const isIn = (directory: string | undefined) => (name: string) =>
    directory !== undefined && disk.exists(noteFile(directory, name));
  return names.find(isIn(stateDirectory)) ?? names.find(isIn(stateCopy)) ?? self.epoch;
}

function readCopy({ stateCopy }: Author, name: string): Note | undefined {
  if (stateCopy === undefined || !isOurOwn(stateCopy)) return undefined;
  try {
    return readNote(noteFile(stateCopy, name));
  } catch {
    return undefined;
  }
}

function makeNote(name: string, repository: Repository, author: Author): boolean {
  return couldDo(() => {
    makeStateDirectory(author.stateDirectory);
    createNote(noteFile(author.stateDirectory, name), birthOfFormat(repository), endsOf(repository, author));
  });
}

function birthOfFormat({ layout, world }: Repository): bigint | undefined {
  if (!givesBirthTimes(layout.tmp, world.fileTimes)) return undefined;
  return readBirth(layout.format, world.fileTimes);
}

function makeCopy(name: string, repository: Repository, author: Author): void {
  const { stateCopy } = author;
  if (stateCopy === undefined) return;
  couldDo(() => {
    if (!disk.exists(stateCopy)) makeDirectory(stateCopy, 0o700);
    if (isOurOwn(stateCopy)) createNote(noteFile(stateCopy, name), undefined, endsOf(repository, author));
  });
}

/** From then on it counts when the note's file was made; one of version 0.1 is not needed any more. */
function rememberNote(name: string, { layout, world }: Repository, { stateDirectory, self }: Author): void {
  const file = noteFile(stateDirectory, name);
  const isTold = givesBirthTimes(stateDirectory, world.fileTimes);
  const birth = isTold ? readBirth(file, world.fileTimes) : undefined;
  const known = readKnownNotes(layout);
  const others = known.notes.filter((one) => one.name !== name);
  writeKnownNotes(layout, { ...known, notes: [...others, { name, birth }] });
  couldDo(() => disk.remove(path.join(stateDirectory, self.epoch)));
}

/** Own logs that are written here, the one written last at the end. */
function endsOf(repository: Repository, { secrets }: Author): LogEnd[] {
  const logs = [...secrets.logs.keys()].flatMap((log) => repository.log(log) ?? []);
  logs.sort((a, b) => a.arrival - b.arrival);
  return logs.map(({ log, end, id }) => ({ log, length: end, id }));
}

function makeStateDirectory(directory: string): void {
  makeDirectory(directory, 0o700);
}

function noteFile(directory: string, name: string): string {
  return path.join(directory, `${name}.note`);
}

/** A note is worth having, and no command fails for want of one. */
function couldDo(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
