// Opening a bundle and reading its members (spec/bundle.md, "Reading"). Opening settles the tar file and the manifest's
// signature; the members' digests are compared when they are read (bundle-verify.ts does all of it).

import { type ErrorCode, SatchelError } from '../error.js';
import { type FileKind, kindOfFile, kindOfTail, wasChangedAsText } from '../file-kind.js';
import { type Digest, idBytes } from '../ids.js';
import { BODY_MAX, MANIFEST_MAX, SEGMENT_ENTRIES_MAX } from '../limits.js';
import { decodeProof, type Proof, peekProof } from '../log/proof.js';
import { CHECKSUM_SIZE, HEAD_SIZE, SEGMENT_HEADER_SIZE } from '../log/segment.js';
import { verifySignature } from '../signature/signature.js';
import { type ByteSource, cutOffAt, readExactly } from '../source.js';
import {
  CONTENTS_RECORD_SIZE,
  type ContentsPlace,
  type ContentsRecord,
  decodeContentsPlace,
  withIds,
} from './contents.js';
import { decodeFrontier, type Frontier } from './frontier.js';
import { decodeManifest, keyOfManifest, type Manifest, manifestMessage } from './manifest.js';
import { MemberStream, readMember } from './member-stream.js';
import {
  blobDigest,
  MANIFEST_NAME,
  type ManifestMember,
  type Placed,
  placeMembers,
  SIGNATURE_NAME,
  SIGNATURE_SIZE,
  signatureOffset,
} from './members.js';
import { isZero, paddedSize, TAR_BLOCK, TAR_END, tarHeader, tarSizeOf } from './tar.js';
import { decodeWants, type Wants } from './wants.js';

/** A member in its place. */
export type BundleMember = Placed<ManifestMember>;

/** A bundle whose manifest is authentic and whose tar structure is exact. */
export interface Bundle {
  readonly source: ByteSource;
  readonly manifest: Manifest;
  readonly members: readonly BundleMember[];
}

/** A segment as it lies in the bundle, not looked at yet. */
export interface LocatedSegment {
  /** What the contents say about it. */
  readonly record: ContentsRecord;
  /** The segment; only its beginning when it is longer than any segment of a known version. */
  readonly bytes: Buffer;
}

/** An attachment chunk. */
export interface BlobChunk {
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/**
 * The bundle in the source, every byte outside the members' contents checked.
 * @throws SatchelError `bad-bundle` when it is something else, `bad-tar`, `bad-manifest`, `newer-version`,
 * `over-limit`, `not-authentic`
 */
export function openBundle(source: ByteSource): Bundle {
  return explaining(source, () => openExactly(source));
}

function openExactly(source: ByteSource): Bundle {
  const { manifest, manifestSize } = readManifest(source);
  const { members, size } = placeMembers(manifestSize, manifest.members);
  if (source.size < size) throw cutOff(source.size, size);
  checkPadding(source, TAR_BLOCK + manifestSize);
  checkPadding(source, signatureOffset(manifestSize) + SIGNATURE_SIZE);
  for (const member of members) {
    checkHeader(source, member.offset - TAR_BLOCK, member.name, member.size);
    checkPadding(source, member.offset + member.size);
  }
  checkEnd(source, size);
  return { source, manifest, members };
}

/**
 * The manifest of a bundle that may be cut off or damaged further on, its signature verified.
 * @throws SatchelError as {@link openBundle}
 */
export function openManifest(source: ByteSource): { manifest: Manifest; manifestSize: number } {
  return explaining(source, () => readManifest(source));
}

/** The signature first: what nobody answers for is not parsed. */
function readManifest(source: ByteSource): { manifest: Manifest; manifestSize: number } {
  const manifestSize = sizeOfManifest(source);
  const bytes = readExactly(source, TAR_BLOCK, manifestSize);
  const key = keyOfManifest(bytes);
  const at = signatureOffset(manifestSize);
  checkHeader(source, at - TAR_BLOCK, SIGNATURE_NAME, SIGNATURE_SIZE);
  const signature = readExactly(source, at, SIGNATURE_SIZE);
  if (!verifySignature(idBytes(key), manifestMessage(bytes), signature)) {
    throw new SatchelError('not-authentic', 'the manifest is not signed by the key it names');
  }
  const manifest = decodeManifest(bytes);
  if (manifest.key === key) return { manifest, manifestSize };
  throw new SatchelError('bad-manifest', 'manifest names another key before the one that it is of');
}

/** Whoever meets a file that a transfer took for text must not call it damaged or forged: it has to be sent otherwise. */
function explaining<T>(source: ByteSource, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const isOfFormat = error instanceof SatchelError && TEXT_CODES.includes(error.code);
    const manifestSize = isOfFormat ? tarSizeOf(source.read(0, TAR_BLOCK)) : undefined;
    if (manifestSize === undefined || !wasChangedAsText(source, TAR_BLOCK + manifestSize)) throw error;
    throw new SatchelError('bad-tar', 'file was changed on its way, as if it were text', {
      cause: error,
      hint: 'have it sent again as a binary file, or in a zip archive',
    });
  }
}

/** Codes that such a change leads to; a file that is no bundle at all, or of a newer version, is called that. */
const TEXT_CODES: readonly ErrorCode[] = ['bad-tar', 'bad-manifest', 'not-authentic'];

/** The member of that name, if the bundle has one. */
export function memberOf(bundle: Bundle, name: string): BundleMember | undefined {
  return bundle.members.find((member) => member.name === name);
}

/**
 * What the signer says is inside, record by record; together they cover the member `segments` without a gap. All of them are
 * looked at, also where only some are asked for.
 * @throws SatchelError `bad-member` when its digest is wrong or they do not
 */
export function* readContents(
  bundle: Bundle,
  isAsked: (place: ContentsPlace) => boolean = () => true,
): Iterable<ContentsRecord> {
  const member = memberOf(bundle, 'contents');
  if (!member) return;
  const stream = new MemberStream(bundle.source, member);
  let at = 0;
  while (stream.left > 0) {
    const bytes = stream.take(CONTENTS_RECORD_SIZE);
    const place = decodeContentsPlace(bytes);
    if (place.offset !== at) throw new SatchelError('bad-member', 'contents has records that are not back to back');
    at += place.length;
    if (isAsked(place)) yield withIds(place, bytes);
  }
  stream.finish();
  if (at === memberOf(bundle, 'segments')?.size) return;
  throw new SatchelError('bad-member', 'contents does not cover the segments');
}

/**
 * Every segment in order, read once in one pass.
 * @throws SatchelError `bad-member` after the last one when the member's digest is wrong, or as `readContents`
 */
export function* readSegments(bundle: Bundle): Iterable<LocatedSegment> {
  const member = memberOf(bundle, 'segments');
  if (!member) return;
  const stream = new MemberStream(bundle.source, member);
  for (const record of readContents(bundle)) {
    const bytes = stream.take(record.length > SEGMENT_MAX ? SEGMENT_HEADER_SIZE : record.length);
    stream.skip(record.length - bytes.length);
    yield { record, bytes };
  }
  stream.finish();
}

/** One segment again, by its record; at most what a segment of a known version can be long. */
export function readSegmentAt(bundle: Bundle, record: Pick<ContentsRecord, 'offset' | 'length'>): Buffer {
  const member = memberOf(bundle, 'segments');
  if (!member || record.offset + record.length > member.size || record.length > SEGMENT_MAX) {
    throw new SatchelError('bad-member', 'no segment is at that place');
  }
  return readExactly(bundle.source, member.offset + record.offset, record.length);
}

/**
 * What the signer holds; empty when it did not say.
 * @throws SatchelError `bad-member`, `over-limit`
 */
export function readFrontier(bundle: Bundle): Frontier {
  const member = memberOf(bundle, 'frontier');
  return member ? decodeFrontier(readMember(bundle.source, member)) : new Map();
}

/**
 * What the signer lacks of attachments that it wants; undefined when it did not say.
 * @throws SatchelError `bad-member`, `over-limit`
 */
export function readWants(bundle: Bundle): Wants | undefined {
  const member = memberOf(bundle, 'wants');
  return member && decodeWants(readMember(bundle.source, member));
}

/**
 * Every proof of a contradiction in order, decoded and not verified.
 * @throws SatchelError `bad-member`, after the last one when the member's digest is wrong; `over-limit`
 */
export function* readProofs(bundle: Bundle): Iterable<Proof> {
  const member = memberOf(bundle, 'proofs');
  if (!member) return;
  const stream = new MemberStream(bundle.source, member);
  while (stream.left > 0) {
    const prefix = stream.take(Math.min(4, stream.left));
    const rest = stream.take(peekProof(prefix) - prefix.length);
    yield decodeProof(Buffer.concat([prefix, rest]));
  }
  stream.finish();
}

/**
 * Every attachment chunk in order, each compared with its hash.
 * @throws SatchelError `bad-member` when one does not match
 */
export function* readBlobs(bundle: Bundle): Iterable<BlobChunk> {
  for (const member of bundle.members) {
    const digest = blobDigest(member.name);
    if (digest) yield { digest, bytes: readMember(bundle.source, member) };
  }
}

/** No segment of a known version is longer. */
const SEGMENT_MAX = SEGMENT_HEADER_SIZE + BODY_MAX + SEGMENT_ENTRIES_MAX * HEAD_SIZE + CHECKSUM_SIZE;

/** The file's name takes the place of the last word where it is known. */
const SALVAGE = 'satchel import --salvage FILE';

const FIRST_NAME = `${MANIFEST_NAME}\0`;

function sizeOfManifest(source: ByteSource): number {
  const header = readExactly(source, 0, Math.min(source.size, TAR_BLOCK));
  if (header.toString('latin1', 0, FIRST_NAME.length) !== FIRST_NAME) {
    throw noBundle(kindOfFile(source));
  }
  if (header.length < TAR_BLOCK) throw cutOffAt(source);
  const size = tarSizeOf(header);
  if (size === undefined || !header.equals(tarHeader(MANIFEST_NAME, size))) throw badHeader(MANIFEST_NAME);
  if (size <= MANIFEST_MAX) return size;
  throw new SatchelError('over-limit', `manifest has ${size} bytes, allowed are ${MANIFEST_MAX}`);
}

function checkHeader(source: ByteSource, offset: number, name: string, size: number): void {
  if (!readExactly(source, offset, TAR_BLOCK).equals(tarHeader(name, size))) throw badHeader(name);
}

function checkPadding(source: ByteSource, offset: number): void {
  const padding = readExactly(source, offset, paddedSize(offset) - offset);
  if (!isZero(padding)) throw new SatchelError('bad-tar', `padding before byte ${paddedSize(offset)} is not zero`);
}

function checkEnd(source: ByteSource, size: number): void {
  if (!isZero(readExactly(source, size - TAR_END.length, TAR_END.length))) {
    throw new SatchelError('bad-tar', 'no two blocks of zeros behind the last member');
  }
  if (source.size === size) return;
  const count = source.size - size;
  const behind = `${count} ${count === 1 ? 'byte' : 'bytes'}${kindOfTail(source, size) ?? ''} behind its end`;
  throw new SatchelError('bad-tar', `file has ${behind}`, { hint: `take what is whole with: ${SALVAGE}` });
}

function noBundle(kind: FileKind | undefined): SatchelError {
  if (kind) return new SatchelError('bad-bundle', `not a satchel bundle but ${kind.name}`, { hint: kind.hint });
  return new SatchelError('bad-bundle', 'not a satchel bundle', {
    hint: 'bundles are files that "satchel export" wrote, and cards begin with "satchel1:"',
  });
}

function cutOff(found: number, expected: number): SatchelError {
  return new SatchelError('bad-tar', `file is cut off: it has ${found} of ${expected} bytes`, {
    hint: `copy it again, or take what is whole with: ${SALVAGE}`,
  });
}

function badHeader(name: string): SatchelError {
  return new SatchelError('bad-tar', `the tar header where ${name} must begin is not the canonical one`);
}
