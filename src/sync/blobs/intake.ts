// Taking chunks of attachments out of a bundle (spec/bundle.md, "Import"): chunk lists of blobs that are wanted, and what
// they list. A chunk that is stored stays, so an import that was interrupted goes on where it was. No lock is needed.

import { readMember } from '../../format/bundle/member-stream.js';
import { blobDigest } from '../../format/bundle/members.js';
import type { Bundle, BundleMember } from '../../format/bundle/reader.js';
import type { Digest, LogId } from '../../format/ids.js';
import { decodeChunkList } from '../../format/log/blob.js';
import type { BlobReference } from '../../repository/store/blob-refs.js';
import type { BlobStore } from '../../repository/store/blobs.js';
import type { Session } from '../session.js';
import { type WantedBlob, wantedBlobs } from './wanted.js';

/** What became of a bundle's chunks and chunk lists. Counts are of members, but for the bytes. */
export interface BlobCounts {
  readonly fresh: number;
  /** Of those. */
  readonly freshBytes: number;
  readonly known: number;
  /** Left in the file: nothing that is held refers to them, or nobody here wants it. */
  readonly skipped: number;
}

/** What was taken, and the logs whose entries refer to it. */
export interface TakenBlobs extends BlobCounts {
  readonly logs: readonly LogId[];
}

/** Of a bundle without any. */
export const NO_BLOBS: TakenBlobs = Object.freeze({ fresh: 0, freshBytes: 0, known: 0, skipped: 0, logs: [] });

/** How to take them. */
export interface IntakeOptions {
  readonly dryRun?: boolean | undefined;
  /** References of entries that a dry run does not take. */
  readonly alsoWanted?: readonly BlobReference[];
}

/**
 * Takes what is wanted from these members, each compared with its hash, and makes it durable.
 * @throws SatchelError `bad-member`, `changed`, `no-space`, `io`; what was stored before stays
 */
export function takeBlobs(
  session: Session,
  { source }: Pick<Bundle, 'source'>,
  members: readonly BundleMember[],
  options: IntakeOptions = {},
): TakenBlobs {
  const chunks = members.flatMap((member) => {
    const digest = blobDigest(member.name);
    return digest ? [{ digest, size: member.size, read: () => readMember(source, member) }] : [];
  });
  return takeChunks(session, chunks, options);
}

/** The same of chunks and chunk lists wherever they are. @throws SatchelError as {@link takeBlobs} */
export function takeChunks(session: Session, chunks: readonly OfferedChunk[], options: IntakeOptions = {}): TakenBlobs {
  if (chunks.length === 0) return NO_BLOBS;
  const intake = new Intake(session, options);
  for (const chunk of chunks) intake.takeList(chunk);
  for (const chunk of chunks) intake.takeChunk(chunk);
  if (!options.dryRun) session.repository.blobs.settle();
  return intake.taken;
}

/** A chunk or chunk list that is there to be taken. */
export interface OfferedChunk {
  readonly digest: Digest;
  readonly size: number;
  /** Its bytes, which match the digest. */
  read(): Buffer;
}

class Intake {
  readonly #store: BlobStore;
  readonly #isDry: boolean;
  readonly #lists = new Map<Digest, WantedBlob>();
  readonly #chunks = new Map<Digest, WantedBlob>();
  readonly #done = new Set<Digest>();
  readonly #logs = new Set<LogId>();
  #fresh = 0;
  #freshBytes = 0;
  #known = 0;
  #skipped = 0;

  constructor(session: Session, { dryRun, alsoWanted }: IntakeOptions) {
    this.#store = session.repository.blobs;
    this.#isDry = dryRun === true;
    for (const blob of wantedBlobs(session, alsoWanted)) {
      if (!blob.list) this.#lists.set(blob.root, blob);
      else
        for (const { from, end } of blob.missing) for (let i = from; i < end; i++) this.#want(blob, blob.list.hash(i));
    }
  }

  get taken(): TakenBlobs {
    const counts = { fresh: this.#fresh, freshBytes: this.#freshBytes, known: this.#known, skipped: this.#skipped };
    return { ...counts, logs: [...this.#logs] };
  }

  /** Chunk lists first: they tell which chunks are wanted. */
  takeList(offered: OfferedChunk): void {
    const blob = this.#lists.get(offered.digest);
    if (!blob) return;
    const list = decodeChunkList(this.#take(offered, blob));
    if (!list || !blob.references.some(({ size }) => size === list.size)) return;
    for (let i = 0; i < list.count; i++) if (!this.#store.has(list.hash(i))) this.#want(blob, list.hash(i));
  }

  takeChunk(offered: OfferedChunk): void {
    if (this.#done.has(offered.digest)) return;
    const blob = this.#chunks.get(offered.digest);
    if (blob) this.#take(offered, blob);
    else if (this.#store.has(offered.digest)) this.#known++;
    else this.#skipped++;
  }

  #want(blob: WantedBlob, digest: Digest): void {
    this.#chunks.set(digest, blob);
  }

  #take({ digest, size, read }: OfferedChunk, { references }: WantedBlob): Buffer {
    const bytes = read();
    if (!this.#isDry) this.#store.add(bytes);
    this.#done.add(digest);
    this.#fresh++;
    this.#freshBytes += size;
    for (const { log } of references) this.#logs.add(log);
    return bytes;
  }
}
