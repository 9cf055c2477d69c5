// Chunks that say they are chunk lists, of blobs that a message of a contact brings.
import { bytesOf, join, sha256, u8, u64 } from '../../testkit/wire.js';
import { cborBytes, cborInt, cborList, cborMap } from '../../testkit/wire-cbor.js';
import { attachmentItem, message } from '../../testkit/wire-message.js';
import { FILE, type HostileCase, type Kind } from '../case.js';
import { exitOf, given, judgeBundle, logOf, TOPIC_NAME } from '../cast.js';

const MIB = 1_048_576;

/** Chunk lists. */
export const CHUNK_LIST: Kind = {
  name: 'chunk list',
  place: 'case.satchel',
  judge: (content) => exitOf(() => judgeBundle(content)),
  cases: [
    listed('of 2^64 - 1 bytes', () => join(u8(3), u64(2n ** 64n - 1n))),
    listed('of 2^53 bytes in one chunk', () => join(u8(3), u64(2n ** 53n), bytesOf(32))),
    listed('of 32,768 chunks', () => join(u8(3), u64(32_768 * MIB - 1), bytesOf(32 * 32_767))),
    listed('of 32,767 times the same chunk', () => join(u8(3), u64(32_767 * MIB), bytesOf(32 * 32_767, 7))),
    listed('of itself', () => join(u8(3), u64(9), sha256('itself'))),
    listed('of no bytes, with a chunk', () => join(u8(3), u64(0), bytesOf(32))),
    listed('of one byte, without a chunk', () => join(u8(3), u64(1))),
    listed('of half a hash', () => join(u8(3), u64(9), bytesOf(16))),
    listed('without a size', () => u8(3)),
    listed('of another mark', () => join(u8(4), u64(9), bytesOf(32))),
    listed('of 1 MiB of zeros', () => bytesOf(MIB)),
    listed('of another size than the message says', () => join(u8(3), u64(500), bytesOf(32)), 7),
    listed('of lists', () => join(u8(3), u64(2 * MIB), sha256(list(1)), sha256(list(2))), 2 * MIB, [list(1), list(2)]),
    { ...listed('with 2,000 chunks that nobody wants', () => list(9), 9, chunks(2_000)), isBig: true },
  ],
};

/** `size` is what the message says. */
function listed(name: string, bytes: () => Buffer, size = 9, more: readonly Buffer[] = []): HostileCase {
  return {
    name,
    isTaken: true,
    content: () => {
      const blobs = [bytes(), ...more].sort((a, b) => Buffer.compare(sha256(a), sha256(b)));
      return given({ segments: logOf(`chunk list: ${name}`, [bringing(sha256(bytes()), size)]), blobs });
    },
    runs: [
      { args: ['verify', FILE], exit: 0 },
      { args: ['inspect', '--text', FILE], exit: 0 },
      { args: ['import', FILE], exit: 0 },
      { args: ['read', '-t', TOPIC_NAME], exit: 0 },
      { args: ['check', '--all'], exit: 0 },
    ],
  };
}

function bringing(root: Buffer, size: number): { readonly payload: Buffer; readonly meta: Buffer } {
  const attachments = cborList([attachmentItem([root, size, 'x', 'a/b'])]);
  return {
    payload: message({ attachments }),
    meta: cborMap([[2, cborList([cborList([cborBytes(root), cborInt(size)])])]]),
  };
}

function list(n: number): Buffer {
  return join(u8(3), u64(n), sha256(`${n}`));
}

function chunks(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`chunk ${i}`));
}
