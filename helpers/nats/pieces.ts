// Files that are too large for one message: their bytes lie in pieces, and one message stands for them (spec/drive.md, "NATS").
import { PIECE_ID, pieceIdOf } from './bucket.js';

const SIZE = 'Satchel-Size';
const PIECES = 'Satchel-Pieces';
/** In a bucket of keys and values: what was removed by other programs. */
const OPERATION = 'KV-Operation';
const REMOVALS = ['DEL', 'PURGE'];
const DAY_NS = 86_400_000_000_000n;

/** The headers of a message, as far as they are read. */
export interface Said {
  get(key: string): string;
}

/** A file in pieces. */
export interface InPieces {
  /** By which its pieces are found. */
  readonly id: string;
  readonly size: number;
}

/** Headers of the message that stands for pieces. */
export function encodeInPieces({ id, size }: InPieces): (readonly [key: string, value: string])[] {
  return [
    [PIECES, id],
    [SIZE, `${size}`],
  ];
}

/** The pieces that a message stands for; undefined where the bytes are in itself. */
export function parseInPieces(said: Said | undefined): InPieces | undefined {
  const id = said?.get(PIECES) ?? '';
  const size = said?.get(SIZE) ?? '';
  return PIECE_ID.test(id) && /^\d{1,15}$/.test(size) ? { id, size: Number(size) } : undefined;
}

/** Whether a message only says that somebody removed the file, with another program. */
export function isRemoval(said: Said | undefined): boolean {
  return REMOVALS.includes(said?.get(OPERATION) ?? '');
}

/** A message as it is listed. */
export interface ListedMessage {
  readonly subject: string;
  readonly sequence: string;
  /** When the server stored it, ns. */
  readonly time: bigint;
  /** By the server's count. */
  readonly size: number | undefined;
  readonly headers: Said | undefined;
}

/** Files in pieces for which no message stands, a day after their last piece by the servers' clock. */
export function abandonedIn(bucket: string, messages: readonly ListedMessage[]): string[] {
  const needed = new Set(messages.map(({ headers }) => parseInPieces(headers)?.id));
  const newest = new Map<string, bigint>();
  let now = 0n;
  for (const { subject, time } of messages) {
    const id = pieceIdOf(bucket, subject);
    if (time > now) now = time;
    if (id !== undefined && time > (newest.get(id) ?? 0n)) newest.set(id, time);
  }
  return [...newest].filter(([id, time]) => !needed.has(id) && now - time > DAY_NS).map(([id]) => id);
}
