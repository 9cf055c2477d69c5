// Files of strangers as byte sources: only regular files, never through a link, and read once (spec/bundle.md, "Import").
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../format/error.js';
import type { Digest } from '../format/ids.js';
import type { ByteSource } from '../format/source.js';
import { onDisk } from '../repository/files.js';
import { readFully, writeFully } from '../repository/packs.js';

const COPY_SIZE = 1_048_576;
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** An open regular file. */
export interface OpenFile extends ByteSource {
  readonly name: string;
  close(): void;
}

/** A private copy of a file: nobody can change it while it is read. */
export interface SpooledFile extends OpenFile {
  /** SHA-256 of the whole. */
  readonly digest: Digest;
}

/**
 * Opens a regular file; links, directories, pipes and devices are refused without waiting for anything.
 * @throws SatchelError `not-a-file`, `io`
 */
export function openFile(file: string): OpenFile {
  const fd = openRegular(file);
  const { size } = fs.fstatSync(fd);
  return sourceOfFd(file, fd, size);
}

/**
 * Copies a file to the repository's `tmp` while hashing it, and opens the copy, which vanishes when closed.
 * @throws SatchelError `not-a-file`, `changed` when it grew or shrank meanwhile, `io`, `no-space`
 */
export function spoolFile(file: string, directory: string): SpooledFile {
  const source = openFile(file);
  try {
    return spool(
      file,
      directory,
      (offset) => source.read(offset, Math.min(COPY_SIZE, source.size - offset)),
      source.size,
    );
  } finally {
    source.close();
  }
}

/** Copies standard input, or any open stream of bytes, the same way. */
export function spoolStream(fd: number, name: string, directory: string): SpooledFile {
  const buffer = Buffer.alloc(COPY_SIZE);
  const next = (): Buffer => Buffer.from(buffer.subarray(0, readSome(fd, buffer)));
  return spool(name, directory, next, undefined);
}

function spool(
  name: string,
  directory: string,
  next: (offset: number) => Buffer,
  expected: number | undefined,
): SpooledFile {
  return onDisk(`copying ${name}`, () => {
    fs.mkdirSync(directory, { recursive: true });
    const copy = path.join(
      directory,
      `import-${process.pid}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`,
    );
    const fd = fs.openSync(copy, 'w+', 0o600);
    // the name goes at once: whatever happens to this process, nothing stays behind
    fs.rmSync(copy, { force: true });
    const hash = createHash('sha256');
    let size = 0;
    for (let bytes = next(0); bytes.length > 0; bytes = next(size)) {
      hash.update(bytes);
      writeFully(fd, bytes, size);
      size += bytes.length;
      if (size === expected) break;
    }
    if (expected !== undefined && size !== expected)
      throw new SatchelError('changed', `${name} became shorter while it was read`, {
        hint: 'import it again when nobody writes to it',
      });
    return { ...sourceOfFd(name, fd, size), digest: hash.digest('hex') as Digest };
  });
}

function sourceOfFd(name: string, fd: number, size: number): OpenFile {
  return {
    name,
    size,
    read: (offset, length) => {
      const bytes = Buffer.allocUnsafe(length);
      const got = onDisk(`reading ${name}`, () => readFully(fd, bytes, offset));
      return got < length ? bytes.subarray(0, got) : bytes;
    },
    close: () => fs.closeSync(fd),
  };
}

function openRegular(file: string): number {
  const fd = tryOpen(file);
  const stat = fs.fstatSync(fd);
  if (stat.isFile()) return fd;
  fs.closeSync(fd);
  throw notAFile(file, stat.isDirectory() ? 'a directory' : 'not a regular file');
}

function tryOpen(file: string): number {
  try {
    return fs.openSync(file, OPEN_FLAGS);
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
      return fs.readSync(fd, buffer, 0, buffer.length, null);
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
  return new SatchelError('not-a-file', `${file} is ${what}`, { hint: 'give the bundle file itself' });
}
