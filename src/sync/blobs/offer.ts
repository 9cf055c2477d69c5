// Which chunks of attachments an export is about (spec/bundle.md, "What an export holds"): of the blobs that the chosen logs
// refer to, what each recipient lacks, what is here, and what does not lie on the drive yet.

import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { Digest, LogId } from '../../format/ids.js';
import type { ChunkList } from '../../format/log/blob.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { type BlobReference, blobReferences } from '../../repository/store/blob-refs.js';
import type { BlobStore } from '../../repository/store/blobs.js';
import type { ChunkHoldings, ExportOptions, Holdings } from '../export/options.js';
import { comesFirst } from '../export/select-pieces.js';
import { union } from '../known/knowledge.js';
import type { Recipient } from '../known/recipients.js';
import type { Session } from '../session.js';
import { ALL, type Lacked, type LackedBlobs, lackedBy } from './lacked.js';
import { byRoot, expiryOf, latest, urgency } from './wanted.js';

/** A chunk or chunk list as it goes into a bundle. */
export interface BlobPiece {
  /** Of the blob that it was found for. */
  readonly root: Digest;
  readonly digest: Digest;
  readonly size: number;
  /**
   * Its bytes.
   * @throws SatchelError `damaged` when they are not what was stored
   */
  read(): Buffer;
}

/** What a device lacks; none is named for who is not known, and cannot be asked. */
export interface Lacking {
  readonly recipient: Recipient | undefined;
  readonly blobs: LackedBlobs;
}

/** What of a blob is lacked, and the chunks that lie on the drive for whoever lacks it. */
interface Need {
  readonly lacked: Lacked;
  readonly held?: ReadonlySet<Digest> | undefined;
}

const NO_BLOBS: LackedBlobs = new Map();

/** The blobs that the chosen logs refer to. */
export class BlobOffer {
  readonly #store: BlobStore;
  readonly #self: Recipient;
  readonly #repository: Repository;
  readonly #blobs: ReadonlyMap<Digest, readonly BlobReference[]>;
  readonly #beside: ChunkHoldings | undefined;
  readonly #isFull: boolean;
  readonly #isFirst: (log: LogId) => boolean;

  constructor(session: Session, logs: readonly LogSummary[], options: ExportOptions) {
    this.#repository = session.repository;
    this.#self = session.self;
    this.#store = session.repository.blobs;
    const beside: Holdings | undefined = options.drive ?? options.parts ?? options.before;
    this.#beside = beside?.chunks;
    this.#isFull = options.full === true;
    this.#isFirst = comesFirst(session);
    const chosen = { logs: logs.map(({ log }) => log), hasExpired: expiryOf(session) };
    const references = [...blobReferences(session.repository, chosen)].filter(
      (reference) => !reference.frozen && isSince(session.repository, reference, options.since),
    );
    this.#blobs = byRoot(references);
  }

  /** What the recipient lacks and there is anything to send of; without a recipient, all there is. */
  lackedBy(recipient: Recipient | undefined): LackedBlobs {
    if (this.#blobs.size === 0) return NO_BLOBS;
    const tell = recipient && !this.#isFull ? lackedBy(this.#repository, recipient) : () => ALL as Lacked;
    const held = this.#heldFor(recipient);
    const lacked = new Map<Digest, Lacked>();
    for (const [root, references] of this.#blobs) {
      const parts = tell(root, references);
      if (parts && this.#hasAny(root, { lacked: parts, held })) lacked.set(root, parts);
    }
    return lacked;
  }

  /** All of what these entries refer to, for who cannot be asked. */
  referredToIn(records: readonly Pick<ContentsRecord, 'log' | 'first' | 'end'>[]): LackedBlobs {
    const ranges = new Map<LogId, typeof records>();
    for (const record of records) ranges.set(record.log, [...(ranges.get(record.log) ?? []), record]);
    const isIn = ({ log, seq }: BlobReference): boolean =>
      ranges.get(log)?.some(({ first, end }) => first <= seq && seq < end) ?? false;
    const held = this.#heldFor();
    const found = [...this.#blobs].filter(
      ([root, references]) => references.some(isIn) && this.#hasAny(root, { lacked: ALL, held }),
    );
    return new Map(found.map(([root]) => [root, ALL]));
  }

  /** The entries that refer to a blob. */
  referencesTo(root: Digest): readonly BlobReference[] {
    return this.#blobs.get(root) ?? [];
  }

  /** The chunk list of a blob, wherever else it lies; undefined when it is not here. */
  listOf(root: Digest): BlobPiece | undefined {
    return this.#offer(root, { root, held: undefined }).next().value ?? undefined;
  }

  /** Everything that any of them lacks, each chunk once: strangers' last, small blobs first, then what came last; of each its list first. */
  *pieces(recipients: readonly Lacking[]): Generator<BlobPiece> {
    const seen = new Set<Digest>();
    const needs = this.#bySight(recipients);
    for (const [root] of this.#inOrder(together(recipients.map(({ blobs }) => blobs)))) {
      for (const { held, lacked } of needs) {
        for (const piece of this.#piecesOf(root, { lacked: lacked.get(root), held })) {
          if (!seen.has(piece.digest)) yield piece;
          seen.add(piece.digest);
        }
      }
    }
  }

  /** What those lack together for whom the same chunks lie on the drive. */
  #bySight(
    recipients: readonly Lacking[],
  ): { readonly held: ReadonlySet<Digest> | undefined; readonly lacked: LackedBlobs }[] {
    const sights = new Map<ReadonlySet<Digest> | undefined, LackedBlobs[]>();
    for (const { recipient, blobs } of recipients) {
      const held = this.#heldFor(recipient);
      sights.set(held, [...(sights.get(held) ?? []), blobs]);
    }
    return [...sights].map(([held, all]) => ({ held, lacked: together(all) }));
  }

  /** Who is not known, and whoever finds the bundle, sees what is open to all. */
  #heldFor(recipient: Recipient = this.#self): ReadonlySet<Digest> | undefined {
    return this.#beside?.holdsFor(recipient);
  }

  #inOrder(lacked: LackedBlobs): [Digest, Lacked][] {
    const keyed = [...lacked].map(([root, parts]) => {
      const references = this.#blobs.get(root) ?? [];
      const rank = references.some(({ log }) => this.#isFirst(log)) ? 0 : 1;
      return { root, parts, rank, urgency: urgency(references[0] ?? { size: 0 }), latest: latest({ references }) };
    });
    keyed.sort((a, b) => a.rank - b.rank || a.urgency - b.urgency || b.latest - a.latest || (a.root < b.root ? -1 : 1));
    return keyed.map(({ root, parts }) => [root, parts]);
  }

  #hasAny(root: Digest, need: Need): boolean {
    return this.#piecesOf(root, need).next().done !== true;
  }

  *#piecesOf(root: Digest, { lacked, held }: Need): Generator<BlobPiece> {
    const list = lacked && this.#store.list(root);
    if (!list) return;
    // who lacks but some chunks has the list
    if (lacked === ALL) yield* this.#offer(root, { root, held });
    const later: Digest[] = [];
    for (const index of indicesOf(list, lacked)) {
      const digest = list.hash(index);
      if (this.#beside?.isElsewhere(digest)) later.push(digest);
      else yield* this.#offer(digest, { root, held });
    }
    for (const digest of later) yield* this.#offer(digest, { root, held });
  }

  *#offer(
    digest: Digest,
    { root, held }: { readonly root: Digest; readonly held: ReadonlySet<Digest> | undefined },
  ): Generator<BlobPiece> {
    const size = held?.has(digest) ? undefined : this.#store.size(digest);
    if (size !== undefined) yield { root, digest, size, read: () => this.#store.read(digest) };
  }
}

function together(recipients: readonly LackedBlobs[]): LackedBlobs {
  const all = new Map<Digest, Lacked>();
  for (const [root, lacked] of recipients.flatMap((one) => [...one])) {
    const known = all.get(root);
    const isAll = known === ALL || lacked === ALL;
    all.set(root, isAll ? ALL : union([...(known ?? []), ...(lacked ?? [])]));
  }
  return all;
}

function* indicesOf({ count }: ChunkList, lacked: Lacked): Generator<number> {
  const ranges = lacked === ALL ? [{ from: 0, end: count }] : (lacked ?? []);
  for (const { from, end } of ranges) for (let i = from; i < Math.min(end, count); i++) yield i;
}

/** Whether the run that holds the entry has a message whose clock is not older. */
function isSince(
  repository: Repository,
  { log, seq }: { log: LogId; seq: number },
  since: number | undefined,
): boolean {
  if (since === undefined) return true;
  return repository.runs(log, seq, seq + 1).some((run) => run.clocks && run.maxClock >= since);
}
