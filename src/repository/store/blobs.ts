// Attachments' chunks and chunk lists on disk, each under the SHA-256 of its bytes (spec/repository.md, "Blobs"). Nobody
// needs the lock to add one: a file appears whole or not at all, and nothing refers to it before a commit does.

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { type Digest, shortId } from '../../format/ids.js';
import { CHUNK_MAX } from '../../format/limits.js';
import { blobHash, type ChunkList, decodeChunkList } from '../../format/log/blob.js';
import { disk, type Stat } from '../disk.js';
import { isMissing, namesIn, onDisk } from '../files.js';
import { writeFully } from './fully.js';

/** Where chunks are written before they get their name. */
const NEW = 'new';
/** Where damaged ones are put. */
const DAMAGED = 'damaged';
/** Directories are named by so many digits of the hashes in them. */
const FAN_OUT = 2;

/** So long what was added may wait for the commit that refers to it. */
const GRACE_MS = 24 * 60 * 60 * 1_000;

/** What is stored under one hash, as a file. */
export interface StoredBlob {
  readonly digest: Digest;
  readonly file: string;
  readonly size: number;
  /** Milliseconds since 1970 at which it was added last. */
  readonly added: number;
}

/** Whether whoever added it has had all the time to refer to it. */
export function isAbandoned({ added }: { readonly added: number }, now: number): boolean {
  return now - added > GRACE_MS;
}

/** The store in a directory; `settle` makes what was added durable. */
export class BlobStore {
  readonly directory: string;
  readonly #unsettled = new Set<string>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Whether something is stored under the hash; whether it is undamaged only reading tells. */
  has(digest: Digest): boolean {
    return this.size(digest) !== undefined;
  }

  /** Bytes stored under the hash, or undefined when nothing is. */
  size(digest: Digest): number | undefined {
    return onDisk('looking for attachments', () => statIfThere(this.file(digest)))?.size;
  }

  /**
   * The bytes with that hash.
   * @throws SatchelError `damaged` when what is stored has another one, or nothing is; `io`
   */
  read(digest: Digest): Buffer {
    const bytes = this.readIfGood(digest);
    if (bytes) return bytes;
    const what = this.has(digest) ? 'does not match its hash' : 'is missing';
    throw new SatchelError('damaged', `attachment chunk ${shortId(digest)} ${what}`, {
      hint: 'run "satchel check --all"',
    });
  }

  /** The bytes with that hash; undefined when they are not there undamaged. */
  readIfGood(digest: Digest): Buffer | undefined {
    const bytes = onDisk('reading an attachment', () => chunkIfThere(this.file(digest)));
    return bytes && blobHash(bytes) === digest ? bytes : undefined;
  }

  /** The chunk list of a blob, or undefined when it is not there undamaged. */
  list(root: Digest): ChunkList | undefined {
    const bytes = this.readIfGood(root);
    return bytes && decodeChunkList(bytes);
  }

  /**
   * Stores the bytes and tells their hash; durable after {@link settle}. What is there already counts as added now, and is
   * replaced when it is damaged.
   * @throws SatchelError `no-space`, `io`
   */
  add(bytes: Buffer): Digest {
    const digest = blobHash(bytes);
    const file = this.file(digest);
    onDisk('storing an attachment', () => {
      if (chunkIfThere(file)?.equals(bytes)) touch(file);
      else this.#write(file, bytes);
      this.#unsettled.add(path.dirname(file));
    });
    return digest;
  }

  /** Makes the names of everything that was added durable: to be done before a commit refers to it. */
  settle(): void {
    onDisk('storing an attachment', () => {
      for (const directory of this.#unsettled) disk.syncNames(directory);
      if (this.#unsettled.size > 0) disk.syncNames(this.directory);
    });
    this.#unsettled.clear();
  }

  /** Everything that is stored, in order of the hashes. */
  *stored(): Generator<StoredBlob> {
    for (const fan of namesIn(this.directory).sort()) {
      if (!/^[0-9a-f]{2}$/.test(fan)) continue;
      yield* blobsIn(path.join(this.directory, fan), fan);
    }
  }

  /** Every hash under which something is stored, in order. */
  *hashes(): Generator<Digest> {
    for (const { digest } of this.stored()) yield digest;
  }

  /** Removes what is stored under the hash. */
  remove(digest: Digest): void {
    onDisk('removing an attachment', () => disk.remove(this.file(digest)));
  }

  /** Puts what is damaged out of the way: it is missing from now on, and can be added again. */
  putAside(digest: Digest): void {
    onDisk('setting an attachment aside', () => {
      disk.makeDirectories(path.join(this.directory, DAMAGED));
      disk.rename(this.file(digest), path.join(this.directory, DAMAGED, digest));
    });
  }

  /** Whether something was put aside under the hash and has not come again. */
  isSetAside(digest: Digest): boolean {
    return !this.has(digest) && disk.exists(path.join(this.directory, DAMAGED, digest));
  }

  /** What was put aside. */
  setAside(): Generator<StoredBlob> {
    return blobsIn(path.join(this.directory, DAMAGED), '');
  }

  /** Files of commands that are being run, or were killed. */
  *unfinished(): Generator<{ readonly file: string; readonly added: number }> {
    for (const name of namesIn(path.join(this.directory, NEW)).sort()) {
      const file = path.join(this.directory, NEW, name);
      const stat = onDisk('listing attachments', () => statIfThere(file));
      if (stat) yield { file, added: stat.mtimeMs };
    }
  }

  /** The path of what is stored under the hash, or would be. */
  file(digest: Digest): string {
    return path.join(this.directory, digest.slice(0, FAN_OUT), digest.slice(FAN_OUT));
  }

  #write(file: string, bytes: Buffer): void {
    const temporary = path.join(this.directory, NEW, `${path.basename(file)}.${process.pid}`);
    disk.makeDirectories(path.dirname(temporary));
    disk.makeDirectories(path.dirname(file));
    const fd = disk.open(temporary, 'replacing');
    try {
      writeFully(fd, bytes, 0);
      disk.syncContent(fd);
    } catch (error) {
      disk.remove(temporary);
      throw error;
    } finally {
      disk.close(fd);
    }
    disk.rename(temporary, file);
  }
}

function* blobsIn(directory: string, prefix: string): Generator<StoredBlob> {
  for (const name of namesIn(directory).sort()) {
    const digest = `${prefix}${name}` as Digest;
    const file = path.join(directory, name);
    const stat = /^[0-9a-f]{64}$/.test(digest) && onDisk('listing attachments', () => statIfThere(file));
    if (stat) yield { digest, file, size: stat.size, added: stat.mtimeMs };
  }
}

/** What is stored counts as added now, so that no garbage collection takes it for abandoned. */
function touch(file: string): void {
  disk.touch(file, Date.now());
}

/** The file's bytes; undefined for what is not there, or is no regular file that a chunk could be. */
function chunkIfThere(file: string): Buffer | undefined {
  try {
    if ((statIfThere(file)?.size ?? Number.POSITIVE_INFINITY) > CHUNK_MAX) return undefined;
    return disk.content(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function statIfThere(file: string): Stat | undefined {
  const stat = disk.statLink(file);
  return stat?.isFile() ? stat : undefined;
}
