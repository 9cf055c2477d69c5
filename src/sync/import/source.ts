// Files of strangers as byte sources: only regular files, never through a link, and read once (spec/bundle.md, "Import").
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import { BUNDLE_MAX } from '../../format/limits.js';
import type { ByteSource } from '../../format/source.js';
import { disk, type Stat } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { readFully, writeFully } from '../../repository/store/fully.js';

const COPY_SIZE = 1_048_576;

/** An open regular file. */
export interface OpenFile extends ByteSource {
  readonly name: string;
  /** Reads a stretch piece by piece through one buffer: what `each` is given holds only until it returns. */
  pass(from: number, end: number, each: (bytes: Buffer) => void): void;
  /** Whether somebody wrote to it since it was opened. */
  hasChanged(): boolean;
  close(): void;
}

/** A private copy of a file: nobody can change it while it is read. */
export interface SpooledFile extends OpenFile {
  /** SHA-256 of the file as it lies there: by this it is known. */
  readonly digest: Digest;
  /** SHA-256 of what is in this copy: another one where the file was sealed. */
  readonly content: Digest;
  /** Of a sealed one the public half of the own key that it was sealed to, hex. */
  readonly sealedTo?: string | undefined;
}

/**
 * Opens a regular file; links, directories, pipes and devices are refused without waiting for anything.
 * @throws SatchelError `not-a-file`, `io`
 */
export function openFile(file: string): OpenFile {
  const fd = tryOpen(file);
  return orClosed(fd, () => {
    assertRegular(file, fd);
    return sourceOfFd(file, fd);
  });
}

/**
 * Copies a file to `directory` while hashing it, and opens the copy, which vanishes when closed.
 * @throws SatchelError `not-a-file`, `changed` when it was written to meanwhile, `over-limit`, `io`, `no-space`
 */
export function spoolFile(file: string, directory: string): SpooledFile {
  return spoolOpen(openFile(file), directory);
}

/** The same of a file that is open already, which is closed afterwards. @throws SatchelError as `spoolFile` */
export function spoolOpen(source: OpenFile, directory: string): SpooledFile {
  const file = source.name;
  try {
    assertSize(file, source.size);
    const copy = spool(file, directory, (each) => source.pass(0, source.size, each));
    if (copy.size === source.size && orClosed(copy, () => !source.hasChanged())) return copy;
    copy.close();
    const hint = 'do it again when nobody writes to it';
    throw new SatchelError('changed', `${file} changed while it was read`, { hint });
  } finally {
    source.close();
  }
}

/**
 * Copies standard input, or any open stream of bytes, the same way.
 * @throws SatchelError `over-limit`, `io`, `no-space`
 */
export function spoolStream(fd: number, name: string, directory: string): SpooledFile {
  const buffer = Buffer.alloc(COPY_SIZE);
  return spool(name, directory, (each) => {
    for (let got = readSome(fd, buffer); got > 0; got = readSome(fd, buffer)) each(buffer.subarray(0, got));
  });
}

/** A stretch of an open file, to be copied as a file of its own. */
export interface Stretch {
  readonly source: OpenFile;
  readonly from: number;
  readonly end: number;
}

/**
 * Copies a stretch of a file the same way.
 * @throws SatchelError `over-limit`, `io`, `no-space`
 */
export function spoolStretch({ source, from, end }: Stretch, name: string, directory: string): SpooledFile {
  return spool(name, directory, (each) => source.pass(from, end, each));
}

/** A private file that is filled piece by piece, and vanishes when closed. */
export interface Spool {
  /** Bytes in it. */
  readonly size: number;
  add(bytes: Buffer): void;
  /** What is in it, when all is; closing that closes it. */
  source(): OpenFile;
  close(): void;
}

/**
 * An empty one; `name` is for what is said of it.
 * @throws SatchelError `io`, `no-space`
 */
export function openSpool(name: string, directory: string): Spool {
  const fd = onDisk(`unpacking ${name}`, () => openNameless(directory));
  let size = 0;
  return {
    get size() {
      return size;
    },
    add: (bytes) => {
      onDisk(`unpacking ${name}`, () => writeFully(fd, bytes, size));
      size += bytes.length;
    },
    source: () => sourceOfFd(name, fd),
    close: () => closeRead(fd),
  };
}

/**
 * A private file of the pieces that `pass` hands on, hashed as they come.
 * @throws SatchelError `over-limit`, `io`, `no-space`, and what `pass` throws
 */
export function spool(name: string, directory: string, pass: (each: (bytes: Buffer) => void) => void): SpooledFile {
  const fd = onDisk(`copying ${name}`, () => openNameless(directory));
  return orClosed(fd, () => {
    const digest = onDisk(`copying ${name}`, () => copyTo(fd, name, pass));
    return { ...sourceOfFd(name, fd), digest, content: digest };
  });
}

/**
 * A private copy of what `write` puts into an empty open file: nobody else can read it, and it vanishes when it is closed.
 * @throws SatchelError `io`, `no-space`
 */
export function writeSpool(name: string, directory: string, write: (fd: number) => void): OpenFile {
  const fd = onDisk(`writing a copy of ${name} in tmp`, () => openNameless(directory));
  return orClosed(fd, () => {
    onDisk(`writing a copy of ${name} in tmp`, () => write(fd));
    return sourceOfFd(name, fd);
  });
}

/** An empty file without a name: whatever happens to this process, nothing stays behind. */
function openNameless(directory: string): number {
  disk.makeDirectories(directory);
  const file = path.join(directory, `copy-${process.pid}-${randomBytes(4).toString('hex')}`);
  const fd = disk.open(file, 'making', 0o600);
  disk.remove(file);
  return fd;
}

function copyTo(fd: number, name: string, pass: (each: (bytes: Buffer) => void) => void): Digest {
  const hash = createHash('sha256');
  let size = 0;
  pass((bytes) => {
    assertSize(name, size + bytes.length);
    hash.update(bytes);
    writeFully(fd, bytes, size);
    size += bytes.length;
  });
  return hash.digest('hex') as Digest;
}

function assertSize(name: string, size: number): void {
  if (size <= BUNDLE_MAX) return;
  throw new SatchelError('over-limit', `${name} is larger than any bundle, which has at most ${BUNDLE_MAX} bytes`);
}

function sourceOfFd(name: string, fd: number): OpenFile {
  const stat = (): Stat => onDisk(`reading ${name}`, () => disk.statOpen(fd));
  const { size, mtimeMs } = stat();
  return {
    name,
    size,
    read: (offset, length) => {
      const bytes = Buffer.allocUnsafe(length);
      const got = onDisk(`reading ${name}`, () => readFully(fd, bytes, offset));
      return got < length ? bytes.subarray(0, got) : bytes;
    },
    pass: (from, end, each) => passThrough(name, fd, { from, end, each }),
    hasChanged: () => {
      const now = stat();
      return now.size !== size || now.mtimeMs !== mtimeMs;
    },
    close: () => closeRead(fd),
  };
}

function closeRead(fd: number): void {
  try {
    disk.close(fd);
  } catch {
    // it was only read: on a medium that was pulled out meanwhile there is nothing to lose
  }
}

/** Ends where the file does, should it have become shorter. */
function passThrough(
  name: string,
  fd: number,
  { from, end, each }: { readonly from: number; readonly end: number; each(bytes: Buffer): void },
): void {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_SIZE, end - from));
  for (let at = from; at < end; ) {
    const piece = buffer.subarray(0, Math.min(COPY_SIZE, end - at));
    const got = onDisk(`reading ${name}`, () => readFully(fd, piece, at));
    if (got === 0) return;
    each(piece.subarray(0, got));
    at += got;
  }
}

function assertRegular(file: string, fd: number): void {
  const stat = onDisk(`reading ${file}`, () => disk.statOpen(fd));
  if (!stat.isFile()) throw notAFile(file, stat.isDirectory() ? 'a directory' : 'not a regular file');
}

/** What `work` returns; when it fails the file is closed. */
function orClosed<T>(open: number | OpenFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (typeof open === 'number') closeRead(open);
    else open.close();
    throw error;
  }
}

function tryOpen(file: string): number {
  try {
    return disk.open(file, 'reading-itself');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'EMLINK') throw notAFile(file, 'a symbolic link');
    if (code === 'ENXIO') throw notAFile(file, 'not a regular file');
    return onDisk(`opening ${file}`, () => {
      throw error;
    });
  }
}

function readSome(fd: number, buffer: Buffer): number {
  for (;;) {
    try {
      return disk.read(fd, buffer, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      // a pipe without anything in it yet, opened elsewhere as non-blocking
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function notAFile(file: string, what: string): SatchelError {
  return new SatchelError('not-a-file', `${file} is ${what}`, { hint: 'give the file itself' });
}
