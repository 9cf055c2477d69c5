// The pack files: the truth of a repository (spec/repository.md, "Packs"). Frames are appended, never changed.

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { disk } from '../disk.js';
import { diskError, isMissing, makeDirectory, namesIn, onDisk, writeAtomic } from '../files.js';
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
const REPAIR = 'run "satchel repair"';
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
  /** What the disk could not read so far, the newest last: it may be readable tomorrow, and is no rot. */
  readonly badSpots: SatchelError[] = [];

  readonly #nameOf: (pack: number) => string;

  /** `nameOf` gives a pack's path where it is not the usual one. */
  constructor(
    readonly directory: string,
    nameOf?: (pack: number) => string,
  ) {
    this.#nameOf = nameOf ?? ((pack) => packFile({ packs: directory }, pack));
  }

  /** Numbers of the packs present, ascending; none where their directory is gone. */
  list(): number[] {
    return namesIn(this.directory)
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
    return onDisk(`reading ${file}`, () => disk.stat(file)?.size ?? 0);
  }

  /**
   * The bytes at a place.
   * @throws SatchelError `damaged` when the pack ends before or is gone; `io`, noted in {@link badSpots} when the disk cannot read it
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
      if (isBadSpot(error)) throw this.#noteBadSpot(pack, error);
      if (!isMissing(error)) throw diskError(`reading ${this.file(pack)}`, error);
      throw new SatchelError('damaged', `${this.file(pack)} cannot be read`, { cause: error, hint: REPAIR });
    }
    if (got === target.length) return;
    throw new SatchelError('damaged', `${this.file(pack)} ends before byte ${offset + target.length}`, {
      hint: REPAIR,
    });
  }

  #noteBadSpot(pack: number, cause: unknown): SatchelError {
    const error = new SatchelError('io', `reading ${this.file(pack)} failed: the disk cannot read it`, {
      cause,
      hint: `copy the repository to a sound disk if you can; to go on without what cannot be read, ${REPAIR}`,
    });
    this.badSpots.push(error);
    return error;
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

  /**
   * Every frame from `start` on, rotten ones marked: what lies behind one is still found. A pack's scan stops where no
   * frame begins, as behind an interrupted commit.
   */
  *scan(start: PackPosition): Generator<Frame & { readonly isIntact: boolean }> {
    for (const pack of this.list()) {
      if (pack < start.pack) continue;
      let at = pack === start.pack ? start.offset : 0;
      for (let frame = this.frameAt(pack, at); frame; frame = this.frameAt(pack, at)) {
        yield { ...frame, isIntact: this.isIntact(frame) };
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
    return this.findFrame({ pack, offset: offset + 1 }, 0) !== undefined;
  }

  /** The first whole frame that begins at a place or behind it in its pack, of a commit after number `before`. */
  findFrame({ pack, offset }: PackPosition, before: number): Frame | undefined {
    const end = this.size(pack);
    let budget = 2 * (end - offset);
    const next = (from: number): number | undefined => this.find(FRAME_MAGIC, { pack, from, end });
    for (let at = next(offset); at !== undefined; at = next(at + 1)) {
      const frame = this.frameAt(pack, at);
      if (!frame || frame.commit <= before) continue;
      // what looks like a frame may stand in somebody's message: not to be hashed again and again
      budget -= frame.contentLength;
      if (budget < 0) return undefined;
      if (this.isIntact(frame)) return frame;
    }
    return undefined;
  }

  /** Makes a pack's frames durable, but not its name. */
  sync(pack: number): void {
    const file = this.file(pack);
    // Windows makes durable only what is open for writing
    const fd = onDisk(`opening ${file}`, () => disk.open(file, 'changing'));
    try {
      onDisk(`writing ${file}`, () => disk.syncContent(fd));
    } finally {
      disk.close(fd);
    }
  }

  /** Releases one file, which may go. */
  release(pack: number): void {
    const fd = this.#fds.get(pack);
    if (fd !== undefined) disk.close(fd);
    this.#fds.delete(pack);
  }

  /** Releases every file. */
  close(): void {
    for (const fd of this.#fds.values()) disk.close(fd);
    this.#fds.clear();
  }

  #open(pack: number): number {
    const open = this.#fds.get(pack);
    if (open !== undefined) return open;
    const fd = disk.open(this.file(pack), 'reading');
    this.#fds.set(pack, fd);
    return fd;
  }

  /** The frame whose header stands at a place, whole or not; undefined when none does, or the pack ends within it. */
  frameAt(pack: number, at: number): Frame | undefined {
    const size = this.size(pack);
    if (size < at + FRAME_HEADER_SIZE) return undefined;
    const header = this.#readIfGood(pack, at, FRAME_HEADER_SIZE, decodeFrameHeader);
    if (!header || header.contentLength === 0) return undefined;
    const offset = at + FRAME_HEADER_SIZE;
    const end = offset + header.contentLength;
    return end > size ? undefined : { ...header, pack, offset, end };
  }

  /** Where the word stands next in a part of a pack; what cannot be read holds no words. */
  find(word: string, { pack, from, end }: { readonly pack: number; readonly from: number; readonly end: number }) {
    const wordIn = (bytes: Buffer): number => bytes.indexOf(word, 0, 'latin1');
    for (let at = from; at + word.length <= end; at += COPY_SIZE - word.length + 1) {
      const found = this.#readIfGood(pack, at, Math.min(COPY_SIZE, end - at), wordIn) ?? -1;
      if (found >= 0) return at + found;
    }
    return undefined;
  }

  /** Whether the frame matches its checksum. */
  isIntact({ pack, offset, ...header }: Frame): boolean {
    const checksum = startChecksum();
    for (let done = 0; done < header.contentLength; done += COPY_SIZE) {
      const length = Math.min(COPY_SIZE, header.contentLength - done);
      if (!this.#readIfGood(pack, offset + done, length, (bytes) => checksum.update(bytes))) return false;
    }
    return matchesChecksum(header, checksum);
  }

  #readIfGood<T>(pack: number, offset: number, length: number, use: (bytes: Buffer) => T): T | undefined {
    try {
      return use(this.read(pack, offset, length));
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }
}

/** Whether it says that bytes of a pack are not there any more, or that the disk cannot read them. */
export function isUnreadable(error: unknown): error is SatchelError {
  return error instanceof SatchelError && (error.code === 'damaged' || isOnBadSpot(error));
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
      // of the first one there may be no index yet that says that what is torn was never a commit: no header says it was
      if (isSynced && this.#isNew) disk.syncContent(this.#fd);
      writeFully(this.#fd, encodeFrameHeader(this.#written, this.commit, this.#checksum), offset);
      if (!isSynced) return;
      disk.syncContent(this.#fd);
      if (this.#isNew) disk.syncNames(this.packs.directory);
    });
    this.#isDone = true;
    disk.close(this.#fd);
    return { pack, offset: this.#contentAt + this.#written };
  }

  /** Leaves the pack as it was before, as far as the disk allows: what stays there is the tail of an interrupted commit. */
  abandon(): void {
    if (this.#isDone) return;
    try {
      disk.cut(this.#fd, this.place.offset);
      if (this.#isNew) disk.remove(this.packs.file(this.place.pack));
    } catch {
      // the failure that led here is the one to report
    }
    disk.close(this.#fd);
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

/** Whether the disk could not read a place: what lies there may be readable tomorrow. */
export function isOnBadSpot(error: unknown): error is SatchelError {
  return error instanceof SatchelError && isBadSpot(error.cause);
}

function isBadSpot(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'EIO';
}

function openForWriting(file: string, offset: number): number {
  makeDirectory(path.dirname(file));
  const fd = disk.open(file, 'continuing', 0o644);
  const { size } = disk.statOpen(fd);
  if (size > offset) {
    keepFinished(fd, { file, offset, size });
    disk.cut(fd, offset);
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
