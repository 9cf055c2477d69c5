// The payload of a sealed file: age's STREAM, chunks of 64 KiB under ChaCha20-Poly1305 that can be opened in any order, of
// which the last one says that it is (spec/sealed.md, "Payload").
import { SatchelError } from '../error.js';
import { hkdfSha256, openChaCha, sealChaCha } from '../platform.js';
import { type ByteSource, readExactly } from '../source.js';

/** Bytes of content in each chunk but the last one. */
const CHUNK = 65_536;
const TAG = 16;
/** Bytes of the nonce before the first chunk. */
const NONCE = 16;
const COUNTER_NONCE = 12;

/**
 * The bytes of content in a sealed file whose header ends at `headerEnd`.
 * @throws SatchelError `bad-bundle` when no content gives a file of that size
 */
export function contentSize(source: ByteSource, headerEnd: number): number {
  const size = source.size - headerEnd - NONCE;
  const chunks = Math.max(1, Math.ceil(size / (CHUNK + TAG)));
  const content = size - chunks * TAG;
  // only the chunk of an empty file is empty
  if (content < 0 || (chunks > 1 && content <= (chunks - 1) * CHUNK)) throw cutOff();
  return content;
}

/**
 * Opens a sealed file from its first to its last chunk, and reads each byte behind its header once. What `each` is given is
 * authentic, and nothing of it counts before this returns: only then has the end of the file been seen.
 * @throws SatchelError `bad-bundle` when a chunk does not open, `changed` when the file became shorter meanwhile
 */
export function openPayload(source: ByteSource, place: PayloadPlace, each: (content: Buffer) => void): void {
  for (const content of openedChunks(source, place)) each(content);
}

/** Where a payload begins, and what opens it. */
export interface PayloadPlace {
  readonly headerEnd: number;
  readonly fileKey: Uint8Array;
}

/** The same for who takes them one by one: nothing counts before the last one was asked for. @throws as {@link openPayload} */
export function* openedChunks(source: ByteSource, { headerEnd, fileKey }: PayloadPlace): Generator<Buffer> {
  const size = contentSize(source, headerEnd);
  const nonce = readExactly(source, headerEnd, NONCE);
  const key = payloadKey(fileKey, nonce);
  const last = chunksOf(size) - 1;
  for (let n = 0; n <= last; n += 1) {
    const at = headerEnd + NONCE + n * (CHUNK + TAG);
    const sealed = readExactly(source, at, Math.min(CHUNK + TAG, source.size - at));
    const content = openChaCha(key, chunkNonce(n, n === last), sealed);
    if (!content) throw n === last ? cutOff() : damaged(n);
    yield content;
  }
}

/**
 * Hands on what opens of a damaged sealed file: whole chunks at their places, zeros in the place of others, and nothing behind
 * the last one that opens. Nobody vouches for the end of it.
 */
export function salvagePayload(
  source: ByteSource,
  { headerEnd, fileKey }: { readonly headerEnd: number; readonly fileKey: Uint8Array },
  each: (content: Buffer) => void,
): void {
  const nonce = source.read(headerEnd, NONCE);
  const key = payloadKey(fileKey, nonce);
  let lost = 0;
  for (let at = headerEnd + NONCE, n = 0; at < source.size && nonce.length === NONCE; at += CHUNK + TAG, n += 1) {
    const sealed = source.read(at, Math.min(CHUNK + TAG, source.size - at));
    const content = openChaCha(key, chunkNonce(n, false), sealed) ?? openChaCha(key, chunkNonce(n, true), sealed);
    if (!content) lost += 1;
    else {
      for (; lost > 0; lost -= 1) each(Buffer.alloc(CHUNK));
      each(content);
    }
  }
}

/**
 * The content to be read at any place, each chunk opened when it is asked for: for a look at a part of it.
 * @throws SatchelError `bad-bundle` as its reads do, when a chunk does not open
 */
export function payloadContent(
  source: ByteSource,
  { headerEnd, fileKey }: { readonly headerEnd: number; readonly fileKey: Uint8Array },
): ByteSource {
  const size = contentSize(source, headerEnd);
  const key = payloadKey(fileKey, readExactly(source, headerEnd, NONCE));
  const chunk = (n: number): Buffer => {
    const at = headerEnd + NONCE + n * (CHUNK + TAG);
    const sealed = readExactly(source, at, Math.min(CHUNK + TAG, source.size - at));
    const content = openChaCha(key, chunkNonce(n, n === chunksOf(size) - 1), sealed);
    if (!content) throw damaged(n);
    return content;
  };
  return {
    size,
    read(offset, length) {
      const first = Math.floor(offset / CHUNK);
      const end = Math.min(Math.ceil((offset + length) / CHUNK), chunksOf(size));
      const content = Buffer.concat(Array.from({ length: Math.max(0, end - first) }, (_, i) => chunk(first + i)));
      return content.subarray(offset - first * CHUNK, offset - first * CHUNK + length);
    },
  };
}

/** Bytes of the payload of so much content, its nonce included. */
export function payloadSize(content: number): number {
  return NONCE + content + TAG * chunksOf(content);
}

/** The most content whose payload has at most so many bytes; negative when there is none. */
export function contentFitting(payload: number): number {
  const sealed = payload - NONCE;
  if (sealed < TAG) return -1;
  return Math.floor(sealed / (CHUNK + TAG)) * CHUNK + Math.max(0, (sealed % (CHUNK + TAG)) - TAG);
}

/**
 * The payload that holds the content, piece by piece, nonce first. `nonce` has 16 bytes and is new for every file.
 * @throws SatchelError `changed` when the content became shorter meanwhile
 */
export function* sealPayload(content: ByteSource, fileKey: Uint8Array, nonce: Uint8Array): Generator<Buffer> {
  const key = payloadKey(fileKey, nonce);
  const last = chunksOf(content.size) - 1;
  yield Buffer.from(nonce);
  for (let n = 0; n <= last; n += 1) {
    const at = n * CHUNK;
    const chunk = readExactly(content, at, Math.min(CHUNK, content.size - at));
    yield sealChaCha(key, chunkNonce(n, n === last), chunk);
  }
}

/** The payload of content that comes piece by piece, as long as it may be. `nonce` has 16 bytes and is new for every file. */
export async function* sealPieces(
  pieces: AsyncIterable<Buffer>,
  fileKey: Uint8Array,
  nonce: Uint8Array,
): AsyncGenerator<Buffer> {
  const key = payloadKey(fileKey, nonce);
  yield Buffer.from(nonce);
  let n = 0;
  let waiting: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    waiting = waiting.length === 0 ? piece : Buffer.concat([waiting, piece]);
    // the last chunk says that it is the last, and is empty only where there is no content
    for (; waiting.length > CHUNK; n += 1) {
      yield sealChaCha(key, chunkNonce(n, false), waiting.subarray(0, CHUNK));
      waiting = waiting.subarray(CHUNK);
    }
  }
  yield sealChaCha(key, chunkNonce(n, true), waiting);
}

/** A file without content has one chunk too. */
function chunksOf(content: number): number {
  return Math.max(1, Math.ceil(content / CHUNK));
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return hkdfSha256(fileKey, { salt: nonce, info: 'payload', length: 32 });
}

/** Counts chunks in 11 bytes, behind which a byte says whether it is the last one. */
function chunkNonce(n: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(COUNTER_NONCE);
  nonce.writeUIntBE(n, COUNTER_NONCE - 1 - 6, 6);
  nonce[COUNTER_NONCE - 1] = isLast ? 1 : 0;
  return nonce;
}

function cutOff(): SatchelError {
  return new SatchelError('bad-bundle', 'the sealed file is cut off, or damaged at its end', { hint: AGAIN });
}

function damaged(n: number): SatchelError {
  return new SatchelError('bad-bundle', `part ${n + 1} of the sealed file does not open`, { hint: AGAIN });
}

const AGAIN = 'copy it again, or have it sent again';
