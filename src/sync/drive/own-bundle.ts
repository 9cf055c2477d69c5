// A bundle that was added to a drive just now: what is remembered of it is what was compared with it, as if it had been
// verified like anybody's (spec/drive.md, "What a drive holds").
import type { ContentsRecord } from '../../format/bundle/contents.js';
import { type Frontier, frontierSize } from '../../format/bundle/frontier.js';
import type { Manifest } from '../../format/bundle/manifest.js';
import { readContents, readFrontier, readWants } from '../../format/bundle/reader.js';
import type { Wants } from '../../format/bundle/wants.js';
import type { Digest } from '../../format/ids.js';
import { isOfInterest } from '../import/import.js';
import type { OpenFile } from '../import/source.js';
import { keepStatement } from '../known/statements.js';
import type { Session } from '../session.js';
import { aboutOf, makerOf } from './about.js';
import type { Drive } from './drive.js';
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

/** Remembers it; none when the file is not there any more as it was written. */
export function noteOwnBundle(session: Session, drive: Drive, name: string, own: OwnBundle): Record<string, SeenFile> {
  const { repository } = session;
  const listed = drive.medium.find(name);
  if (listed?.size !== own.size) return {};
  const { manifest, frontier, wants, records, chunks, digest, front } = own;
  rememberVerified(repository.layout, drive.id, digest, own);
  if (isOfInterest(session, manifest))
    repository.locked(() => keepStatement(repository, manifest, { frontier, wants }));
  const now = repository.world.now();
  const seen = {
    ...listed,
    front,
    looked: now,
    digest,
    segments: records.length,
    checked: now,
    ...(chunks.length > 0 && { chunks: chunks.length }),
    stated: frontierSize(frontier),
    ...makerOf(manifest),
    ...aboutOf(session, [...records.map(({ log }) => log), ...frontier.keys()]),
    written: now,
  };
  return { [name]: seen };
}
