// Removing chunks that nothing refers to any more (spec/repository.md, "Garbage collection").

import type { Digest } from '../../format/ids.js';
import { disk } from '../disk.js';
import { onDisk } from '../files.js';
import type { Repository } from '../repository.js';
import { blobReferences } from '../store/blob-refs.js';
import { type BlobStore, isForgotten, type StoredBlob } from '../store/blobs.js';

/** What was removed. */
export interface SweepReport {
  /** Chunks and lists. */
  readonly removed: number;
  readonly bytes: number;
  /** Files of commands that were killed. */
  readonly leftovers: number;
}

/** Removes what nothing refers to and was not added lately. Only under the repository's lock. */
export function sweepBlobs(repository: Repository): SweepReport {
  const { blobs } = repository;
  const isOld = (one: { readonly added: number }): boolean => isForgotten(one, repository.world.now());
  const needed = neededBlobs(repository);
  const unfinished = [...blobs.unfinished()].filter(isOld);
  for (const { file } of unfinished) remove(file);
  const report = { removed: 0, bytes: 0, leftovers: unfinished.length };
  if (!needed) return report;
  const isNeeded = ({ digest }: StoredBlob): boolean => needed.has(digest);
  // what was put aside says that a list is missing, as long as it is
  const isTold = ({ digest }: StoredBlob): boolean => needed.has(digest) && !blobs.has(digest);
  for (const stored of [...forgotten(blobs.stored(), isNeeded), ...forgotten(blobs.setAside(), isTold)]) {
    if (!isOld(stored)) continue;
    remove(stored.file);
    report.removed++;
    report.bytes += stored.size;
  }
  return report;
}

function* forgotten(stored: Iterable<StoredBlob>, isKept: (one: StoredBlob) => boolean): Generator<StoredBlob> {
  for (const one of stored) if (!isKept(one)) yield one;
}

/** Every hash that is referred to; undefined when a list is damaged, because nobody knows then which chunks it names. */
function neededBlobs(repository: Repository): ReadonlySet<Digest> | undefined {
  const { blobs } = repository;
  const needed = new Set<Digest>();
  for (const { root } of blobReferences(repository)) {
    if (needed.has(root)) continue;
    needed.add(root);
    const list = blobs.list(root);
    if (!list && hasRotten(blobs, root)) return undefined;
    for (let i = 0; i < (list?.count ?? 0); i++) needed.add(list?.hash(i) as Digest);
  }
  return needed;
}

function hasRotten(blobs: BlobStore, root: Digest): boolean {
  return (blobs.has(root) && !blobs.readIfGood(root)) || blobs.isSetAside(root);
}

function remove(file: string): void {
  onDisk('removing attachments', () => disk.remove(file));
}
