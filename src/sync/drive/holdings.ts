// What lies on a drive, seen from our own logs (spec/drive.md, "What a drive holds").
import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { Digest, EntryId, LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { Layout } from '../../repository/layout.js';
import type { Repository } from '../../repository/repository.js';
import { union } from '../known/knowledge.js';
import {
  readMemory,
  rememberedDrives,
  type SeenFile,
  type VerifiedParts,
  verifiedChunks,
  verifiedIn,
} from './memory.js';

/** A bundle on the drive, every segment of which was verified here. */
export interface VerifiedBundle extends VerifiedParts {
  readonly name: string;
  readonly file: SeenFile & { readonly digest: Digest };
}

/**
 * The verified bundles among the files seen on a drive, by name; for whom a sealed one lies there is said by lying-for.ts.
 * `fresh` is what was verified and not remembered yet.
 */
export function verifiedBundles(
  repository: Repository,
  drive: string,
  files: Readonly<Record<string, SeenFile>>,
  fresh: ReadonlyMap<Digest, VerifiedParts> = new Map(),
): VerifiedBundle[] {
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, file]) => {
      const { digest } = file;
      if (digest === undefined) return [];
      const parts = fresh.get(digest) ?? verifiedIn(repository.layout, drive, file);
      return parts ? [{ name, file: { ...file, digest }, ...parts }] : [];
    });
}

/**
 * Ranges of each log that the bundles hold together. Only entries of the history that we hold ourselves count: a file
 * with another history of the same log does not stand in for ours.
 */
export function rangesOnDrive(
  repository: Repository,
  bundles: readonly VerifiedBundle[],
): ReadonlyMap<LogId, readonly Range[]> {
  const found = new Map<LogId, Range[]>();
  for (const record of bundles.flatMap((bundle) => bundle.records)) {
    if (!isOurHistory(repository, record)) continue;
    const list = found.get(record.log);
    const range = { from: record.first, end: record.end };
    if (list) list.push(range);
    else found.set(record.log, [range]);
  }
  return new Map([...found].map(([log, ranges]) => [log, union(ranges)]));
}

/** The chunks of attachments that the bundles hold together. */
export function chunksOn(bundles: readonly VerifiedBundle[]): ReadonlySet<Digest> {
  return new Set(bundles.flatMap((bundle) => bundle.chunks.map(({ digest }) => digest)));
}

/** Finds, when first asked, the chunks that other drives are remembered to hold. */
export function chunksElsewhere(layout: Layout, drive: string): () => ReadonlySet<Digest> {
  let found: ReadonlySet<Digest> | undefined;
  return () => {
    found ??= new Set(
      rememberedDrives(layout)
        .filter((other) => other !== drive)
        .flatMap((other) => Object.values(readMemory(layout, other)?.files ?? {}).map((file) => ({ other, file })))
        .flatMap(({ other, file }) => verifiedChunks(layout, other, file) ?? [])
        .map(({ digest }) => digest),
    );
    return found;
  };
}

/** Whether the segment ends with the id that our copy of the log has there. */
function isOurHistory(repository: Repository, record: ContentsRecord): boolean {
  return idAt(repository, record.log, record.end) === record.id;
}

/** The id of our copy of a log at a length, as far as it is known. */
export function idAt(repository: Repository, log: LogId, length: number): EntryId | undefined {
  const summary = repository.log(log);
  if (summary?.end === length) return summary.id;
  const [run] = repository.runs(log, length - 1, length);
  if (!run) return undefined;
  if (run.end === length) return run.id;
  return repository.segment(run).entry(length - 1)?.id;
}
