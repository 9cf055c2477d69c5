// What a drive lies on: a place with named files, and no more of it than a visit needs (spec/drive.md). Synchronous: what is far
// away is fetched into a spool first, and put from there afterwards. Names are those on the drive: `drive.json`,
// `people/PERSON.card`, `3f0c41a2b6d8e95a7c11f2d3.satchel`.
import type { Space } from '../../repository/disk.js';
import type { OpenFile } from '../import/source.js';

/** A file as it is listed, without a look into it. */
export interface ListedFile {
  readonly size: number;
  /** When it was changed last, ms; of a stranger's clock, and only ever compared with itself. */
  readonly mtime: number;
  /** Differs when the file is another one, or was written to; undefined where nothing tells that. */
  readonly tag: string | undefined;
}

/** A file that is to be there as a whole or not at all. */
export interface Placing {
  /** What its name begins with while it does not count, of `[a-z0-9-]`, behind the folder that it goes into. */
  readonly draft: string;
  /** Fills it through an open empty file. */
  write(fd: number): void;
  /** Compares what a reader finds with what was written; returns the name that the file is to have. */
  check(written: OpenFile): string;
  /** Asked when it lies there: the time that it is to have, ms, where it is not to tell when it was written. */
  readonly time?: (() => number | undefined) | undefined;
  /** Told how many bytes found room when not all did. */
  readonly isFull?: ((bytes: number) => void) | undefined;
}

/** Which unfinished files may go. */
export interface Leftovers {
  /** The draft's name of our own, which go at once: nobody but us writes them. */
  readonly own: string;
  /** Those of others go when they were changed before this moment, ms. */
  readonly before: number;
}

/**
 * A place with named files. Whatever fails throws a SatchelError: `io`, or `no-space`. A file that is not there, or is none,
 * is `not-a-file` or has a cause that says so.
 */
export interface Medium {
  /** Two equal tags of a name mean equal bytes: they are made of the content. Else times may lie, and bytes rot under them. */
  readonly tagsContent: boolean;
  /** By what it is found again, for people and the journal; without secrets. */
  readonly where: string;
  /** What one of its files is called, for people and the journal. */
  pathOf(name: string): string;
  /** Whether it is there at all. */
  isThere(): boolean;
  /** Names at its top, or in one of its folders without that folder's own name; none where no such folder is. */
  names(folder?: string): string[];
  /** A regular file; undefined when nothing of the name is there, or something else. */
  find(name: string): ListedFile | undefined;
  /** Opens a regular file, and nothing that a link leads to. */
  open(name: string): OpenFile;
  /** Whether a file may get the name: nothing has it, or a file that is then replaced. */
  isFree(name: string): boolean;
  /** Puts a file there, durable when this returns its name. When it throws, nothing has the name that had not. */
  place(placing: Placing): string;
  /** Removes a file; one that is gone is fine. */
  remove(name: string): void;
  /** Makes durable what was removed. */
  settle(folder?: string): void;
  /** Removes files that never got their names, at its top or in a folder; whether there were any. */
  clear(leftovers: Leftovers, folder?: string): boolean;
  /** Bytes of it, and those that are free; undefined where nobody can tell. */
  room(): Space | undefined;
}
