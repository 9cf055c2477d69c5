// Room on a drive (spec/drive.md, "Space").
import fs from 'node:fs';
import { onDisk } from '../../repository/files.js';

/** Left free on a drive: file systems need some for themselves, and people for other things. */
const RESERVED_BYTES = 1_048_576;
/** Clusters are up to this large, and a new name may take a directory's next one. */
const CLUSTER_MAX = 131_072;

/** Bytes that a new file may take on the file system of a folder; undefined where it does not tell. */
export function freeSpace(folder: string): number | undefined {
  const { blocks, bavail, bsize } = onDisk(`asking for the free space of ${folder}`, () => fs.statfsSync(folder));
  return blocks > 0 ? Math.max(0, bavail * bsize - RESERVED_BYTES - 2 * CLUSTER_MAX) : undefined;
}
