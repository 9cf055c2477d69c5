// Replacing packs by others without a moment at which a crash could lose one: new packs wait under another name until a
// note says which go and which come; whoever holds the lock next completes what the note says (spec/repository.md,
// "Garbage collection").

import path from 'node:path';
import { disk } from '../disk.js';
import { eraseFile } from '../erase.js';
import { isMissing, makeDirectory, onDisk } from '../files.js';
import type { Layout } from '../layout.js';
import { readState, removeState, writeState } from '../state.js';

const NEW_SUFFIX = '.new';

/** Numbers of packs that go and that come. */
export interface Exchange {
  readonly remove: readonly number[];
  readonly add: readonly number[];
  /** Numbers of packs that have rotten: they go into the quarantine, and what is left of them may come under the same number. */
  readonly aside?: readonly number[] | undefined;
  /** What goes is overwritten: something in it was forgotten. */
  readonly erased?: boolean | undefined;
}

/** Notes the exchange, durably: from here on it happens. */
export function noteExchange(layout: Layout, exchange: Exchange): void {
  writeState(layout, 'exchange', exchange);
}

/** The exchange that was begun and not completed. @throws SatchelError `damaged` when nobody can tell which packs it was about */
export function pendingExchange(layout: Layout): Exchange | undefined {
  return readState(layout, 'exchange');
}

/** Gives the new packs their names. Doing it again is fine. */
export function revealPacks(layout: Layout, exchange: Exchange): void {
  onDisk('naming packs', () => {
    for (const pack of exchange.aside ?? []) putAside(layout, pack, exchange.add.includes(pack));
    for (const pack of exchange.add) renameIfThere(hiddenPack(layout, pack), packFile(layout, pack));
    disk.syncNames(layout.packs);
  });
}

/** Removes the old packs, then the note. Doing it again is fine. */
export function removePacks(layout: Layout, exchange: Exchange): void {
  onDisk('removing packs', () => {
    for (const pack of exchange.remove) removePack(packFile(layout, pack), exchange);
    disk.syncNames(layout.packs);
  });
  removeState(layout, 'exchange');
}

function removePack(file: string, { erased }: Exchange): void {
  if (erased) eraseFile(file);
  else disk.remove(file);
}

/** New packs of an exchange that was never noted; they hold nothing that the old ones do not. */
export function abandonedPacks(layout: Layout): string[] {
  const names = onDisk('listing packs', () => disk.names(layout.packs));
  return names.filter((name) => name.endsWith(NEW_SUFFIX)).map((name) => path.join(layout.packs, name));
}

/** Where a pack lies. */
export function packFile(layout: Pick<Layout, 'packs'>, pack: number): string {
  return path.join(layout.packs, `${String(pack).padStart(6, '0')}.pack`);
}

/** Where a pack waits for its name. */
export function hiddenPack(layout: Layout, pack: number): string {
  return `${packFile(layout, pack)}${NEW_SUFFIX}`;
}

/** What had rotten is out of the way already when what takes its place has its name. */
function putAside(layout: Layout, pack: number, isReplaced: boolean): void {
  if (isReplaced && !disk.exists(hiddenPack(layout, pack))) return;
  makeDirectory(layout.quarantine);
  renameIfThere(packFile(layout, pack), path.join(layout.quarantine, nameAside(layout, pack)));
  disk.syncNames(layout.quarantine);
}

/** A name that is free there: a pack of one number may rot more than once. */
export function nameAside({ quarantine }: Layout, pack: number): string {
  const name = path.basename(packFile({ packs: '' }, pack));
  const isTaken = (one: string): boolean => disk.exists(path.join(quarantine, one));
  for (let i = 1; ; i++) if (!isTaken(`${name}-rotten-${i}`)) return `${name}-rotten-${i}`;
}

function renameIfThere(from: string, to: string): void {
  try {
    disk.rename(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
