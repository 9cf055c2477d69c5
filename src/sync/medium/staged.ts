// A medium that is far away, while it is visited: what of it was fetched into a spool lies there, the rest is known from its
// listing alone, and what the visit writes and removes is a plan that is carried out afterwards.
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { Space } from '../../repository/disk.js';
import { makeDirectory } from '../../repository/files.js';
import { folderMedium } from './folder.js';
import type { Medium } from './medium.js';

/** A file as the place lists it. */
export interface FarFile {
  readonly size: number;
  /** Undefined where the place tells nothing by which the content is known. */
  readonly tag: string | undefined;
}

/** What is known of the place before the visit. */
export interface Collected {
  /** By what it is found again, without secrets. */
  readonly where: string;
  readonly listing: ReadonlyMap<string, FarFile>;
  /** Two equal tags of a name mean equal bytes. */
  readonly tagsContent: boolean;
  /** Folder for what is fetched and what is to be put; nobody else's, and empty or left by such a visit. */
  readonly spool: string;
  readonly room?: Space | undefined;
}

/** A medium with a plan. */
export interface StagedMedium extends Medium {
  /** Where a file that is fetched has to lie. */
  fetchedAt(name: string): string;
  /** Notes that all of it lies there now. */
  wasFetched(name: string): void;
  isFetched(name: string): boolean;
  /** What is to be put, from where; and what is to be removed after that. */
  readonly puts: ReadonlyMap<string, string>;
  readonly removes: ReadonlySet<string>;
  /** Notes that a file was put, and what the place calls it now. */
  wasPut(name: string, tag: string | undefined): void;
  /** Notes that a file is gone. */
  wasRemoved(name: string): void;
  /** What of the plan was carried out; the tag of each file that was put. */
  readonly done: { readonly put: ReadonlyMap<string, string | undefined>; readonly removed: ReadonlySet<string> };
}

/** Folder of the spool for what is to be put. */
const PLANNED = 'planned';
/** Nobody tells when a far file was changed; its tag has to do. */
const NO_TIME = 0;

/** The place as it was collected. */
export function stagedMedium({ where, listing, tagsContent, spool, room }: Collected): StagedMedium {
  const fetched = folderMedium(path.join(spool, 'fetched'));
  const planned = folderMedium(path.join(spool, PLANNED));
  const here = new Set<string>();
  const puts = new Map<string, string>();
  const removes = new Set<string>();
  const done = { put: new Map<string, string | undefined>(), removed: new Set<string>() };
  const far = (name: string): FarFile | undefined => (removes.has(name) ? undefined : listing.get(name));
  return {
    tagsContent,
    where,
    pathOf: (name) => `${where}/${name}`,
    isThere: () => true,
    names: (folder = '') => namesIn(folder, [...[...listing.keys()].filter((name) => far(name)), ...puts.keys()]),
    find(name) {
      const file = far(name);
      const listed = puts.has(name) ? planned.find(name) : file;
      // what lies in the spool has a time and a tag of its own, and not for long
      return listed && { size: listed.size, mtime: NO_TIME, tag: puts.has(name) ? undefined : listed.tag };
    },
    open(name) {
      if (puts.has(name)) return planned.open(name);
      if (far(name) && here.has(name)) return fetched.open(name);
      throw new SatchelError('not-a-file', `${where}/${name} was not fetched`);
    },
    isFree: () => true,
    place(placing) {
      makeDirectory(path.join(spool, PLANNED));
      const name = planned.place(placing);
      puts.set(name, planned.pathOf(name));
      removes.delete(name);
      return name;
    },
    remove(name) {
      if (puts.delete(name)) planned.remove(name);
      if (listing.has(name)) removes.add(name);
    },
    settle() {},
    clear: () => false,
    room: () => room,
    fetchedAt: (name) => fetched.pathOf(name),
    wasFetched: (name) => void here.add(name),
    isFetched: (name) => here.has(name),
    puts,
    removes,
    wasPut: (name, tag) => void done.put.set(name, tag),
    wasRemoved: (name) => void done.removed.add(name),
    done,
  };
}

function namesIn(folder: string, names: readonly string[]): string[] {
  const below = folder === '' ? '.' : folder;
  const here = names.filter((name) => path.posix.dirname(name) === below);
  return [...new Set(here)].map((name) => path.posix.basename(name));
}
