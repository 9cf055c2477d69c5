// Drives that this repository has met (spec/drive.md, "Marker"): recognised by their ids, found where they were last.
import { SatchelError } from '../../format/error.js';
import type { Layout } from '../../repository/layout.js';
import { isUrl } from '../medium/url.js';
import { type Drive, tryOpenDrive } from './drive.js';
import { type DriveMemory, readMemory, rememberedDrives } from './memory.js';

/** A drive as it is remembered, or as it is here. */
export interface KnownDrive {
  readonly id: string;
  readonly label: string;
  /** Where it is, or was last: a directory, or a URL. */
  readonly directory: string;
  readonly memory: DriveMemory | undefined;
  /** The drive, if it is there at this moment; one at a URL is not asked. */
  readonly drive: Drive | undefined;
}

const AWAY = ['io', 'newer-version'];
/** Digits of an id, at least, that stand for a drive. */
const PREFIX_MIN = 4;

/** Every drive that is remembered, by label. */
export function knownDrives(layout: Layout): KnownDrive[] {
  const known = rememberedDrives(layout).flatMap((id) => {
    const memory = readMemory(layout, id);
    if (!memory) return [];
    const { label, directory } = memory;
    return [{ id, label, directory, memory, drive: driveAt(directory, id) }];
  });
  return known.sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0));
}

/**
 * The drive in that directory, else the remembered one at that URL, or of that label or beginning of an id.
 * @throws SatchelError `not-found`, `ambiguous`, `newer-version`
 */
export function findDrive(layout: Layout, word: string): KnownDrive {
  const drive = driveAt(word, undefined);
  if (drive) return { ...drive, directory: word, memory: readMemory(layout, drive.id), drive };
  const known = knownDrives(layout);
  if (isUrl(word)) return knownAt(known, word);
  const isId = new RegExp(`^[0-9a-f]{${PREFIX_MIN},}$`).test(word);
  const found = known.filter(
    ({ id, label }) => label.toLowerCase() === word.toLowerCase() || (isId && id.startsWith(word)),
  );
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  if (!first) {
    throw new SatchelError('not-found', `no drive is known as "${word}", and it is no directory with one`, {
      hint: 'run "satchel drive list"',
    });
  }
  const listed = found.map(({ label, id }) => `${label} (${id.slice(0, 10)})`).join(', ');
  throw new SatchelError('ambiguous', `"${word}" could be ${listed}`, {
    hint: 'give its directory, or digits of its id',
  });
}

function knownAt(known: readonly KnownDrive[], url: string): KnownDrive {
  const found = known.find(({ directory }) => directory === url);
  if (found) return found;
  throw new SatchelError('not-found', `no drive is known at ${url}`, {
    hint: `run "satchel sync" or "satchel drive init" with this URL first; a folder of this name is written ./${url}`,
  });
}

/**
 * The drive as it is there now.
 * @throws SatchelError `drive-absent`
 */
export function presentDrive({ label, directory, drive }: KnownDrive): Drive {
  if (drive) return drive;
  throw new SatchelError('drive-absent', `"${label}" is not at ${directory}`, {
    hint: 'plug it in, or name its directory',
  });
}

/**
 * Where the drive is that a word names: at a URL, whether it is known or not, or here, and then the drive itself.
 * @throws SatchelError as {@link findDrive}; `drive-absent`
 */
export function placeOfDrive(layout: Layout, word: string): Pick<KnownDrive, 'directory' | 'drive'> {
  if (isUrl(word)) return { directory: word, drive: undefined };
  const known = findDrive(layout, word);
  return isUrl(known.directory) ? known : { directory: known.directory, drive: presentDrive(known) };
}

/** The drive in a directory, if there is one, of that id. */
function driveAt(directory: string, id: string | undefined): Drive | undefined {
  if (isUrl(directory)) return undefined;
  try {
    const drive = tryOpenDrive(directory);
    return id === undefined || drive?.id === id ? drive : undefined;
  } catch (error) {
    // of a drive that is remembered nothing is asked but whether it is there, and can be read
    const isAway = (code: string): boolean => code === 'drive-absent' || (id !== undefined && AWAY.includes(code));
    if (error instanceof SatchelError && isAway(error.code)) return undefined;
    throw error;
  }
}
