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

/**
 * The files that were dropped. To be called before anything is waited for: the browser forgets them.
 * @throws DOMException where the browser lets no page look into a folder that was dropped
 */
export function droppedFiles(transfer: DataTransfer): Promise<GivenFile[]> {
  const items: readonly DroppedItem[] = [...transfer.items].filter(({ kind }) => kind === 'file');
  return gathered(
    items.map((item) => {
      const entry = item.webkitGetAsEntry?.();
      const file = item.getAsFile();
      if (entry?.isDirectory) return filesBelow(listOfItem(item, entry as FileSystemDirectoryEntry), DEPTH_MAX);
      return Promise.resolve(file ? [given(file)] : []);
    }),
  );
}

/** What Chromium and those made of it have besides. */
interface DroppedItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}
type Handle = FileSystemFileHandle | (FileSystemDirectoryHandle & { values(): AsyncIterable<Handle> });

/** What lies in a folder: a file, or a folder again. */
interface Below {
  readonly name: string;
  readonly file?: () => Promise<File>;
  readonly list?: List;
}
type List = () => Promise<readonly Below[]>;

/** By its handle where there is one: Chromium refuses to list the other kind to a page that was opened as a file. */
function listOfItem(item: DroppedItem, entry: FileSystemDirectoryEntry): List {
  const handle = item.getAsFileSystemHandle?.();
  if (!handle) return () => listOfEntry(entry);
  return async () => {
    const found = (await handle) as Handle | null;
    return found?.kind === 'directory' ? listOfHandle(found) : [];
  };
}

function isBundleBelow(place: string): boolean {
  const parts = place.split('/');
  return parts.length <= DEPTH_MAX + 1 && BUNDLE_NAME.test(place);
}

async function filesBelow(list: List, depth: number): Promise<GivenFile[]> {
  return gathered(
    (await list()).map(async ({ name, file, list: deeper }) => {
      if (deeper) return depth > 1 ? filesBelow(deeper, depth - 1) : [];
      return file && BUNDLE_NAME.test(name) ? [given(await file())] : [];
    }),
  );
}

async function listOfHandle(folder: Extract<Handle, { kind: 'directory' }>): Promise<Below[]> {
  const found: Below[] = [];
  for await (const one of folder.values()) {
    const { name } = one;
    found.push(
      one.kind === 'directory' ? { name, list: () => listOfHandle(one) } : { name, file: () => one.getFile() },
    );
    if (found.length === NAMES_MAX) break;
  }
  return found;
}

/** The browser hands over a hundred at a time. */
async function listOfEntry(folder: FileSystemDirectoryEntry): Promise<Below[]> {
  const reader = folder.createReader();
  const found: Below[] = [];
  while (found.length < NAMES_MAX) {
    const more = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (more.length === 0) break;
    found.push(...more.map(belowOfEntry));
  }
  return found;
}

function belowOfEntry(entry: FileSystemEntry): Below {
  const { name } = entry;
  if (entry.isDirectory) return { name, list: () => listOfEntry(entry as FileSystemDirectoryEntry) };
  return { name, file: () => fileOf(entry as FileSystemFileEntry) };
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
