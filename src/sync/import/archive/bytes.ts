// The bytes of an archive, gunzipped where they are packed, a piece at a time. A small file that unpacks to a very large one
// is noticed before it costs anything (spec/bundle.md, "Archives").
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SatchelError } from '../../../format/error.js';
import { ARCHIVE_RATIO_FROM, ARCHIVE_RATIO_MAX, ARCHIVE_UNPACKED_MAX } from '../../../format/limits.js';
import type { OpenFile } from '../source.js';

/** Bytes read at a time ... */
const READ = 65_536;
/** ... and unpacked at a time: each piece costs more than what is in it. */
const UNPACKED = 262_144;

const GZIP_MAGIC = '1f8b';

/** Whether the file says that it is packed with gzip. */
function isGzip(head: Buffer): boolean {
  return head.toString('hex', 0, 2) === GZIP_MAGIC;
}

/**
 * The unpacked bytes from the beginning to the end.
 * @throws SatchelError `over-limit` when they are too many, `bad-tar` for what is packed badly, `io`
 */
export async function* unpackedBytes(source: OpenFile): AsyncGenerator<Buffer> {
  const isPacked = isGzip(source.read(0, 2));
  let size = 0;
  for await (const bytes of isPacked ? gunzipped(source) : piecesOf(source)) {
    size += bytes.length;
    if (size > ARCHIVE_UNPACKED_MAX) throw tooLarge(source, `more than ${ARCHIVE_UNPACKED_MAX} bytes`);
    if (isPacked && size > ARCHIVE_RATIO_FROM && size > source.size * ARCHIVE_RATIO_MAX) {
      throw tooLarge(source, `more than ${ARCHIVE_RATIO_MAX} times its size`);
    }
    yield bytes;
  }
}

async function* gunzipped(source: OpenFile): AsyncGenerator<Buffer> {
  const unpacking = createGunzip({ chunkSize: UNPACKED });
  const feeding = pipeline(Readable.from(piecesOf(source)), unpacking).catch((error: unknown) => error);
  try {
    for await (const bytes of unpacking) yield bytes as Buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw error;
    const what = code === 'Z_BUF_ERROR' ? `is cut off at byte ${source.size}` : 'is damaged';
    throw new SatchelError('bad-tar', `${source.name} ${what}: gzip says ${(error as Error).message}`, {
      cause: error,
      hint: 'copy it again',
    });
  } finally {
    unpacking.destroy();
    await feeding;
  }
}

function* piecesOf(source: OpenFile): Generator<Buffer> {
  for (let at = 0; at < source.size; ) {
    const bytes = source.read(at, Math.min(READ, source.size - at));
    if (bytes.length === 0) throw new SatchelError('changed', `${source.name} changed while it was read`);
    at += bytes.length;
    yield bytes;
  }
}

function tooLarge({ name }: OpenFile, what: string): SatchelError {
  return new SatchelError('over-limit', `${name} unpacks to ${what}`, {
    hint: 'unpack it where there is room for it, and import the directory',
  });
}
