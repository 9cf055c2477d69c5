// A disk in memory, which is gone with the page (docs/architecture.md, "The reader in a browser"). Nothing on it is durable,
// and nobody else writes to it.
import path from 'node:path';
import type { Disk, Handle, Purpose, Stat } from '../repository/disk.js';

/** Never full: what a page may take is bounded where files are opened. */
const SPACE_BYTES = 2 ** 40;
const FILE_MODE = 0o100600;
const DIRECTORY_MODE = 0o040700;
const ROOM_FIRST = 256;

class MemoryFile {
  #room: Buffer = Buffer.alloc(0);
  #length = 0;
  readonly ino: number;
  changedMs = 0;

  constructor(ino: number) {
    this.ino = ino;
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  write(bytes: Uint8Array, at: number): void {
    const end = at + bytes.length;
    if (end > this.#room.length) this.#grow(end);
    this.#room.set(bytes, at);
    this.#length = Math.max(this.#length, end);
  }

  cut(length: number): void {
    if (length > this.#room.length) this.#grow(length);
    this.#room.fill(0, Math.min(length, this.#length), this.#length);
    this.#length = length;
  }

  #grow(least: number): void {
    const room = Buffer.alloc(Math.max(least, 2 * this.#room.length, ROOM_FIRST));
    room.set(this.bytes);
    this.#room = room;
  }
}

type Folder = Map<string, Node>;
type Node = MemoryFile | Folder;

interface Opened {
  readonly node: Node;
  readonly purpose: Purpose;
  at: number;
}

/** An empty disk. Paths are those of POSIX. */
export function memoryDisk(now: () => number): Disk {
  const top: Folder = new Map();
  const opened = new Map<Handle, Opened>();
  let inodes = 1;
  let handles = 0;

  const find = (place: string): Node | undefined => {
    let node: Node | undefined = top;
    for (const name of partsOf(place)) node = node instanceof Map ? node.get(name) : undefined;
    return node;
  };
  const at = (place: string, syscall: string): Node => find(place) ?? fail('ENOENT', syscall, place);
  const folderAt = (place: string, syscall: string): Folder => {
    const node = at(place, syscall);
    return node instanceof Map ? node : fail('ENOTDIR', syscall, place);
  };
  const fileAt = (place: string, syscall: string): MemoryFile => {
    const node = at(place, syscall);
    return node instanceof Map ? fail('EISDIR', syscall, place) : node;
  };
  const parentOf = (place: string, syscall: string): Folder => folderAt(path.dirname(place), syscall);
  const openedAs = (handle: Handle): Opened => opened.get(handle) ?? fail('EBADF', 'handle', String(handle));
  const fileOf = (handle: Handle): MemoryFile => {
    const { node } = openedAs(handle);
    return node instanceof Map ? fail('EISDIR', 'read', String(handle)) : node;
  };
  const make = (place: string): MemoryFile => {
    const file = new MemoryFile(inodes++);
    file.changedMs = now();
    parentOf(place, 'open').set(path.basename(place), file);
    return file;
  };
  const toOpen = (place: string, purpose: Purpose): Node => {
    const node = find(place);
    if (node && purpose === 'making') fail('EEXIST', 'open', place);
    if (node instanceof MemoryFile && purpose === 'replacing') node.cut(0);
    if (node) return node;
    return OPENING_MAKES.has(purpose) ? make(place) : fail('ENOENT', 'open', place);
  };
  const stat = (place: string): Stat | undefined => {
    const node = find(place);
    return node && statOf(node);
  };
  const makeDirectories = (place: string): void => {
    let folder = top;
    for (const name of partsOf(place)) {
      const node = folder.get(name) ?? new Map<string, Node>();
      if (node instanceof MemoryFile) throw failure('EEXIST', 'mkdir', place);
      folder.set(name, node);
      folder = node;
    }
  };

  return {
    open(file, purpose) {
      const node = toOpen(file, purpose);
      opened.set(++handles, { node, purpose, at: 0 });
      return handles;
    },
    close: (handle) => void opened.delete(handle),
    read(handle, target, from) {
      const open = openedAs(handle);
      const start = from ?? open.at;
      const got = fileOf(handle).bytes.subarray(start, start + target.length);
      target.set(got);
      if (from === null) open.at += got.length;
      return got.length;
    },
    write(handle, bytes, to) {
      const open = openedAs(handle);
      const file = fileOf(handle);
      const start = open.purpose === 'adding' ? file.bytes.length : (to ?? open.at);
      file.write(bytes, start);
      file.changedMs = now();
      if (to === null) open.at = start + bytes.length;
      return bytes.length;
    },
    cut: (handle, length) => fileOf(handle).cut(length),
    sync: () => {},
    syncContent: () => {},
    statOpen: (handle) => statOf(openedAs(handle).node),
    content: (file) => Buffer.from(fileAt(file, 'open').bytes),
    exists: (file) => find(file) !== undefined,
    stat,
    statLink: stat,
    times: (file) => timesOf(at(file, 'stat')),
    names: (directory) => [...folderAt(directory, 'scandir').keys()],
    realPath: (file) => (at(file, 'realpath') ? file : ''),
    space: () => ({ bytes: SPACE_BYTES, free: SPACE_BYTES }),
    makeDirectory(directory) {
      if (find(directory)) fail('EEXIST', 'mkdir', directory);
      parentOf(directory, 'mkdir').set(path.basename(directory), new Map());
    },
    makeDirectories,
    rename(from, to) {
      const node = at(from, 'rename');
      parentOf(to, 'rename').set(path.basename(to), node);
      if (from !== to) parentOf(from, 'rename').delete(path.basename(from));
    },
    link(file, name) {
      const node = fileAt(file, 'link');
      if (find(name)) fail('EEXIST', 'link', name);
      parentOf(name, 'link').set(path.basename(name), node);
    },
    remove(file) {
      if (find(file)) parentOf(file, 'unlink').delete(path.basename(file));
    },
    removeTree(directory) {
      if (find(directory)) parentOf(directory, 'rm').delete(path.basename(directory));
    },
    touch(file, time) {
      fileAt(file, 'utime').changedMs = time;
    },
    syncNames: () => {},
  };
}

const OPENING_MAKES: ReadonlySet<Purpose> = new Set(['continuing', 'adding', 'replacing', 'making']);

function partsOf(place: string): string[] {
  return place.split('/').filter((name) => name !== '');
}

function statOf(node: Node): Stat {
  const isFile = node instanceof MemoryFile;
  const changedMs = isFile ? node.changedMs : 0;
  return {
    size: isFile ? node.bytes.length : 0,
    mtimeMs: changedMs,
    ctimeMs: changedMs,
    ino: isFile ? node.ino : 0,
    nlink: 1,
    mode: isFile ? FILE_MODE : DIRECTORY_MODE,
    uid: 0,
    isFile: () => isFile,
    isDirectory: () => !isFile,
    isSymbolicLink: () => false,
  };
}

function timesOf(node: Node): { birth: bigint; changed: bigint; modified: bigint } {
  const time = BigInt(Math.floor(node instanceof MemoryFile ? node.changedMs : 0)) * 1_000_000n;
  return { birth: 0n, changed: time, modified: time };
}

function fail(code: string, syscall: string, place: string): never {
  throw failure(code, syscall, place);
}

/** As the system of a real disk says it. */
function failure(code: string, syscall: string, place: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${place}'`), { code, syscall, path: place });
}
