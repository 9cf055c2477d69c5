// Which attachments are wanted here, and what is missing of them (spec/message.md, "Which logs are taken"; spec/bundle.md,
// "Wants").

import type { Digest, LogId } from '../../format/ids.js';
import { type ChunkList, decodeChunkList } from '../../format/log/blob.js';
import type { Meta, Range } from '../../format/log/meta.js';
import { isUnplaced } from '../../repository/index/summary.js';
import { type BlobReference, blobReferences } from '../../repository/store/blob-refs.js';
import type { BlobStore } from '../../repository/store/blobs.js';
import type { Standing } from '../../topic/quota.js';
import { Admission, placementOf } from '../import/standing.js';
import { VeiledQuota } from '../import/veiled-quota.js';
import { isWantedOn } from '../known/veiled.js';
import { safeNow } from '../maintain.js';
import type { Session } from '../session.js';

const DAY_MS = 86_400_000;

/** A blob that is wanted, and not all here. */
export interface WantedBlob {
  readonly root: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  /** The missing chunks; none while the chunk list is missing too. */
  readonly missing: readonly Range[];
  readonly list: ChunkList | undefined;
  /** The entries that refer to it. */
  readonly references: readonly BlobReference[];
}

/** Everything that is wanted and not all here: small blobs first, then what came last. */
export function wantedBlobs(session: Session, also: readonly BlobReference[] = []): WantedBlob[] {
  const { blobs } = session.repository;
  const wanted = [...byRoot([...wantedReferences(session), ...also])].flatMap(([root, references]) => {
    const found = missingOf(blobs, root, references);
    return found ? [{ root, references, ...found }] : [];
  });
  return wanted.sort((a, b) => urgency(a) - urgency(b) || latest(b) - latest(a) || (a.root < b.root ? -1 : 1));
}

/** The chunks, and the chunk lists, that are wanted and missing. */
export function missingDigests(session: Session): ReadonlySet<Digest> {
  const missing = new Set<Digest>();
  for (const blob of wantedBlobs(session)) {
    if (!blob.list) missing.add(blob.root);
    else for (const { from, end } of blob.missing) for (let i = from; i < end; i++) missing.add(blob.list.hash(i));
  }
  return missing;
}

/** Whether an entry's day has come, so that its attachments are neither wanted nor passed on. */
export function expiryOf(session: Session): (meta: Meta) => boolean {
  const now = safeNow(session);
  return ({ expires }) => expires !== undefined && expires * DAY_MS <= now;
}

/** References by the blob that they name. */
export function byRoot(references: Iterable<BlobReference>): ReadonlyMap<Digest, readonly BlobReference[]> {
  const found = new Map<Digest, BlobReference[]>();
  for (const reference of references) {
    const list = found.get(reference.root);
    if (list) list.push(reference);
    else found.set(reference.root, [reference]);
  }
  return found;
}

/** Small blobs go before large ones, by powers of two: what is nearly as small has not to wait for being smallest. */
export function urgency({ size }: { readonly size: number }): number {
  return Math.floor(Math.log2(Math.max(size, 1)));
}

/** Number of the newest commit that brought a reference. */
export function latest({ references }: { readonly references: readonly BlobReference[] }): number {
  return references.reduce((most, { arrival }) => Math.max(most, arrival), 0);
}

/** Ranges of the chunks for which something holds. */
function chunksThat(count: number, holds: (index: number) => boolean): Range[] {
  const ranges: { from: number; end: number }[] = [];
  for (let i = 0; i < count; i++) {
    if (!holds(i)) continue;
    const last = ranges[ranges.length - 1];
    if (last?.end === i) last.end = i + 1;
    else ranges.push({ from: i, end: i + 1 });
  }
  return ranges;
}

/**
 * Undefined when nothing is missing, or when there is no such blob of any size that was named, whatever else comes. Who
 * names it wrongly keeps nobody from getting what others name rightly.
 */
function missingOf(
  store: BlobStore,
  root: Digest,
  references: readonly BlobReference[],
): Pick<WantedBlob, 'size' | 'missing' | 'list'> | undefined {
  const bytes = store.readIfGood(root);
  if (!bytes) return { size: references[0]?.size ?? 0, missing: [], list: undefined };
  const list = decodeChunkList(bytes);
  if (!list || !references.some(({ size }) => size === list.size)) return undefined;
  const missing = chunksThat(list.count, (index) => !store.has(list.hash(index)));
  return missing.length > 0 ? { size: list.size, missing, list } : undefined;
}

/** Those that others are told of: not what is only carried, of logs that are asked for no further. */
export function toldWants(session: Session): WantedBlob[] {
  return wantedBlobs(session).filter(({ references }) => references.some(({ log }) => isWantedOn(session, log)));
}

/** Those of people whose logs are taken as they are, and of others as far as the quotas go, in order of arrival. */
function wantedReferences(session: Session): BlobReference[] {
  const admission = new Admission(session);
  const wanted: BlobReference[] = [];
  const others: BlobReference[] = [];
  const known = new Set<Digest>();
  const veiled = new VeiledQuota(session);
  for (const reference of blobReferences(session.repository, { hasExpired: expiryOf(session) })) {
    const standing = standingOf(session, admission, reference.log);
    if (reference.frozen || standing === 'unwanted') continue;
    if (standing !== 'known') others.push(reference);
    else {
      wanted.push(reference);
      known.add(reference.root);
    }
  }
  for (const reference of others.sort((a, b) => a.arrival - b.arrival)) {
    const isCounted = known.has(reference.root) || session.repository.blobs.has(reference.root);
    if (!isCounted && !hasRoom(session, { admission, veiled }, reference)) continue;
    known.add(reference.root);
    wanted.push(reference);
  }
  return wanted;
}

/** What of veiled logs is here is carried, whoever's it is. */
function standingOf(session: Session, admission: Admission, log: LogId): Standing {
  return isUnplaced(session.repository.log(log)) ? 'carried' : admission.standing(placementOf(session, log));
}

function hasRoom(
  session: Session,
  { admission, veiled }: { readonly admission: Admission; readonly veiled: VeiledQuota },
  { log, size }: BlobReference,
): boolean {
  const placement = placementOf(session, log);
  return placement ? admission.admit(placement, size) === 'take' : veiled.admits(log, size);
}
