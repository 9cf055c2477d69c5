// Random access to a derived file through a few cached blocks, so that a look-up costs a read or two however large it is.
import fs from 'node:fs';
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
      if (!fs.existsSync(file)) return undefined;
      const fd = fs.openSync(file, 'r');
      const { size, ino } = fs.fstatSync(fd);
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
    onDisk('reading the index', () => readFully(this.fd, bytes, offset));
    return bytes;
  }

  /** Releases the file; doing it again is fine. */
  close(): void {
    if (this.#isOpen) fs.closeSync(this.fd);
    this.#isOpen = false;
  }

  #block(number: number): Buffer {
    const cached = this.#blocks.get(number);
    if (cached) return cached;
    if (this.#blocks.size >= BLOCKS_MAX) this.#blocks.clear();
    const block = this.read(number * BLOCK_SIZE, BLOCK_SIZE);
    this.#blocks.set(number, block);
    return block;
  }
}
