// How much is stored, for commands that go over all of it.
import type { Repository } from '../../../repository/repository.js';

/** Bytes of the packs. */
export function bytesInPacks({ packs }: Repository): number {
  return packs.list().reduce((sum, pack) => sum + packs.size(pack), 0);
}

/** Bytes of the attachments that are stored. */
export function bytesOfBlobs({ blobs }: Repository): number {
  let bytes = 0;
  for (const { size } of blobs.stored()) bytes += size;
  return bytes;
}
