// What is remembered of the place at a URL, beside what is remembered of the drive that lies there (spec/drive.md, "At a URL"):
// which drive it is, and its small files by their tags, so that a visit that finds nothing new asks for nothing but the listing.
import { hash } from 'node:crypto';
import path from 'node:path';
import { disk } from '../../repository/disk.js';
import { namesIn, onDisk } from '../../repository/files.js';
import type { Layout } from '../../repository/layout.js';
import { acquireLock } from '../../repository/lock.js';
import { fileOfState, readState, writeState } from '../../repository/state.js';

const KEY_DIGITS = 32;

/** What is remembered of a place. */
export interface StoreMemory {
  readonly url: string;
  /** Id of the drive there. */
  readonly drive: string;
  /** Its marker and cards by name: base64, with the tag that they had. */
  readonly small: Readonly<Record<string, { readonly tag: string; readonly bytes: string }>>;
  /** It lets us remove nothing. */
  readonly keepsAll?: boolean | undefined;
  /** Of what is published there: the latest list that was seen (drive-index.ts). */
  readonly edition?: number | undefined;
}

/** The memory of a place; undefined before the first visit, and when the journal was lost. */
export function readStoreMemory(layout: Layout, url: string): StoreMemory | undefined {
  const memory = readState(layout, 'store', keyOf(url)) as StoreMemory | undefined;
  return memory?.url === url ? memory : undefined;
}

/** Replaces it, if it is another one now. */
export function writeStoreMemory(layout: Layout, memory: StoreMemory): void {
  const before = readStoreMemory(layout, memory.url);
  if (JSON.stringify(before) !== JSON.stringify(memory)) writeState(layout, 'store', memory, keyOf(memory.url));
}

/** Forgets every place where a drive lay. */
export function forgetStores(layout: Layout, drive: string): void {
  onDisk('writing the journal', () => {
    for (const name of namesIn(storesFolder(layout))) {
      const key = /^([0-9a-f]{32})\.json$/.exec(name)?.[1];
      const memory = key === undefined ? undefined : readState(layout, 'store', key);
      if (key !== undefined && memory?.drive === drive) disk.remove(fileOfState(layout, 'store', key));
    }
  });
}

/** Keeps other visits of this repository to the place away until what it returns is called. @throws SatchelError `busy` */
export function lockStore(layout: Layout, url: string, timeoutMs: number): () => void {
  onDisk(`writing ${layout.journal}`, () => disk.makeDirectories(storesFolder(layout)));
  return acquireLock(path.join(storesFolder(layout), `${keyOf(url)}.lock`), timeoutMs);
}

/** Folder for what is fetched from a place and what is to be put there; only under its lock. */
export function spoolOf(layout: Layout, url: string): string {
  return path.join(layout.tmp, `store-${keyOf(url)}`);
}

function storesFolder(layout: Layout): string {
  return path.join(layout.journal, 'stores');
}

function keyOf(url: string): string {
  return hash('sha256', url).slice(0, KEY_DIGITS);
}
