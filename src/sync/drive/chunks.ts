// Which chunks of attachments a verified bundle on a drive holds, and of which blobs they are (spec/drive.md, "What a drive
// holds").

import { type Digest, idBytes, readId } from '../../format/ids.js';
import { type ChunkList, decodeChunkList } from '../../format/log/blob.js';

/** A chunk or chunk list in a bundle. */
export interface ChunkOnDrive {
  readonly digest: Digest;
  /** The blob that it is of, by the chunk lists in the same bundle; undefined when none of them names it. */
  readonly root: Digest | undefined;
}

const RECORD_SIZE = 64;
const NO_ROOT = '0'.repeat(64) as Digest;

/** Told of the chunks of one bundle while it is verified. */
export class ChunkNotes {
  readonly #digests: Digest[] = [];
  readonly #lists = new Map<Digest, ChunkList>();

  add(digest: Digest, bytes: Buffer): void {
    this.#digests.push(digest);
    const list = decodeChunkList(bytes);
    if (list) this.#lists.set(digest, list);
  }

  /** How many there were. */
  get size(): number {
    return this.#digests.length;
  }

  /** In their order. */
  get all(): ChunkOnDrive[] {
    const roots = new Map<Digest, Digest>();
    for (const [root, list] of this.#lists) for (let i = 0; i < list.count; i++) roots.set(list.hash(i), root);
    for (const root of this.#lists.keys()) roots.set(root, root);
    return this.#digests.map((digest) => ({ digest, root: roots.get(digest) }));
  }
}

/** The records' bytes, for the memory of a drive. */
export function encodeChunks(chunks: readonly ChunkOnDrive[]): Buffer {
  const bytes = Buffer.alloc(chunks.length * RECORD_SIZE);
  for (const [index, { digest, root }] of chunks.entries()) {
    idBytes(digest).copy(bytes, index * RECORD_SIZE);
    idBytes(root ?? NO_ROOT).copy(bytes, index * RECORD_SIZE + 32);
  }
  return bytes;
}

/** What was remembered; none when that is not readable. */
export function decodeChunks(bytes: Buffer | undefined): ChunkOnDrive[] {
  if (!bytes || bytes.length % RECORD_SIZE !== 0) return [];
  return Array.from({ length: bytes.length / RECORD_SIZE }, (_, index) => {
    const root = readId<Digest>(bytes, index * RECORD_SIZE + 32);
    return { digest: readId<Digest>(bytes, index * RECORD_SIZE), root: root === NO_ROOT ? undefined : root };
  });
}
