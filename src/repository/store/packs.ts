// The pack files: the truth of a repository (spec/repository.md, "Packs"). Frames are appended, never changed.
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { diskError, isMissing, onDisk, syncDirectory, writeAtomic } from '../files.js';
import {
  decodeFrameHeader,
  encodeFrameHeader,
  FRAME_HEADER_SIZE,
  FRAME_MAGIC,
  type FrameHeader,
  matchesChecksum,
  startChecksum,
} from './frame.js';
import { readFully, writeFully } from './fully.js';
import { packFile } from './pack-swap.js';

/** A pack that has grown to this many bytes gets no further frame. */
const PACK_FULL = 256 * 1_048_576;
const COPY_SIZE = 1_048_576;
/** Bytes of a rotten tail that are set aside, at most. */
const KEPT_MAX = 64 * 1_048_576;

/** A place in the packs: just behind some frame. */
export interface PackPosition {
  readonly pack: number;
  readonly offset: number;
}

/** A whole frame as found in a pack. */
export interface Frame extends FrameHeader {
  readonly pack: number;
  /** Where its content begins. */
  readonly offset: number;
  /** Where the next frame begins. */
  readonly end: number;
}

/** An open set of packs; file descriptors are kept until `close`. */
export class Packs {
  readonly #fds = new Map<number, number>();

  readonly #nameOf: (pack: number) => string;

  /** `nameOf` gives a pack's path where it is not the usual one. */
  constructor(
    readonly directory: string,
    nameOf?: (pack: number) => string,
  ) {
    this.#nameOf = nameOf ?? ((pack) => packFile({ packs: directory }, pack));
  }

  /** Numbers of the packs present, ascending. */
  list(): number[] {
    const names = onDisk('listing packs', () => fs.readdirSync(this.directory));
    return names
      .flatMap((name) => (/^\d{6,}\.pack$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b);
  }

  /** The path of a pack. */
  file(pack: number): string {
    return this.#nameOf(pack);
  }

  /** Bytes of a pack; 0 when it is not there. */
  size(pack: number): number {
    const file = this.file(pack);
    return onDisk(`reading ${file}`, () => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  }

  /**
   * The bytes at a place.
   * @throws SatchelError `damaged` when the pack ends before, `io` when the pack cannot be read
   */
  read(pack: number, offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    this.readInto(pack, offset, bytes);
    return bytes;
  }

  /**
   * Fills the buffer with the bytes at a place.
   * @throws SatchelError as {@link read}
   */
  readInto(pack: number, offset: number, target: Buffer): void {
    let got: number;
    try {
      got = readFully(this.#open(pack), target, offset);
    } catch (error) {
      // its name is made only now: a command reads hundreds of places
      throw diskError(`reading ${this.file(pack)}`, error);
    }
    if (got === target.length) return;
    throw new SatchelError('damaged', `${this.file(pack)} ends before byte ${offset + target.length}`, {
      hint: 'run "satchel check --all"',
    });
  }

  /** Opens every pack up to this one, so that it stays readable when it is replaced; false when one is gone already. */
  openUpTo(last: number): boolean {
    try {
      for (const pack of this.list()) if (pack <= last) this.#open(pack);
      return last === 0 || this.#fds.has(last);
    } catch (error) {
      if (isMissing(error)) return false;
      throw diskError(`opening packs`, error);
    }
  }

  /** Whole frames from `start` on, checksums compared. */
  *frames(start: PackPosition): Generator<Frame> {
    for (const frame of this.scan(start)) if (frame.isIntact) yield frame;
  }

  /**
   * Every frame from `start` on, rotten ones marked: what lies behind one is still found. A pack's scan stops where no
   * frame begins, as behind an interrupted commit.
   */
  *scan(start: PackPosition): Generator<Frame & { readonly isIntact: boolean }> {
    for (const pack of this.list()) {
      if (pack < start.pack) continue;
      let at = pack === start.pack ? start.offset : 0;
      for (let frame = this.#frameAt(pack, at); frame; frame = this.#frameAt(pack, at)) {
        yield { ...frame, isIntact: this.#isIntact(pack, frame.offset, frame) };
        at = frame.end;
      }
    }
  }

  /**
   * Starts a frame behind `tail`; the bytes of a torn frame there are overwritten. Where whole commits lie behind a
   * header that has rotten, the frame goes into a pack of its own.
   */
  append(tail: PackPosition, commit: number): FrameWriter {
    let place = tail.offset >= PACK_FULL || tail.pack === 0 ? { pack: tail.pack + 1, offset: 0 } : tail;
    while (this.hasCommitsBehind(place)) place = { pack: place.pack + 1, offset: 0 };
    return new FrameWriter(this, place, commit);
  }

  /** Whether whole frames lie somewhere behind a place where none can be read: no interrupted commit looks like that. */
  hasCommitsBehind({ pack, offset }: PackPosition): boolean {
    const size = this.size(pack);
    let budget = 2 * (size - offset);
    for (let at = this.#magicAt(pack, offset + 1, size); at !== undefined; at = this.#magicAt(pack, at + 1, size)) {
      const frame = this.#frameAt(pack, at);
      if (!frame) continue;
      // what looks like a frame may stand in somebody's message: not to be hashed again and again
      budget -= frame.contentLength;
      if (budget < 0 || this.#isIntact(pack, frame.offset, frame)) return true;
    }
    return false;
  }

  /** Makes a pack's frames durable, but not its name. */
  sync(pack: number): void {
    const file = this.file(pack);
    // Windows makes durable only what is open for writing
    const fd = onDisk(`opening ${file}`, () => fs.openSync(file, 'r+'));
    try {
      onDisk(`writing ${file}`, () => fs.fdatasyncSync(fd));
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Releases one file, which may go. */
  release(pack: number): void {
    const fd = this.#fds.get(pack);
    if (fd !== undefined) fs.closeSync(fd);
    this.#fds.delete(pack);
  }

  /** Releases every file. */
  close(): void {
    for (const fd of this.#fds.values()) fs.closeSync(fd);
    this.#fds.clear();
  }

  #open(pack: number): number {
    const open = this.#fds.get(pack);
    if (open !== undefined) return open;
    const fd = fs.openSync(this.file(pack), 'r');
    this.#fds.set(pack, fd);
    return fd;
  }

  #frameAt(pack: number, at: number): Frame | undefined {
    const size = this.size(pack);
    if (size < at + FRAME_HEADER_SIZE) return undefined;
    const header = decodeFrameHeader(this.read(pack, at, FRAME_HEADER_SIZE));
    if (!header || header.contentLength === 0) return undefined;
    const offset = at + FRAME_HEADER_SIZE;
    const end = offset + header.contentLength;
    return end > size ? undefined : { ...header, pack, offset, end };
  }

  /** Whether no commits lie behind a header that has rotten. */
  isReachable(pack: number): boolean {
    let at = 0;
    for (let frame = this.#frameAt(pack, at); frame; frame = this.#frameAt(pack, at)) at = frame.end;
    return at === this.size(pack) || !this.hasCommitsBehind({ pack, offset: at });
  }

  #magicAt(pack: number, from: number, size: number): number | undefined {
    for (let at = from; at + FRAME_MAGIC.length <= size; at += COPY_SIZE - FRAME_MAGIC.length + 1) {
      const found = this.read(pack, at, Math.min(COPY_SIZE, size - at)).indexOf(FRAME_MAGIC, 0, 'latin1');
      if (found >= 0) return at + found;
    }
    return undefined;
  }

  #isIntact(pack: number, offset: number, header: FrameHeader): boolean {
    const checksum = startChecksum();
    for (let done = 0; done < header.contentLength; done += COPY_SIZE) {
      checksum.update(this.read(pack, offset + done, Math.min(COPY_SIZE, header.contentLength - done)));
    }
    return matchesChecksum(header, checksum);
  }
}

/** One commit on its way to the disk: nothing of it counts before `finish`. */
export class FrameWriter {
  readonly #fd: number;
  readonly #checksum = startChecksum();
  readonly #isNew: boolean;
  /** What was added and is not written yet: one buffer for all of it, because new memory costs more than a copy. */
  #buffer: Buffer | undefined;
  #filled = 0;
  #written = 0;
  #isDone = false;

  /** Opens the pack of `place` for writing and cuts off whatever an interrupted commit left behind it. */
  constructor(
    readonly packs: Packs,
    readonly place: PackPosition,
    readonly commit: number,
  ) {
    const file = packs.file(place.pack);
    this.#isNew = place.offset === 0;
    this.#fd = onDisk(`opening ${file}`, () => openForWriting(file, place.offset));
  }

  /** Adds a segment's bytes; returns the offset in the pack at which they will lie. */
  add(bytes: Buffer): number {
    const at = this.#contentAt + this.#written + this.#filled;
    if (this.#filled + bytes.length > COPY_SIZE) this.flush();
    if (bytes.length > COPY_SIZE) this.#write(bytes);
    else {
      this.#buffer ??= Buffer.allocUnsafe(COPY_SIZE);
      this.#filled += bytes.copy(this.#buffer, this.#filled);
    }
    return at;
  }

  /** Makes the frame count and durable, or leaves the latter to {@link Packs.sync}; returns the place behind it. */
  finish({ isSynced = true } = {}): PackPosition {
    const { pack, offset } = this.place;
    this.flush();
    onDisk(`writing ${this.packs.file(pack)}`, () => {
      writeFully(this.#fd, encodeFrameHeader(this.#written, this.commit, this.#checksum), offset);
      if (!isSynced) return;
      fs.fdatasyncSync(this.#fd);
      if (this.#isNew) syncDirectory(this.packs.directory);
    });
    this.#isDone = true;
    fs.closeSync(this.#fd);
    return { pack, offset: this.#contentAt + this.#written };
  }

  /** Leaves the pack as it was before, as far as the disk allows: what stays there is the tail of an interrupted commit. */
  abandon(): void {
    if (this.#isDone) return;
    try {
      fs.ftruncateSync(this.#fd, this.place.offset);
      if (this.#isNew) fs.rmSync(this.packs.file(this.place.pack), { force: true });
    } catch {
      // the failure that led here is the one to report
    }
    fs.closeSync(this.#fd);
    if (this.#isNew) this.packs.release(this.place.pack);
  }

  /** Hands what was added so far to the system, so that it can be read at its place. */
  flush(): void {
    if (this.#buffer) this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  get #contentAt(): number {
    return this.place.offset + FRAME_HEADER_SIZE;
  }

  #write(bytes: Buffer): void {
    onDisk(`writing ${this.packs.file(this.place.pack)}`, () =>
      writeFully(this.#fd, bytes, this.#contentAt + this.#written),
    );
    this.#checksum.update(bytes);
    this.#written += bytes.length;
  }
}

function openForWriting(file: string, offset: number): number {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
  const { size } = fs.fstatSync(fd);
  if (size > offset) {
    keepFinished(fd, { file, offset, size });
    fs.ftruncateSync(fd, offset);
  }
  return fd;
}

/** A frame with anything of a header was once a whole commit: if it has rotted, its bytes are set aside, not thrown away. */
function keepFinished(fd: number, tail: { file: string; offset: number; size: number }): void {
  const bytes = Buffer.alloc(Math.min(tail.size - tail.offset, KEPT_MAX));
  readFully(fd, bytes, tail.offset);
  // the header is written last: where it is missing, its place is empty
  if (bytes.subarray(0, FRAME_HEADER_SIZE).every((byte) => byte === 0)) return;
  const aside = path.join(
    path.dirname(tail.file),
    '..',
    '..',
    'quarantine',
    `${path.basename(tail.file)}-${tail.offset}`,
  );
  writeAtomic(aside, bytes);
}
