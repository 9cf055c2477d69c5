// Which members a bundle can have, in which order, and where they lie (spec/bundle.md, "Members"). Writer and reader
// share this arithmetic: with the manifest's size and its list of members every byte of the file has its place.
import { SatchelError } from '../error.js';
import type { Digest } from '../ids.js';
import { BUNDLE_MAX, CHUNK_MAX, CONTENTS_MAX, FRONTIER_MAX, PROOFS_MAX, WANTS_MAX } from '../limits.js';
import { paddedSize, TAR_BLOCK, TAR_END } from './tar.js';

/** The signed list of all that follows; always the first member. */
export const MANIFEST_NAME = 'manifest.json';
/** The signature over the manifest's bytes; always the second member. */
export const SIGNATURE_NAME = 'manifest.sig';
/** Bytes of the signature member. */
export const SIGNATURE_SIZE = 64;
/** What the names of attachment chunks begin with; their SHA-256 follows. */
const BLOB_PREFIX = 'blobs/';

/** A member as a writer plans it. */
export interface MemberSize {
  readonly name: string;
  /** Bytes, at least 1: what is empty is left out. */
  readonly size: number;
}

/** A member as the manifest lists it. */
export interface ManifestMember extends MemberSize {
  readonly sha256: Digest;
}

/** A member with its place in the file. */
export type Placed<T extends MemberSize> = T & {
  /** Where its data begins; its header is the block before. */
  readonly offset: number;
};

/** Where everything lies in a bundle. */
export interface Places<T extends MemberSize> {
  /** Bytes up to the header of the first listed member: manifest and signature with headers and padding. */
  readonly frontSize: number;
  readonly members: readonly Placed<T>[];
  /** Bytes of the whole file. */
  readonly size: number;
}

/** The place of every member behind a manifest of `manifestSize` bytes. */
export function placeMembers<T extends MemberSize>(manifestSize: number, members: readonly T[]): Places<T> {
  const frontSize = signatureOffset(manifestSize) + TAR_BLOCK;
  let at = frontSize;
  const placed = members.map((member) => {
    const offset = at + TAR_BLOCK;
    at = offset + paddedSize(member.size);
    return { ...member, offset };
  });
  return { frontSize, members: placed, size: at + TAR_END.length };
}

/** Where the signature's data begins behind a manifest of `manifestSize` bytes. */
export function signatureOffset(manifestSize: number): number {
  return TAR_BLOCK + paddedSize(manifestSize) + TAR_BLOCK;
}

/**
 * Checks names, order, duplicates and sizes of the listed members.
 * @throws SatchelError `bad-manifest`, or `over-limit` for a size that no reader takes
 */
export function checkMembers(members: readonly ManifestMember[]): void {
  const seen = new Set<string>();
  let rank = -1;
  for (const [index, member] of members.entries()) {
    const next = rankOf(member);
    if (next < 0) throw bad(index, 'has an unknown name');
    if (next < rank) throw bad(index, 'is not in its place');
    if (seen.has(member.name)) throw bad(index, 'is there twice');
    checkSize(member, index);
    seen.add(member.name);
    rank = next;
  }
}

/** The hash that the name of an attachment chunk states, or undefined for any other name. */
export function blobDigest(name: string): Digest | undefined {
  return /^blobs\/[0-9a-f]{64}$/.test(name) ? (name.slice(BLOB_PREFIX.length) as Digest) : undefined;
}

/** The name of the member that holds the chunk, or chunk list, with this hash. */
export function blobName(digest: Digest): string {
  return `${BLOB_PREFIX}${digest}`;
}

const ORDER = ['contents', 'frontier', 'wants', 'proofs', 'segments', BLOB_PREFIX, 'padding'];

const SIZE_MAX: Readonly<Record<string, number>> = {
  contents: CONTENTS_MAX,
  frontier: FRONTIER_MAX,
  wants: WANTS_MAX,
  proofs: PROOFS_MAX,
  [BLOB_PREFIX]: CHUNK_MAX,
};

function kindOf(name: string): string {
  return blobDigest(name) ? BLOB_PREFIX : name;
}

function rankOf(member: ManifestMember): number {
  return member.name === BLOB_PREFIX ? -1 : ORDER.indexOf(kindOf(member.name));
}

function checkSize(member: ManifestMember, index: number): void {
  if (member.size < 1) throw bad(index, 'is empty');
  const most = SIZE_MAX[kindOf(member.name)] ?? BUNDLE_MAX;
  if (member.size > most) {
    throw new SatchelError('over-limit', `member ${member.name} has ${member.size} bytes, allowed are ${most}`);
  }
  const digest = blobDigest(member.name);
  if (digest && digest !== member.sha256) throw bad(index, 'is not named by its SHA-256');
}

// by number: a name is whatever a stranger wrote
function bad(index: number, what: string): SatchelError {
  return new SatchelError('bad-manifest', `member ${index} of the manifest ${what}`);
}
