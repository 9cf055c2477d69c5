// Replacing packs by others without a moment at which a crash could lose one: new packs wait under another name until a
// note says which go and which come; whoever holds the lock next completes what the note says (spec/repository.md,
// "Garbage collection").
import fs from 'node:fs';
import path from 'node:path';
import { isMissing, onDisk, syncDirectory } from '../files.js';
import type { Layout } from '../layout.js';
import { fileOfState, readState, writeState } from '../state.js';

const NEW_SUFFIX = '.new';

/** Numbers of packs that go and that come. */
export interface Exchange {
  readonly remove: readonly number[];
  readonly add: readonly number[];
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
    for (const pack of exchange.add) renameIfThere(hiddenPack(layout, pack), packFile(layout, pack));
    syncDirectory(layout.packs);
  });
}

/** Removes the old packs, then the note. Doing it again is fine. */
export function removePacks(layout: Layout, exchange: Exchange): void {
  onDisk('removing packs', () => {
    for (const pack of exchange.remove) fs.rmSync(packFile(layout, pack), { force: true });
    syncDirectory(layout.packs);
    fs.rmSync(fileOfState(layout, 'exchange'), { force: true });
  });
}

/** New packs of an exchange that was never noted; they hold nothing that the old ones do not. */
export function abandonedPacks(layout: Layout): string[] {
  const names = onDisk('listing packs', () => fs.readdirSync(layout.packs));
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

function renameIfThere(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
