// What is wrong with the stored chunks of attachments (spec/repository.md, "Check").
import { type Digest, shortId } from '../../format/ids.js';
import { CHUNK_MAX } from '../../format/limits.js';
import type { BlobStore, StoredBlob } from './blobs.js';

/** A chunk, or a chunk list, whose bytes are not those of its name. */
export interface DamagedBlob {
  readonly digest: Digest;
  readonly file: string;
  /** Lower case, no full stop. */
  readonly message: string;
}

/** Those whose size cannot be right; with `all` every one is read and compared with its hash. */
export function* damagedBlobs(store: BlobStore, { all }: { readonly all: boolean }): Generator<DamagedBlob> {
  for (const stored of store.stored()) {
    if (isDamaged(store, stored, all)) {
      const message = `attachment chunk ${shortId(stored.digest)} does not match its hash`;
      yield { digest: stored.digest, file: stored.file, message };
    }
  }
}

function isDamaged(store: BlobStore, { digest, size }: StoredBlob, all: boolean): boolean {
  if (size === 0 || size > CHUNK_MAX) return true;
  return all && store.has(digest) && !store.readIfGood(digest);
}
