// Where `sync` goes: the directories that were named, known drives by their labels, or all known drives that are plugged in
// (spec/cli.md, "sync").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import type { Layout } from '../../../repository/layout.js';
import { tryOpenDrive } from '../../../sync/drive/drive.js';
import { findDrive, type KnownDrive, knownDrives } from '../../../sync/drive/known.js';
import { readMemory, rememberedDrives } from '../../../sync/drive/memory.js';
import { isUrl } from '../../../sync/medium/url.js';
import { isStreamUrl } from '../../../sync/stream/stream-url.js';
import { mountTable } from '../../../sync/watch/mount-table.js';
import type { Context } from '../../command/context.js';
import { formatRelative } from '../../terminal/time.js';
import { statOf } from '../identity/new-file.js';

/**
 * The places that these words name; without any, those of all known drives that are plugged in, each once. What is there, or
 * can only be a path, is not looked for among drives: one of those may lie on a mount that hangs.
 * @throws SatchelError `ambiguous`; `drive-absent` when no known drive is there
 */
export async function placesNamed(layout: Layout, words: readonly string[]): Promise<string[]> {
  if (words.length > 0) return Promise.all([...new Set(words)].map((word) => placeOf(layout, word)));
  const known = knownDrives(layout);
  const mounted = await mountedDrives();
  const there = known.flatMap((drive) => whereIs(drive, mounted) ?? []);
  if (there.length > 0) return there;
  throw new SatchelError('drive-absent', 'no drive that you know is plugged in', {
    hint: 'name its directory: satchel sync DIR',
  });
}

async function placeOf(layout: Layout, word: string): Promise<string> {
  if (isStreamUrl(word) || isUrl(word) || /[/\\]|^\.\.?$/.test(word) || statOf(word) !== undefined) return word;
  const drive = driveNamed(layout, word);
  if (!drive) return word;
  return (drive.drive ? drive.directory : whereIs(drive, await mountedDrives())) ?? drive.directory;
}

/** The known drive of that label or id; undefined for what names none. @throws SatchelError `ambiguous` */
function driveNamed(layout: Layout, word: string): KnownDrive | undefined {
  try {
    return findDrive(layout, word);
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'not-found') return undefined;
    throw error;
  }
}

interface Mounted {
  readonly id: string;
  readonly directory: string;
}

/** Where a known drive is now: where it was last, or wherever else a medium is mounted. */
function whereIs({ id, directory, drive }: KnownDrive, mounted: readonly Mounted[]): string | undefined {
  return drive ? directory : mounted.find((one) => one.id === id)?.directory;
}

async function mountedDrives(): Promise<Mounted[]> {
  const mounts = (await mountTable(process.platform)?.read()) ?? [];
  return mounts.flatMap(({ directory }) => {
    const id = idAt(directory);
    return id === undefined ? [] : { id, directory };
  });
}

function idAt(directory: string): string | undefined {
  try {
    return tryOpenDrive(directory)?.id;
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

/** A drive that has to be visited now and then. */
export interface Due {
  /** Where it is; undefined of a known one that is not there: another one may be by now. */
  readonly place: string | undefined;
  /** What it is called. */
  readonly name: string;
  /** When it was visited last, ms; undefined: never. */
  readonly last: number | undefined;
}

/** What these words are about, found at `places`; without any, every known drive, plugged in or not, at a URL or not. */
export async function dueOf(layout: Layout, words: readonly string[], places: readonly string[]): Promise<Due[]> {
  if (words.length > 0) return places.map((place) => ({ place, name: place, last: lastVisit(layout, place) }));
  const mounted = await mountedDrives();
  return knownDrives(layout).map((drive) => ({
    place: whereIs(drive, mounted),
    name: drive.label,
    last: drive.memory?.last || undefined,
  }));
}

/** What is wrong with a drive that was not visited for longer than that; undefined when nothing is. */
export function overdue({ world }: Context, { name, last }: Due, maxAgeMs: number): SatchelError | undefined {
  const now = world.now();
  if (last !== undefined && now - last <= maxAgeMs) return undefined;
  const when = last === undefined ? 'there never was one' : `the last was ${formatRelative(last, now)}`;
  return new SatchelError('drive-absent', `no visit to ${name} for too long: ${when}`, {
    hint: 'plug it in, or look for whoever has it',
  });
}

/** When the drive there, or the one that was there last, was visited last, ms; undefined: never. */
function lastVisit(layout: Layout, place: string): number | undefined {
  const id = isUrl(place) ? undefined : idAt(place);
  const where = (directory: string): string => (isUrl(directory) ? directory : path.resolve(directory));
  const lasts = rememberedDrives(layout).flatMap((one) => {
    const memory = readMemory(layout, one);
    const isIt = id === undefined ? memory && where(memory.directory) === where(place) : one === id;
    return isIt ? (memory?.last ?? 0) : [];
  });
  return Math.max(0, ...lasts) || undefined;
}
