// Where `sync` goes: the directories that were named, known drives by their labels, or all known drives that are plugged in
// (spec/cli.md, "sync").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import type { Layout } from '../../../repository/layout.js';
import { tryOpenDrive } from '../../../sync/drive/drive.js';
import { findDrive, type KnownDrive, knownDrives } from '../../../sync/drive/known.js';
import { isUrl } from '../../../sync/medium/url.js';
import { mountTable } from '../../../sync/watch/mount-table.js';
import type { Context } from '../../command/context.js';
import { formatRelative } from '../../terminal/time.js';
import { statOf } from '../identity/new-file.js';

/** A place to visit. */
export interface Place {
  readonly directory: string;
  /** When the drive there, or the one that was there last, was visited last, ms; undefined: never. */
  readonly last: number | undefined;
}

/**
 * The places that these words name; without any, those of all known drives that are plugged in, each once.
 * @throws SatchelError `ambiguous`; `drive-absent` when no known drive is there
 */
export async function placesNamed(layout: Layout, words: readonly string[]): Promise<Place[]> {
  const known = knownDrives(layout);
  if (words.length > 0) {
    const mounted = words.every((word) => isUrl(word) || statOf(word)) ? [] : await mountedDrives();
    return [...new Set(words)].map((word) => placeOf(layout, word, { known, mounted }));
  }
  const mounted = await mountedDrives();
  const there = known.flatMap((drive) => {
    const directory = whereIs(drive, mounted);
    return directory === undefined ? [] : [{ directory, last: drive.memory?.last || undefined }];
  });
  if (there.length > 0) return there;
  throw new SatchelError('drive-absent', 'no drive that you know is plugged in', {
    hint: 'name its directory: satchel sync DIR',
  });
}

interface Around {
  readonly known: readonly KnownDrive[];
  readonly mounted: readonly Mounted[];
}

function placeOf(layout: Layout, word: string, { known, mounted }: Around): Place {
  if (isUrl(word)) {
    const last = known.find(({ directory }) => directory === word)?.memory?.last;
    return { directory: word, last: last || undefined };
  }
  const isPath = statOf(word) !== undefined || /[/\\]|^\.\.?$/.test(word);
  if (!isPath && known.some(({ label, id }) => label.toLowerCase() === word.toLowerCase() || id.startsWith(word))) {
    const drive = findDrive(layout, word);
    return { directory: whereIs(drive, mounted) ?? drive.directory, last: drive.memory?.last || undefined };
  }
  const resolved = path.resolve(word);
  const there = idAt(word);
  const lasts = known.flatMap(({ id, directory, memory }) =>
    (there === undefined ? path.resolve(directory) === resolved : id === there) ? (memory?.last ?? 0) : [],
  );
  return { directory: word, last: Math.max(0, ...lasts) || undefined };
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

/** What is wrong with a place that was not visited for longer than that; undefined when nothing is. */
export function overdue({ world }: Context, { directory, last }: Place, maxAgeMs: number): SatchelError | undefined {
  const now = world.now();
  if (last !== undefined && now - last <= maxAgeMs) return undefined;
  const when = last === undefined ? 'there never was one' : `the last was ${formatRelative(last, now)}`;
  return new SatchelError('drive-absent', `no visit to ${directory} for too long: ${when}`, {
    hint: 'plug it in, or look for whoever has it',
  });
}
