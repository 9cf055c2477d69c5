// Brotli streams made once and kept as bytes: releases of Node may compress the same input differently, and the
// fixtures must come out the same on all of them.

/** The body of {@link WORDS}, at quality 11. */
export const BROTLI_WORDS: Buffer = pinned('GxEDYIxUtT/wkH1iQtSrAmGBDThwCDOYCBIcdsDaxuO47MKbo8jqTYjaNPx3kRriFQ==');

/** The payloads whose body {@link BROTLI_WORDS} holds: 786 bytes with their varints. */
export const WORDS: readonly Buffer[] = [0, 1, 2].map((i) =>
  Buffer.from(`${i}: ${'the same words again and again, '.repeat(8)}`),
);

/** The body of two entries, "a" and "b": 6 bytes that became 10. */
export const BROTLI_GROWN: Buffer = pinned('iwKAAQBhAQBiAw==');

/** The body of 16 entries of 65,532 zero bytes: exactly 1 MiB. */
export const BROTLI_FULL: Buffer = pinned('W///j38aYID/Xx12WiFwU9t7gBZ07x3SHw==');

/** 1 MiB and one byte, all zero. */
export const BROTLI_FULL_AND_ONE: Buffer = pinned('nwAAEPgnAOKxQED3/gE=');

/** 64 MiB of zeros in 53 bytes. */
export const BROTLI_BOMB: Buffer = pinned('z///f/gnAOKxQCD3/p/////wTwDEYQGA7v0/////4Z8AiMMiAN37//z//8c/ARCHBQC69/8=');

/**
 * A brotli stream (RFC 7932) of exactly `size` bytes, made by hand: a metadata block of zeros that decoders skip, the
 * content not compressed, and an empty last block. `content` is at most 64 KiB.
 */
export function paddedBrotli(content: Uint8Array, size: number): Buffer {
  const skipped = size - METADATA_HEADER - BLOCK_HEADER - content.length - 1;
  // from the lowest bit: window bits 0, last 0, no length 11, reserved 0, length in three bytes 11, and the length
  const metadata = Buffer.alloc(METADATA_HEADER);
  metadata.writeUInt32LE((0b1101100 | ((skipped - 1) << 7)) >>> 0);
  // last 0, length in 16 bits 00, and the length; not compressed 1
  const block = Buffer.alloc(BLOCK_HEADER);
  block.writeUIntLE(((content.length - 1) << 3) | (1 << 19), 0, BLOCK_HEADER);
  return Buffer.concat([metadata, Buffer.alloc(skipped), block, content, Buffer.of(0b11)]);
}

const METADATA_HEADER = 4;
const BLOCK_HEADER = 3;

function pinned(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
