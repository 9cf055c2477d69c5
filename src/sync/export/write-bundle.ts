// Writes a bundle file: members straight to their places while they are hashed, the signed front last, then the name
// (spec/bundle.md, "Writing").
import { createHash } from 'node:crypto';
import path from 'node:path';
import { CONTENTS_RECORD_SIZE, encodeContents } from '../../format/bundle/contents.js';
import { encodeFrontier, type Frontier, frontierSize } from '../../format/bundle/frontier.js';
import { type BundleLayout, bundleFront, layoutBundle, type ManifestDraft } from '../../format/bundle/layout.js';
import { blobName } from '../../format/bundle/members.js';
import { TAR_BLOCK, TAR_END, tarHeader, tarPadding } from '../../format/bundle/tar.js';
import { encodeWants, type Wants, wantsSize } from '../../format/bundle/wants.js';
import type { DeviceKey, Digest } from '../../format/ids.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { writeFully } from '../../repository/store/fully.js';
import type { BlobPiece } from '../blobs/offer.js';
import type { Piece } from './pieces.js';
import type { Written } from './written.js';

const BUFFER_SIZE = 1_048_576;

/** What goes into a bundle. */
export interface BundleParts {
  readonly draft: Omit<ManifestDraft, 'logs' | 'segments' | 'entries' | 'raw'>;
  readonly frontier: Frontier;
  readonly wants: Wants;
  readonly proofs: readonly Buffer[];
  readonly pieces: readonly Piece[];
  /** Chunks of attachments. */
  readonly blobs: readonly BlobPiece[];
  /** Zeros that hide its size; absent: none. */
  readonly padding?: number | undefined;
}

/** A member whose bytes come piece by piece. */
interface Streamed {
  readonly name: string;
  readonly size: number;
  /** Each holds only until the next is asked for. */
  chunks(): Iterable<Buffer>;
}

/**
 * Has a bundle written under a temporary name, makes it durable and gives it its name; returns that and its size. `near` is
 * the file that it is to become, or another one in the same directory.
 * @throws SatchelError `io`, `no-space`; then nothing has the name
 */
export function writeNamed(
  near: string,
  nameOf: (written: Written) => string,
  device: DeviceKey,
  write: (fd: number) => Written,
): { file: string; bytes: number } {
  // one name a device and directory, so that of interrupted exports at most one file stays, until the next export
  const directory = near.endsWith('/') ? near : path.dirname(near);
  const temporary = path.join(directory, `.satchel-${device.slice(0, 10)}.tmp`);
  return onDisk(`writing ${near}`, () => {
    disk.remove(temporary);
    // never through a link that somebody put there
    const fd = disk.open(temporary, 'making', 0o644);
    try {
      const written = writeDurably(fd, write);
      if (written.sealed) disk.touch(temporary, written.sealed.time);
      const file = nameOf(written);
      disk.rename(temporary, file);
      disk.syncNames(directory);
      return { file, bytes: written.bytes };
    } catch (error) {
      disk.remove(temporary);
      throw error;
    }
  });
}

function writeDurably(fd: number, write: (fd: number) => Written): Written {
  try {
    const written = write(fd);
    disk.sync(fd);
    return written;
  } finally {
    disk.close(fd);
  }
}

/** Bytes that the bundle will have. */
export function sizeOfBundle(parts: BundleParts): number {
  return layoutOf(parts, membersOf(parts)).size;
}

/** Writes the bundle into an empty open file; returns its size in bytes. */
export function writeBundle(fd: number, parts: BundleParts, seed: Buffer): number {
  const members = membersOf(parts);
  const layout = layoutOf(parts, members);
  const digests = new Map<string, Digest>();
  for (const [i, member] of members.entries()) {
    digests.set(member.name, writeMember(fd, member, layout.members[i]?.offset ?? 0));
  }
  writeFully(fd, TAR_END, layout.size - TAR_END.length);
  writeFully(fd, bundleFront(layout, digests, seed), 0);
  return layout.size;
}

function layoutOf(parts: BundleParts, members: readonly Streamed[]): BundleLayout {
  const sizes = members.map(({ name, size }) => ({ name, size }));
  return layoutBundle({ ...parts.draft, ...totalsOf(parts.pieces) }, sizes);
}

function membersOf(parts: BundleParts): Streamed[] {
  const records = parts.pieces.map((piece) => piece.record);
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  const members: Streamed[] = [
    { name: 'contents', size: records.length * CONTENTS_RECORD_SIZE, chunks: () => [encodeContents(records)] },
    { name: 'frontier', size: frontierSize(parts.frontier), chunks: () => [encodeFrontier(parts.frontier)] },
    { name: 'wants', size: wantsSize(parts.wants), chunks: () => [encodeWants(parts.wants)] },
    { name: 'proofs', size: sum(parts.proofs.map((proof) => proof.length)), chunks: () => parts.proofs },
    { name: 'segments', size: sum(records.map(({ length }) => length)), chunks: () => chunksOf(parts.pieces) },
    ...parts.blobs.map((piece) => ({ name: blobName(piece.digest), size: piece.size, chunks: () => [piece.read()] })),
    { name: 'padding', size: parts.padding ?? 0, chunks: () => zeros(parts.padding ?? 0) },
  ];
  return members.filter((member) => member.size > 0);
}

function totalsOf(pieces: readonly Piece[]): Pick<ManifestDraft, 'logs' | 'segments' | 'entries' | 'raw'> {
  return {
    logs: new Set(pieces.map((piece) => piece.record.log)).size,
    segments: pieces.length,
    entries: pieces.reduce((sum, { record }) => sum + record.end - record.first, 0),
    raw: pieces.reduce((sum, piece) => sum + piece.raw, 0),
  };
}

function* zeros(size: number): Generator<Buffer> {
  const buffer = Buffer.alloc(Math.min(size, BUFFER_SIZE));
  for (let left = size; left > 0; left -= buffer.length) yield buffer.subarray(0, left);
}

/** Through one buffer, so that no segment costs a write or memory of its own. */
function* chunksOf(pieces: readonly Piece[]): Generator<Buffer> {
  let buffer = Buffer.allocUnsafe(BUFFER_SIZE);
  let filled = 0;
  for (const { record, copyTo } of pieces) {
    if (filled + record.length > buffer.length && filled > 0) {
      yield buffer.subarray(0, filled);
      filled = 0;
    }
    if (record.length > buffer.length) buffer = Buffer.allocUnsafe(record.length);
    copyTo(buffer.subarray(filled, filled + record.length));
    filled += record.length;
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

function writeMember(fd: number, member: Streamed, offset: number): Digest {
  const hash = createHash('sha256');
  writeFully(fd, tarHeader(member.name, member.size), offset - TAR_BLOCK);
  let at = offset;
  for (const bytes of member.chunks()) {
    hash.update(bytes);
    writeFully(fd, bytes, at);
    at += bytes.length;
  }
  writeFully(fd, tarPadding(member.size), at);
  return hash.digest('hex') as Digest;
}
