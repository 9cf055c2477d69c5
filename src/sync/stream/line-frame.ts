// Frames of a line that may lose, change and invent bytes: each is told from the next by a zero, and from rubbish by a checksum
// (spec/stream.md, "Serial lines").
import { crc32 } from 'node:zlib';

/** What such a frame is for. */
export const LINE_FRAME = { data: 1, taken: 2, end: 3, stop: 4 } as const;

/** One of them. */
export interface LineFrame {
  /** By who opened the stream. */
  readonly session: number;
  readonly kind: number;
  /** Number of the frame, modulo 2^16; of `taken` that of the next one that is waited for. */
  readonly seq: number;
  readonly data: Buffer;
}

/** Bytes of data in a frame, at most. */
export const LINE_DATA_MAX = 240;
const HEAD_SIZE = 7;
const CRC_SIZE = 4;
/** With the bytes that the encoding adds. */
const FRAME_MAX = HEAD_SIZE + LINE_DATA_MAX + CRC_SIZE + 1;
const RUN_MAX = 254;

/** The frame's bytes, between two zeros: whatever came before, it begins anew. */
export function encodeLineFrame({ session, kind, seq, data }: LineFrame): Buffer {
  const head = Buffer.alloc(HEAD_SIZE);
  head.writeUInt32BE(session);
  head.writeUInt8(kind, 4);
  head.writeUInt16BE(seq, 5);
  const checked = Buffer.concat([head, data]);
  const sum = Buffer.alloc(CRC_SIZE);
  sum.writeUInt32BE(crc32(checked));
  return Buffer.concat([ZERO, stuffed(Buffer.concat([checked, sum])), ZERO]);
}

const ZERO = Buffer.alloc(1);

/** Finds frames amid whatever comes; never holds more than one of them. */
export class LineReader {
  #bytes = Buffer.alloc(FRAME_MAX);
  #length = 0;

  /** The sound frames that are complete with these bytes. */
  *push(bytes: Uint8Array): Generator<LineFrame> {
    for (const byte of bytes) {
      if (byte !== 0) {
        if (this.#length < FRAME_MAX) this.#bytes[this.#length] = byte;
        this.#length++;
        continue;
      }
      const frame = this.#length <= FRAME_MAX ? decoded(this.#bytes.subarray(0, this.#length)) : undefined;
      this.#length = 0;
      if (frame) yield frame;
    }
  }
}

function decoded(bytes: Buffer): LineFrame | undefined {
  const plain = unstuffed(bytes);
  if (!plain || plain.length < HEAD_SIZE + CRC_SIZE) return undefined;
  const end = plain.length - CRC_SIZE;
  if (plain.readUInt32BE(end) !== crc32(plain.subarray(0, end))) return undefined;
  const data = plain.subarray(HEAD_SIZE, end);
  return { session: plain.readUInt32BE(0), kind: plain.readUInt8(4), seq: plain.readUInt16BE(5), data };
}

/** Without a zero in it: "consistent overhead byte stuffing" (Cheshire and Baker, 1999). */
function stuffed(bytes: Buffer): Buffer {
  const runs: Buffer[] = [];
  for (let at = 0; at <= bytes.length; ) {
    const zero = bytes.indexOf(0, at);
    const end = Math.min(zero < 0 ? bytes.length : zero, at + RUN_MAX);
    runs.push(Buffer.of(end - at + 1), bytes.subarray(at, end));
    // a full run stands for no zero behind it
    at = end - at === RUN_MAX ? end : end + 1;
  }
  return Buffer.concat(runs);
}

/** The bytes again; undefined for what was never stuffed. */
function unstuffed(bytes: Buffer): Buffer | undefined {
  const runs: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt8(at);
    if (at + size > bytes.length) return undefined;
    runs.push(bytes.subarray(at + 1, at + size));
    at += size;
    if (size <= RUN_MAX && at < bytes.length) runs.push(ZERO);
  }
  return runs.length > 0 ? Buffer.concat(runs) : undefined;
}
