// A frame: one commit in a pack (spec/repository.md, "Packs").
import { createHash, type Hash } from 'node:crypto';

/** Bytes before a frame's content: magic, content length, commit number, checksum. */
export const FRAME_HEADER_SIZE = 40;
/** What every frame begins with. */
export const FRAME_MAGIC = 'satchfrm';
const CHECKSUM_AT = 24;

/** What a frame's header says. */
export interface FrameHeader {
  /** Bytes of segments behind the header. */
  readonly contentLength: number;
  /** Number of the commit, ascending through all packs. */
  readonly commit: number;
  /** Truncated SHA-256 over length, commit number and content. */
  readonly checksum: Buffer;
}

/** The running checksum of a frame; feed it the content, then give it to {@link encodeFrameHeader}. */
export function startChecksum(): Hash {
  return createHash('sha256');
}

/** The header that makes the content before it count. */
export function encodeFrameHeader(contentLength: number, commit: number, content: Hash): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_SIZE);
  header.write(FRAME_MAGIC, 0);
  header.writeBigUInt64BE(BigInt(contentLength), 8);
  header.writeBigUInt64BE(BigInt(commit), 16);
  content.update(header.subarray(8, CHECKSUM_AT)).digest().copy(header, CHECKSUM_AT, 0, 16);
  return header;
}

/** The header, or undefined when no whole header stands there. */
export function decodeFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_SIZE || bytes.toString('latin1', 0, 8) !== FRAME_MAGIC) return undefined;
  return {
    contentLength: Number(bytes.readBigUInt64BE(8)),
    commit: Number(bytes.readBigUInt64BE(16)),
    checksum: Buffer.from(bytes.subarray(CHECKSUM_AT, FRAME_HEADER_SIZE)),
  };
}

/** Whether the content hashed so far is what the header promised. */
export function matchesChecksum(header: FrameHeader, content: Hash): boolean {
  const { contentLength, commit, checksum } = header;
  return encodeFrameHeader(contentLength, commit, content).subarray(CHECKSUM_AT).equals(checksum);
}
