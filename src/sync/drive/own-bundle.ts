// A bundle that was added to a drive just now: what is remembered of it is what was compared with it, as if it had been
// verified like anybody's (spec/drive.md, "What a drive holds").
import type { ContentsRecord } from '../../format/bundle/contents.js';
import { type Frontier, frontierSize } from '../../format/bundle/frontier.js';
import type { Manifest } from '../../format/bundle/manifest.js';
import { blobDigest } from '../../format/bundle/members.js';
import { type Bundle, openBundle, readContents, readFrontier, readWants } from '../../format/bundle/reader.js';
import type { Wants } from '../../format/bundle/wants.js';
import type { Digest } from '../../format/ids.js';
import { subtractRanges } from '../../repository/index/held.js';
import type { Repository } from '../../repository/repository.js';
import { keptBack } from '../export/kept-back.js';
import type { Seal } from '../export/seal.js';
import type { SealedFile } from '../export/written.js';
import { isOfInterest } from '../import/import.js';
import type { OpenFile } from '../import/source.js';
import { keepStatement } from '../known/statements.js';
import type { Session } from '../session.js';
import { aboutOf, audienceIn, makerOf } from './about.js';
import { ChunkNotes, type ChunkOnDrive } from './chunks.js';
import type { Drive } from './drive.js';
import { idAt } from './holdings.js';
import { frontOf } from './look.js';
import { type ReadParts, rememberVerified, type SeenFile } from './memory.js';
import type { ReadBack } from './read-back.js';

/** What was written, as the medium gave it back. */
export interface OwnBundle extends ReadParts {
  readonly size: number;
  readonly front: Digest;
  readonly digest: Digest;
  readonly manifest: Manifest;
  readonly records: readonly ContentsRecord[];
  readonly frontier: Frontier;
  readonly wants: Wants | undefined;
  /** Of a sealed one, the keys (hex) that it is sealed to. */
  readonly keys?: readonly string[];
}

/** Takes from a file that was read back, and is still open, what is to be remembered of it. */
export function ownBundle(written: OpenFile, { bundle, digest, chunks }: ReadBack): OwnBundle {
  return {
    size: written.size,
    front: frontOf(written),
    digest,
    manifest: bundle.manifest,
    records: [...readContents(bundle)],
    chunks,
    frontier: readFrontier(bundle),
    wants: readWants(bundle),
  };
}

/**
 * The same of a file that was sealed, and compared by its digest alone: what is in it is read where it lay before it was
 * sealed, and whom it is for, by which keys, is what was asked for.
 */
export function ownSealed(written: OpenFile, { digest, plain }: SealedFile, { keys }: Seal): OwnBundle {
  const bundle = openBundle(plain);
  return {
    size: written.size,
    front: frontOf(written),
    digest,
    manifest: bundle.manifest,
    records: [...readContents(bundle)],
    chunks: chunksIn(plain, bundle),
    frontier: readFrontier(bundle),
    wants: readWants(bundle),
    keys: keys.map((key) => key.toString('hex')),
  };
}

/** What of a segment lies there: what was forgotten here went along without its payload, if at all. */
function shownIn(repository: Repository, record: ContentsRecord): ContentsRecord[] {
  const { log, first, end } = record;
  const parts = subtractRanges([{ from: first, end }], keptBack(repository, log).ranges);
  return parts.flatMap((part) => {
    const id = part.end === end ? record.id : idAt(repository, log, part.end);
    return id === undefined ? [] : [{ ...record, first: part.from, end: part.end, id }];
  });
}

function chunksIn(plain: OpenFile, { members }: Bundle): readonly ChunkOnDrive[] {
  const notes = new ChunkNotes();
  for (const { name, offset, size } of members) {
    const chunk = blobDigest(name);
    if (chunk) notes.add(chunk, plain.read(offset, size));
  }
  return notes.all;
}

/** Remembers it; none when the file is not there any more as it was written. */
export function noteOwnBundle(session: Session, drive: Drive, name: string, own: OwnBundle): Record<string, SeenFile> {
  const { repository } = session;
  const listed = drive.medium.find(name);
  if (listed?.size !== own.size) return {};
  const { manifest, frontier, wants, chunks, digest, front } = own;
  const records = own.records.flatMap((record) => shownIn(repository, record));
  rememberVerified(repository.layout, drive.id, digest, { ...own, records });
  if (isOfInterest(session, manifest))
    repository.locked(() => keepStatement(repository, manifest, { frontier, wants }));
  const now = repository.world.now();
  const seen = {
    ...listed,
    front,
    looked: now,
    seen: now,
    digest,
    segments: records.length,
    checked: now,
    ...(chunks.length > 0 && { chunks: chunks.length }),
    stated: frontierSize(frontier),
    ...makerOf(manifest),
    ...(own.keys && { sealed: true, ...audienceIn(manifest), to: own.keys }),
    ...aboutOf(session, [...records.map(({ log }) => log), ...frontier.keys()]),
    written: now,
  };
  return { [name]: seen };
}
