// Files that were dropped or chosen, those in folders included. Of a folder only what its name says is a bundle: beside them a
// drive has a marker, cards and a text for people.
import type { GivenFile } from '../intake.js';

/** Folders in folders are looked into so deep: a drive's root is one above its bundles. */
const DEPTH_MAX = 2;
/** Files of one folder that are looked at, at most. */
const NAMES_MAX = 10_000;
const BUNDLE_NAME = /\.satchel$/i;

/** The files of a list that somebody chose. */
export function chosenFiles(list: FileList | null): GivenFile[] {
  const files = [...(list ?? [])];
  const isOfFolder = (file: File): boolean => file.webkitRelativePath !== '';
  return files.filter((file) => !isOfFolder(file) || isBundleBelow(file.webkitRelativePath)).map(given);
}

/** The files that were dropped. To be called before anything is waited for: the browser forgets them. */
export function droppedFiles(transfer: DataTransfer): Promise<GivenFile[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const found = items.map((item) => ({ entry: item.webkitGetAsEntry?.() ?? undefined, file: item.getAsFile() }));
  return gathered(
    found.map(async ({ entry, file }) => {
      if (entry?.isDirectory) return filesBelow(entry as FileSystemDirectoryEntry, DEPTH_MAX);
      return file ? [given(file)] : [];
    }),
  );
}

function isBundleBelow(place: string): boolean {
  const parts = place.split('/');
  return parts.length <= DEPTH_MAX + 1 && BUNDLE_NAME.test(place);
}

async function filesBelow(folder: FileSystemDirectoryEntry, depth: number): Promise<GivenFile[]> {
  const entries = await entriesOf(folder);
  return gathered(
    entries.map(async (entry) => {
      if (entry.isDirectory) return depth > 1 ? filesBelow(entry as FileSystemDirectoryEntry, depth - 1) : [];
      return BUNDLE_NAME.test(entry.name) ? [given(await fileOf(entry as FileSystemFileEntry))] : [];
    }),
  );
}

/** The browser hands over a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  while (found.length < NAMES_MAX) {
    const more = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (more.length === 0) break;
    found.push(...more);
  }
  return found;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function gathered(lists: readonly Promise<GivenFile[]>[]): Promise<GivenFile[]> {
  return (await Promise.all(lists)).flat();
}

function given(file: File): GivenFile {
  return { name: file.name, size: file.size, read: async () => Buffer.from(await file.arrayBuffer()) };
}
