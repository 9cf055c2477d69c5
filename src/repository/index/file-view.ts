// Random access to a derived file through cached blocks. What its checksum was compared over is what is answered from: a block
// stays as it was read first, unless the file is larger than all that is kept.

import { crc32 } from 'node:zlib';
import { disk } from '../disk.js';
import { onDisk } from '../files.js';
import { readFully } from '../store/fully.js';

const BLOCK_SIZE = 65_536;
const BLOCKS_MAX = 512;

/** A file opened for reading at a fixed size; close it when done. */
export class FileView {
  readonly #blocks = new Map<number, Buffer>();
  #isOpen = true;

  private constructor(
    readonly fd: number,
    /** Bytes of the file when it was opened. */
    readonly size: number,
    /** Tells this file from one that later took its name. */
    readonly inode: number,
  ) {}

  /** Opens the file; undefined when there is none. */
  static open(file: string): FileView | undefined {
    return onDisk(`opening ${file}`, () => {
      if (!disk.exists(file)) return undefined;
      const fd = disk.open(file, 'reading');
      const { size, ino } = disk.statOpen(fd);
      return new FileView(fd, size, ino);
    });
  }

  /** The block that holds `offset` and where in it that is; a span of `length` bytes that crosses blocks is copied together. */
  at(offset: number, length: number): { bytes: Buffer; at: number } {
    const number = Math.floor(offset / BLOCK_SIZE);
    const inside = offset - number * BLOCK_SIZE;
    if (inside + length <= BLOCK_SIZE) return { bytes: this.#block(number), at: inside };
    return { bytes: this.read(offset, length), at: 0 };
  }

  /** The bytes of a span. */
  read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - offset)));
    let done = 0;
    for (const part of this.#parts(offset, offset + bytes.length)) done += part.copy(bytes, done);
    return bytes;
  }

  /** The first bytes of the file as they are on the disk by now. */
  readAnew(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(
      0,
      onDisk('reading the index', () => readFully(this.fd, bytes, 0)),
    );
  }

  /** The CRC-32 of bytes [from, end), as it goes on from `start`. */
  checksum(from: number, end: number, start = 0): number {
    let sum = start;
    for (const part of this.#parts(from, end)) sum = crc32(part, sum);
    return sum;
  }

  /** Releases the file; doing it again is fine. */
  close(): void {
    if (this.#isOpen) disk.close(this.fd);
    this.#isOpen = false;
  }

  /** The blocks that hold [from, end), as far as they do. */
  *#parts(from: number, end: number): Generator<Buffer> {
    for (let at = from; at < end; ) {
      const number = Math.floor(at / BLOCK_SIZE);
      const start = number * BLOCK_SIZE;
      const until = Math.min(end, start + BLOCK_SIZE);
      yield this.#block(number).subarray(at - start, until - start);
      at = until;
    }
  }

  #block(number: number): Buffer {
    const cached = this.#blocks.get(number);
    if (cached) return cached;
    if (this.#blocks.size >= BLOCKS_MAX) this.#blocks.clear();
    const start = number * BLOCK_SIZE;
    const block = Buffer.allocUnsafe(Math.min(BLOCK_SIZE, this.size - start));
    const got = onDisk('reading the index', () => readFully(this.fd, block, start));
    // somebody who builds it anew has cut it meanwhile
    block.fill(0, got);
    this.#blocks.set(number, block);
    return block;
  }
}
