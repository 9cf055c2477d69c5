// Room on a drive (spec/drive.md, "Space").
import type { Medium } from '../medium/medium.js';

/** Left free on a drive: file systems need some for themselves, and people for other things. */
const RESERVED_BYTES = 1_048_576;
/** A file's last cluster, and the one that a new name may take in its directory; clusters have up to 128 KiB. */
const CLUSTERS_BYTES = 2 * 131_072;
/** On small media no more than this part of it is left free. */
const RESERVED_PART = 16;

/** Bytes that a new file may take on a medium; undefined where it does not tell. */
export function freeSpace(medium: Medium): number | undefined {
  const space = medium.room();
  if (!space) return undefined;
  const { bytes, free } = space;
  const reserved = Math.min(RESERVED_BYTES + CLUSTERS_BYTES, Math.floor(bytes / RESERVED_PART));
  return Math.max(0, free - reserved);
}
