// Signed heads: "log L, at length n, ends with entry id X" (spec/log.md, "Heads").
import { DOMAINS } from '../domains.js';
import { type EntryId, idBytes, type LogId } from '../ids.js';
import { verifySignature } from '../signature/signature.js';

/** A head as it stands in a segment; log and id are known from the run it closes. */
export interface Head {
  /** The log's length: one more than the seq of the last entry it covers. */
  readonly length: number;
  /** 64 bytes. */
  readonly signature: Buffer;
}

/** The bytes a log key signs for its head at `length`. */
export function headMessage(log: LogId, length: number, id: EntryId): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([Buffer.from(DOMAINS.head, 'latin1'), idBytes(log), size, idBytes(id)]);
}

/** Whether `head` is the log key's statement that the log at `head.length` ends with `id`. */
export function verifyHead(log: LogId, head: Head, id: EntryId): boolean {
  return verifySignature(idBytes(log), headMessage(log, head.length, id), head.signature);
}
