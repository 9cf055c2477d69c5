// The local disk: whatever this program reads, writes, names, removes or makes durable goes through here, and nothing else
// imports `node:fs` for it. Synchronous, and no more than this program needs.
//
// What is used is one value of the module, `disk`, not a parameter: small files are read and written from sixty places on five
// floors, which would all pass on something of which a process has exactly one. Tests put another in its place (`useDisk`).
import fs from 'node:fs';

/** An open file. */
export type Handle = number;

/** What is known of a file or directory. */
export type Stat = Pick<
  fs.Stats,
  'size' | 'mtimeMs' | 'ctimeMs' | 'ino' | 'nlink' | 'mode' | 'uid' | 'isFile' | 'isDirectory' | 'isSymbolicLink'
>;

/** What a file is opened for; all but the first two may write. */
export type Purpose =
  | 'reading'
  /** The same for what a stranger may have put there: no link is followed, and no pipe waited for. */
  | 'reading-itself'
  /** It has to be there. */
  | 'changing'
  /** A terminal: it does not become that of this process, and nobody waits for whoever is at its other end. */
  | 'terminal'
  /** It is made when it is not there. */
  | 'continuing'
  /** Likewise; whatever is written goes to its end. */
  | 'adding'
  /** Likewise; what was in it is gone. */
  | 'replacing'
  /** Nothing may have its name. */
  | 'making';

/** Times of a file, nanoseconds since 1970; a birth of 0 is none. */
export interface FileTimes {
  readonly birth: bigint;
  readonly changed: bigint;
  readonly modified: bigint;
}

/** Bytes of a file system, and those of them that this user may still fill. */
export interface Space {
  readonly bytes: number;
  readonly free: number;
}

/**
 * A disk. What fails throws what the system says: {@link onDisk} in files.ts makes that an error of ours. Nothing is durable
 * before `sync` or `syncContent` of the file and `syncNames` of the directory that names it have returned.
 */
export interface Disk {
  open(file: string, purpose: Purpose, mode?: number): Handle;
  close(handle: Handle): void;
  /** Fills the target from that place in the file, or where the file stands; returns the bytes read, which may be fewer. */
  read(handle: Handle, target: Uint8Array, from: number | null): number;
  /** Writes at that place in the file, or where the file stands; returns the bytes written, which may be fewer. */
  write(handle: Handle, bytes: Uint8Array, to: number | null): number;
  /** Makes the file so long. */
  cut(handle: Handle, length: number): void;
  /** Makes durable what the file holds, and all that is known of it. */
  sync(handle: Handle): void;
  /** The same without its times. */
  syncContent(handle: Handle): void;
  statOpen(handle: Handle): Stat;

  /** All bytes of a file. */
  content(file: string): Buffer;
  /** Whether something has the name; false where nobody can tell. */
  exists(file: string): boolean;
  /** What has the name, links followed; undefined when nothing has. */
  stat(file: string): Stat | undefined;
  /** The same of a link itself. */
  statLink(file: string): Stat | undefined;
  times(file: string): FileTimes;
  /** Names in a directory, in no order. */
  names(directory: string): string[];
  /** The path without links in it. */
  realPath(file: string): string;
  space(directory: string): Space;

  makeDirectory(directory: string, mode?: number): void;
  /** The same with all that is missing above it; fine when it is there. */
  makeDirectories(directory: string, mode?: number): void;
  /** Gives what has a name another one; what had that is gone. */
  rename(from: string, to: string): void;
  /** Gives a file one more name, which nothing has. */
  link(file: string, name: string): void;
  /** Removes a file; fine when it is not there. */
  remove(file: string): void;
  /** Removes whatever has the name, with all that is in it. */
  removeTree(directory: string): void;
  /** Sets when the file was changed last, ms since 1970. */
  touch(file: string, at: number): void;
  /** Makes the names in a directory durable; where the platform cannot open directories, renames have to do. */
  syncNames(directory: string): void;
}

const { O_RDONLY, O_RDWR, O_CREAT, O_NOCTTY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;

const FLAGS: Readonly<Record<Purpose, string | number>> = {
  reading: 'r',
  'reading-itself': O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
  changing: 'r+',
  terminal: O_RDWR | O_NOCTTY | O_NONBLOCK,
  continuing: O_RDWR | O_CREAT,
  adding: 'a',
  replacing: 'w+',
  making: 'wx+',
};

/** Who removes a directory into which somebody puts files meanwhile tries so often. */
const REMOVAL_TRIES = 3;

/** The disk of this computer. */
export const nodeDisk: Disk = {
  open: (file, purpose, mode = 0o666) => fs.openSync(file, FLAGS[purpose], mode),
  close: (handle) => fs.closeSync(handle),
  read: (handle, target, from) => fs.readSync(handle, target, 0, target.length, from),
  write: (handle, bytes, to) => fs.writeSync(handle, bytes, 0, bytes.length, to),
  cut: (handle, length) => fs.ftruncateSync(handle, length),
  sync: (handle) => fs.fsyncSync(handle),
  syncContent: (handle) => fs.fdatasyncSync(handle),
  statOpen: (handle) => fs.fstatSync(handle),

  content: (file) => fs.readFileSync(file),
  exists: (file) => fs.existsSync(file),
  stat: (file) => fs.statSync(file, { throwIfNoEntry: false }),
  statLink: (file) => fs.lstatSync(file, { throwIfNoEntry: false }),
  times(file) {
    const { birthtimeNs, ctimeNs, mtimeNs } = fs.statSync(file, { bigint: true });
    return { birth: birthtimeNs, changed: ctimeNs, modified: mtimeNs };
  },
  names: (directory) => fs.readdirSync(directory),
  realPath: (file) => fs.realpathSync(file),
  space(directory) {
    const { blocks, bavail, bsize } = fs.statfsSync(directory);
    return { bytes: blocks * bsize, free: bavail * bsize };
  },

  makeDirectory: (directory, mode) => fs.mkdirSync(directory, { mode }),
  makeDirectories: (directory, mode) => void fs.mkdirSync(directory, { recursive: true, mode }),
  rename: (from, to) => fs.renameSync(from, to),
  link: (file, name) => fs.linkSync(file, name),
  remove(file) {
    try {
      // not rmSync, for which Node loads what removes whole directories
      fs.unlinkSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  },
  removeTree: (directory) => fs.rmSync(directory, { recursive: true, force: true, maxRetries: REMOVAL_TRIES }),
  touch: (file, at) => fs.utimesSync(file, at / 1_000, at / 1_000),
  syncNames(directory) {
    if (process.platform === 'win32') return;
    const handle = fs.openSync(directory, 'r');
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  },
};

/** The disk in use. */
export let disk: Disk;
disk = nodeDisk;

/** Puts another disk in its place: for tests alone. Returns what puts this one back. */
export function useDisk(other: Disk): () => void {
  const before = disk;
  disk = other;
  return () => {
    disk = before;
  };
}
