// Removing chunks that nothing refers to any more (spec/repository.md, "Garbage collection").

import path from 'node:path';
import type { Digest, LogId } from '../../format/ids.js';
import { decodeMeta, type Range } from '../../format/log/meta.js';
import { disk } from '../disk.js';
import { eraseFile } from '../erase.js';
import { onDisk } from '../files.js';
import type { Repository } from '../repository.js';
import { blobReferences } from '../store/blob-refs.js';
import { type BlobStore, isAbandoned, type StoredBlob } from '../store/blobs.js';

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
  const isOld = (one: { readonly added: number }): boolean => isAbandoned(one, repository.world.now());
  const needed = neededBlobs(repository);
  const unfinished = [...blobs.unfinished()].filter(isOld);
  for (const { file } of unfinished) remove(file);
  const report = { removed: 0, bytes: 0, leftovers: unfinished.length };
  if (!needed) return report;
  const isNeeded = ({ digest }: StoredBlob): boolean => needed.has(digest);
  // what was put aside says that a list is missing, as long as it is
  const isTold = ({ digest }: StoredBlob): boolean => needed.has(digest) && !blobs.has(digest);
  for (const stored of [...abandoned(blobs.stored(), isNeeded), ...abandoned(blobs.setAside(), isTold)]) {
    if (!isOld(stored)) continue;
    remove(stored.file);
    report.removed++;
    report.bytes += stored.size;
  }
  return report;
}

/** Removes at once, overwritten, the chunks of what forgotten entries refer to, unless others do too; how many. Only under the lock. */
export function eraseForgottenBlobs(repository: Repository, entries: ReadonlyMap<LogId, readonly Range[]>): number {
  const { blobs } = repository;
  const roots = rootsOf(repository, entries);
  const needed = roots.size > 0 ? neededBlobs(repository) : undefined;
  if (!needed) return 0;
  const going: string[] = [];
  for (const root of roots) {
    const list = blobs.list(root);
    const chunks = Array.from({ length: list?.count ?? 0 }, (_, i) => list?.hash(i) as Digest);
    // the list last: a crash between leaves what the same command can go on from
    for (const digest of [...chunks, root])
      if (blobs.has(digest) && !needed.has(digest)) going.push(moveAway(repository, blobs.file(digest)));
  }
  onDisk('removing attachments', () => {
    for (const file of going) eraseFile(file);
  });
  return going.length;
}

/** What is being overwritten has a chunk's name no more, durably: it would be damaged. */
function moveAway({ layout }: Repository, file: string): string {
  const away = path.join(layout.tmp, `${path.basename(file)}.erased`);
  onDisk('removing attachments', () => {
    disk.makeDirectories(layout.tmp);
    disk.rename(file, away);
    disk.syncNames(path.dirname(file));
  });
  return away;
}

/** What the entries refer to by their metadata, whether their payloads are here or not. */
function rootsOf(repository: Repository, entries: ReadonlyMap<LogId, readonly Range[]>): ReadonlySet<Digest> {
  const roots = new Set<Digest>();
  for (const [log, ranges] of entries) {
    for (const { from, end } of ranges) {
      for (const run of repository.runs(log, from, end).filter((one) => one.blobs))
        for (const { meta } of repository.entries(log, Math.max(from, run.first), Math.min(end, run.end)))
          for (const { root } of meta.length === 0 ? [] : (decodeMeta(meta).blobs ?? [])) roots.add(root);
    }
  }
  return roots;
}

function* abandoned(stored: Iterable<StoredBlob>, isKept: (one: StoredBlob) => boolean): Generator<StoredBlob> {
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
