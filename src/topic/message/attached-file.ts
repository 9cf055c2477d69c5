// The file that an attachment is, out of the blob that is stored of it (spec/epochs.md, "Attachments").
import { openedBlob } from '../../format/private/sealed-blob.js';
import type { ByteSource } from '../../format/source.js';
import type { BlobStore } from '../../repository/store/blobs.js';
import { blobChunks, compareWithBlob } from '../../repository/store/store-blob.js';
import type { Attachment } from './attachment.js';

type Attached = Pick<Attachment, 'root' | 'size' | 'secret'>;

/** Bytes of the file. */
export function fileSizeOf({ size, secret }: Pick<Attachment, 'size' | 'secret'>): number {
  return secret?.size ?? size;
}

/** The file, piece by piece. @throws SatchelError `damaged` when something of it is not here undamaged */
export function fileChunks(store: BlobStore, attachment: Attached): Iterable<Buffer> {
  const chunks = blobChunks(store, attachment);
  return attachment.secret ? openedBlob(chunks, attachment.secret) : chunks;
}

/** Compares a file with the attachment, a piece at a time; after false, or when the sizes differ, nothing more comes. */
export function* compareWithFile(store: BlobStore, attachment: Attached, source: ByteSource): Generator<boolean> {
  const { secret } = attachment;
  if (!secret) return yield* compareWithBlob(store, attachment, source);
  if (source.size !== secret.size) return yield false;
  let at = 0;
  for (const piece of openedBlob(blobChunks(store, attachment), secret)) {
    const isSame = source.read(at, piece.length).equals(piece);
    at += piece.length;
    yield isSame;
    if (!isSame) return;
  }
}
