// A disk in memory that remembers what of it was made durable: files and names apart, as POSIX has it. What lies outside its
// root is the real disk's. A power cut is told by crash.ts.
import { hash } from 'node:crypto';
import path from 'node:path';
import { type Disk, type Handle, nodeDisk, type Purpose, type Stat } from '../../src/repository/disk.js';

/** A change to a file's bytes. */
export type ByteChange = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

/** A file: its bytes now, those that are durable, and what was changed since. */
export class FileNode {
  now: Buffer;
  kept: Buffer;
  pending: ByteChange[] = [];
  changedMs = Date.now();

  constructor(
    readonly ino: number,
    readonly mode: number,
    content: Buffer = Buffer.alloc(0),
  ) {
    this.now = content;
    this.kept = content;
  }

  change(change: ByteChange): void {
    this.now = changed(this.now, change);
    this.pending.push(change);
    this.changedMs = Date.now();
  }
}

/** A directory: its names now, and those that are durable. */
export class DirectoryNode {
  readonly now = new Map<string, DiskNode>();
  readonly kept = new Map<string, DiskNode>();
  changedMs = Date.now();

  constructor(
    readonly ino: number,
    readonly mode: number,
  ) {}
}

export type DiskNode = FileNode | DirectoryNode;

/** What a name is to mean from now on; without a node it means nothing. */
export interface NameChange {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: DiskNode | undefined;
}

/** Changes of names that a power cut keeps or loses together. */
export type NameChanges = readonly NameChange[];

interface Opened {
  readonly node: DiskNode;
  readonly purpose: Purpose;
  at: number;
}

/** Handles of the real disk lie below. */
const FIRST_HANDLE = 1_000_000;
const FREE_BYTES = 2 ** 40;

/** The bytes after a change. */
export function changed(bytes: Buffer, change: ByteChange): Buffer {
  const end = 'length' in change ? change.length : Math.max(bytes.length, change.at + change.bytes.length);
  const after = Buffer.alloc(end);
  bytes.copy(after);
  if ('bytes' in change) change.bytes.copy(after, change.at);
  return after;
}

/** A disk in memory; `disk` is what the program is given. */
export class MemoryDisk {
  readonly disk: Disk;
  readonly top: DirectoryNode;
  /** Changes of names that are not durable yet, oldest first. */
  pending: NameChanges[] = [];
  readonly #opened = new Map<Handle, Opened>();
  #inodes = 1;
  #handles = FIRST_HANDLE;

  constructor(readonly root: string) {
    this.top = new DirectoryNode(this.#inodes++, 0o755);
    const here: Disk = {
      open: (file, purpose, mode = 0o666) => this.#open(file, purpose, mode),
      close: (handle) => void this.#opened.delete(handle),
      read: (handle, target, from) => this.#read(handle, target, from),
      write: (handle, bytes, to) => this.#write(handle, bytes, to),
      cut: (handle, length) => this.#cut(handle, length),
      sync: (handle) => this.#sync(handle),
      syncContent: (handle) => this.#sync(handle),
      statOpen: (handle) => statOf(this.#openedAs(handle).node),
      content: (file) => Buffer.from(this.#fileAt(file).now),
      exists: (file) => this.#exists(file),
      stat: (file) => this.#stat(file),
      statLink: (file) => this.#stat(file),
      times: (file) => timesOf(this.#at(file, 'stat')),
      names: (directory) => [...this.#directoryAt(directory, 'scandir').now.keys()],
      realPath: (file) => this.#at(file, 'realpath') && path.resolve(file),
      space: () => ({ bytes: FREE_BYTES, free: FREE_BYTES }),
      makeDirectory: (directory, mode = 0o777) => this.#makeDirectory(directory, mode),
      makeDirectories: (directory, mode) => this.#makeDirectories(directory, mode),
      rename: (from, to) => this.#rename(from, to),
      link: (file, name) => this.#link(file, name),
      remove: (file) => this.#remove(file),
      removeTree: (directory) => this.#removeTree(directory),
      touch: (file, at) => void Object.assign(this.#at(file, 'utime'), { changedMs: at }),
      syncNames: (directory) => this.#syncNames(directory),
    };
    this.disk = Object.fromEntries(
      (Object.keys(nodeDisk) as (keyof Disk)[]).map((name) => {
        const [inMemory, real] = [here[name], nodeDisk[name]] as ((...args: unknown[]) => unknown)[];
        return [name, (...args: unknown[]) => (this.#isHere(args[0]) ? inMemory : real)?.(...args)];
      }),
    ) as unknown as Disk;
  }

  /** A node number that nothing has. */
  nextInode(): number {
    return this.#inodes++;
  }

  /** Everything on it is durable from now on. */
  settle(): void {
    this.pending = [];
    for (const node of nodesBelow(this.top)) {
      if (node instanceof FileNode) [node.kept, node.pending] = [node.now, []];
      else replaceNames(node.kept, node.now);
    }
  }

  /** A disk with the same on it, all of it durable. */
  clone(): MemoryDisk {
    const copy = new MemoryDisk(this.root);
    const copies = new Map<DiskNode, DiskNode>();
    const fill = (from: DirectoryNode, to: DirectoryNode): void => {
      for (const [name, node] of from.now) to.now.set(name, copyOf(node));
    };
    const copyOf = (node: DiskNode): DiskNode => {
      const known = copies.get(node);
      if (known) return known;
      const isFile = node instanceof FileNode;
      const made = isFile
        ? new FileNode(copy.nextInode(), node.mode, node.now)
        : new DirectoryNode(copy.nextInode(), node.mode);
      made.changedMs = node.changedMs;
      copies.set(node, made);
      if (!isFile) fill(node, made as DirectoryNode);
      return made;
    };
    fill(this.top, copy.top);
    copy.settle();
    return copy;
  }

  /** The same for disks with the same names and the same in their files; who holds a lock, and since when, is left out. */
  digest(): string {
    const lines = [...this.paths()].map(([file, node]) => {
      if (!(node instanceof FileNode)) return `${file}/`;
      return file.endsWith('/lock') ? `${file} ${node.now.length > 0}` : `${file} ${hash('sha256', node.now, 'hex')}`;
    });
    return hash('sha256', lines.sort().join('\n'), 'hex');
  }

  /** Every path on it, with its node; directories before what is in them. */
  *paths(): Generator<readonly [string, DiskNode]> {
    yield* pathsBelow(this.top, this.root);
  }

  #isHere(first: unknown): boolean {
    if (typeof first === 'number') return first >= FIRST_HANDLE;
    const place = path.resolve(String(first));
    return place === this.root || place.startsWith(`${this.root}/`);
  }

  #open(file: string, purpose: Purpose, mode: number): Handle {
    const found = this.#find(file);
    if (found && purpose === 'making') throw failure('EEXIST', 'open', file);
    if (found instanceof DirectoryNode && !purpose.startsWith('reading')) throw failure('EISDIR', 'open', file);
    if (!found && (purpose.startsWith('reading') || purpose === 'changing')) throw failure('ENOENT', 'open', file);
    const node = found ?? this.#make(file, new FileNode(this.nextInode(), mode), 'open');
    if (purpose === 'replacing' && node instanceof FileNode && node.now.length > 0) node.change({ length: 0 });
    this.#opened.set(++this.#handles, { node, purpose, at: 0 });
    return this.#handles;
  }

  #read(handle: Handle, target: Uint8Array, from: number | null): number {
    const opened = this.#openedAs(handle);
    if (opened.purpose === 'adding') throw failure('EBADF', 'read', String(handle));
    const { now } = this.#file(handle);
    const at = from ?? opened.at;
    const got = now.subarray(at, at + target.length);
    target.set(got);
    if (from === null) opened.at += got.length;
    return got.length;
  }

  #write(handle: Handle, bytes: Uint8Array, to: number | null): number {
    const opened = this.#openedAs(handle);
    if (opened.purpose.startsWith('reading')) throw failure('EBADF', 'write', String(handle));
    const file = this.#file(handle);
    const at = opened.purpose === 'adding' ? file.now.length : (to ?? opened.at);
    file.change({ at, bytes: Buffer.from(bytes) });
    if (to === null) opened.at = at + bytes.length;
    return bytes.length;
  }

  #cut(handle: Handle, length: number): void {
    if (this.#openedAs(handle).purpose.startsWith('reading')) throw failure('EINVAL', 'ftruncate', String(handle));
    this.#file(handle).change({ length });
  }

  #sync(handle: Handle): void {
    const { node } = this.#openedAs(handle);
    if (node instanceof FileNode) [node.kept, node.pending] = [node.now, []];
  }

  #makeDirectory(directory: string, mode: number): void {
    if (this.#find(directory)) throw failure('EEXIST', 'mkdir', directory);
    this.#make(directory, new DirectoryNode(this.nextInode(), mode), 'mkdir');
  }

  #makeDirectories(directory: string, mode = 0o777): void {
    const found = this.#find(directory);
    if (found instanceof DirectoryNode) return;
    if (found) throw failure('EEXIST', 'mkdir', directory);
    this.#makeDirectories(path.dirname(directory), mode);
    this.#makeDirectory(directory, mode);
  }

  #rename(from: string, to: string): void {
    const node = this.#at(from, 'rename');
    const there = this.#find(to);
    if (there instanceof DirectoryNode && node instanceof FileNode) throw failure('EISDIR', 'rename', to);
    if (there === node) return;
    this.#change('rename', { file: to, node }, { file: from, node: undefined });
  }

  #link(file: string, name: string): void {
    const node = this.#fileAt(file);
    if (this.#find(name)) throw failure('EEXIST', 'link', name);
    this.#change('link', { file: name, node });
  }

  #remove(file: string): void {
    const node = this.#find(file);
    if (!node) return;
    if (node instanceof DirectoryNode) throw failure('EISDIR', 'unlink', file);
    this.#change('unlink', { file, node: undefined });
  }

  #removeTree(place: string): void {
    const node = this.#find(place);
    if (!node) return;
    if (node instanceof DirectoryNode)
      for (const name of [...node.now.keys()]) this.#removeTree(path.join(place, name));
    this.#change('unlink', { file: place, node: undefined });
  }

  /** What a rename takes away from here is gone with the new name; the new name is there, while the old one may stay. */
  #syncNames(directory: string): void {
    const node = this.#directoryAt(directory, 'fsync');
    const isOf = (change: NameChange): boolean => change.directory === node;
    let left: NameChanges[] = [];
    for (const changes of this.pending) {
      const takesAway = changes.some((change) => isOf(change) && !change.node);
      const now = takesAway ? changes : changes.filter(isOf);
      for (const { directory: place, name, node: means } of now) {
        setName(place.kept, name, means);
        left = left.map((earlier) => earlier.filter((one) => one.directory !== place || one.name !== name));
      }
      left.push(changes.filter((change) => !now.includes(change)));
    }
    this.pending = left.filter((changes) => changes.length > 0);
  }

  #make<N extends DiskNode>(file: string, node: N, syscall: string): N {
    this.#change(syscall, { file, node });
    return node;
  }

  #change(
    syscall: string,
    ...changes: readonly { readonly file: string; readonly node: DiskNode | undefined }[]
  ): void {
    const named = changes.map(({ file, node }) => {
      const directory = this.#find(path.dirname(file));
      if (!directory) throw failure('ENOENT', syscall, file);
      if (!(directory instanceof DirectoryNode)) throw failure('ENOTDIR', syscall, file);
      return { directory, name: path.basename(file), node };
    });
    for (const { directory, name, node } of named) {
      setName(directory.now, name, node);
      directory.changedMs = Date.now();
    }
    this.pending.push(named);
  }

  #exists(file: string): boolean {
    try {
      return this.#find(file) !== undefined;
    } catch {
      return false;
    }
  }

  #stat(file: string): Stat | undefined {
    const node = this.#find(file);
    return node && statOf(node);
  }

  #find(file: string): DiskNode | undefined {
    let node: DiskNode | undefined = this.top;
    for (const name of path.relative(this.root, path.resolve(file)).split('/')) {
      if (name === '') continue;
      if (node instanceof FileNode) throw failure('ENOTDIR', 'stat', file);
      node = node?.now.get(name);
    }
    return node;
  }

  #at(file: string, syscall: string): DiskNode {
    const node = this.#find(file);
    if (!node) throw failure('ENOENT', syscall, file);
    return node;
  }

  #fileAt(file: string): FileNode {
    const node = this.#at(file, 'open');
    if (node instanceof FileNode) return node;
    throw failure('EISDIR', 'read', file);
  }

  #directoryAt(directory: string, syscall: string): DirectoryNode {
    const node = this.#at(directory, syscall);
    if (node instanceof DirectoryNode) return node;
    throw failure('ENOTDIR', syscall, directory);
  }

  #openedAs(handle: Handle): Opened {
    const opened = this.#opened.get(handle);
    if (!opened) throw failure('EBADF', 'handle', String(handle));
    return opened;
  }

  #file(handle: Handle): FileNode {
    const { node } = this.#openedAs(handle);
    if (node instanceof FileNode) return node;
    throw failure('EISDIR', 'read', String(handle));
  }
}

/** Every path below a directory by the names that are there now. */
function* pathsBelow(directory: DirectoryNode, place: string): Generator<readonly [string, DiskNode]> {
  for (const [name, node] of directory.now) {
    const file = `${place}/${name}`;
    yield [file, node];
    if (node instanceof DirectoryNode) yield* pathsBelow(node, file);
  }
}

function* nodesBelow(directory: DirectoryNode): Generator<DiskNode> {
  yield directory;
  for (const node of directory.now.values()) {
    if (node instanceof DirectoryNode) yield* nodesBelow(node);
    else yield node;
  }
}

/** Lets a name mean the node, or nothing. */
export function setName(names: Map<string, DiskNode>, name: string, node: DiskNode | undefined): void {
  if (node) names.set(name, node);
  else names.delete(name);
}

function replaceNames(names: Map<string, DiskNode>, by: ReadonlyMap<string, DiskNode>): void {
  names.clear();
  for (const [name, node] of by) names.set(name, node);
}

function statOf(node: DiskNode): Stat {
  const isFile = node instanceof FileNode;
  return {
    size: isFile ? node.now.length : 0,
    mtimeMs: node.changedMs,
    ctimeMs: node.changedMs,
    ino: node.ino,
    nlink: 1,
    mode: (isFile ? 0o100000 : 0o040000) | node.mode,
    uid: process.getuid?.() ?? 0,
    isFile: () => isFile,
    isDirectory: () => !isFile,
    isSymbolicLink: () => false,
  };
}

function timesOf({ changedMs }: DiskNode): { birth: bigint; changed: bigint; modified: bigint } {
  const at = BigInt(Math.floor(changedMs)) * 1_000_000n;
  return { birth: 0n, changed: at, modified: at };
}

function failure(code: string, syscall: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${file}'`), { code, syscall, path: file, errno: -1 });
}
