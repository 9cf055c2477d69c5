// An attachment of a private topic: its file, padded and encrypted under a key of its own (spec/epochs.md, "Attachments"). What is
// stored and carried is a blob as any other; nobody without the key tells it from one.
import { SEALED_BLOB_MIN } from '../limits.js';
import { padme } from '../padme.js';
import { aesCtr } from '../platform.js';
import type { ByteSource } from '../source.js';

/** What opens such a blob. */
export interface BlobSecret {
  /** 32 bytes, drawn anew for each file and each time that it is posted. */
  readonly key: Buffer;
  /** Bytes of the file; the blob is longer. */
  readonly size: number;
}

/** Bytes of the blob of a file of that size: so few lengths that it says little about it. */
export function sealedBlobSize(size: number): number {
  return size <= SEALED_BLOB_MIN ? SEALED_BLOB_MIN : padme(size);
}

/**
 * The blob of a file, encrypted while it is read, for who stores it: from its beginning to its end, each byte once. The key MUST
 * be a new one, also when the same file is read again after an error: it may have changed, and two texts under one key tell
 * each other.
 */
export function sealedBlob(file: ByteSource, key: Uint8Array): ByteSource {
  const size = sealedBlobSize(file.size);
  let next = 0;
  return {
    size,
    read(offset, length) {
      // whether a file has more bytes than it said is asked behind its end: of the file
      if (offset >= size) return file.read(file.size + offset - size, length);
      if (offset !== next) throw new Error(`byte ${offset} of what is encrypted is read out of turn`);
      const wanted = Math.max(0, Math.min(length, file.size - offset));
      const content = wanted > 0 ? file.read(offset, wanted) : Buffer.alloc(0);
      // a file that became shorter is for who reads to notice: it is not filled up
      const given = content.length < wanted ? content : zeroPadded(content, Math.min(length, size - offset));
      next = offset + given.length;
      return atPlace(key, offset, given);
    },
  };
}

/** What a file holds from `offset` on, out of the bytes of its blob from there. */
export function openBlobAt(key: Uint8Array, offset: number, bytes: Uint8Array): Buffer {
  return atPlace(key, offset, bytes);
}

/** The file in the pieces of its blob, in pieces. */
export function* openedBlob(pieces: Iterable<Buffer>, { key, size }: BlobSecret): Generator<Buffer> {
  let offset = 0;
  for (const piece of pieces) {
    const content = piece.subarray(0, Math.max(0, size - offset));
    if (content.length > 0) yield openBlobAt(key, offset, content);
    offset += piece.length;
  }
}

function zeroPadded(content: Buffer, length: number): Buffer {
  if (content.length === length) return content;
  const padded = Buffer.alloc(length);
  content.copy(padded);
  return padded;
}

/** The key stream from that byte on: its blocks are counted from 0. */
function atPlace(key: Uint8Array, offset: number, bytes: Uint8Array): Buffer {
  const into = offset % BLOCK;
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt((offset - into) / BLOCK), 8);
  if (into === 0) return aesCtr(key, counter, bytes);
  return aesCtr(key, counter, Buffer.concat([Buffer.alloc(into), bytes])).subarray(into);
}

const BLOCK = 16;
