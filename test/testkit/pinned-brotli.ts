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

function pinned(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
