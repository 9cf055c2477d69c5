// The members of a tar file that anybody made, one after the other. The one place that knows tar-stream, which reads what tar
// programs write: ustar, pax, the names and sizes of GNU. It holds a header back until all of it is there and keeps what pax says
// of all members, so it is fed piece by piece, and no further than a member's headers may reach.
import { type Extract, extract, type Header } from 'tar-stream';
import { isZero, paddedSize, TAR_BLOCK } from '../../../format/bundle/tar.js';
import { SatchelError } from '../../../format/error.js';
import {
  ARCHIVE_FILLING_MAX,
  ARCHIVE_HEADERS_MAX,
  ARCHIVE_MEMBERS_MAX,
  ARCHIVE_RECORDS_MAX,
  ARCHIVE_UNPACKED_MAX,
} from '../../../format/limits.js';

/** What a member is, by its header; content of another kind is nobody's file. */
export type MemberKind = 'file' | 'directory' | 'sparse' | 'other';

/** A member as its headers describe it. */
export interface Member {
  readonly name: string;
  readonly kind: MemberKind;
  /** Bytes of its content. */
  readonly size: number;
}

/** Gets the content of one member. */
export interface MemberContent {
  add(bytes: Buffer): void;
  /** All of it was there. */
  end(): void;
}

/** What the package knows of a header besides what its types say. */
interface FullHeader extends Omit<Header, 'type' | 'pax'> {
  readonly type: Header['type'] | null;
  readonly pax: Readonly<Record<string, string>> | null;
  /** Where the content begins. */
  readonly byteOffset: number;
}

/** How many members an archive may have, and how many bytes in all of them. */
export interface ArchiveBounds {
  readonly members: number;
  readonly bytes: number;
}

const STRANGERS: ArchiveBounds = { members: ARCHIVE_MEMBERS_MAX, bytes: ARCHIVE_UNPACKED_MAX };
/** Bytes given at once where headers may be. */
const HEADER_PIECE = 16_384;

/**
 * Reads all members; `open` is told of each, and returns who gets its content, if anybody.
 * @throws SatchelError `bad-tar` when it is cut off or no tar file, `over-limit`, and whatever `open` throws
 */
export async function readMembers(
  name: string,
  bytes: AsyncIterable<Buffer>,
  open: (member: Member) => MemberContent | undefined,
  bounds: ArchiveBounds = STRANGERS,
): Promise<void> {
  const reading = new Reading(name, open, bounds);
  try {
    for await (const piece of bytes) await reading.add(piece);
    await reading.end();
  } finally {
    reading.stop();
  }
}

class Reading {
  readonly #name: string;
  readonly #open: (member: Member) => MemberContent | undefined;
  readonly #bounds: ArchiveBounds;
  readonly #reader: Extract = extract({ highWaterMark: 1 });
  #members = 0;
  #contents = 0;
  /** What pax says of members, added up: what it says of all of them is copied for each. */
  #records = 0;
  #fed = 0;
  /** Where the content of the last member ends, with its padding ... */
  #contentEnd = 0;
  /** ... and how many pieces of nothing but zeros came behind it, in bytes: what a tape was filled up with is no header. */
  #filling = 0;
  #allFilling = 0;
  #endsWithZeros = false;
  #failure: Error | undefined;

  constructor(name: string, open: (member: Member) => MemberContent | undefined, bounds: ArchiveBounds) {
    this.#name = name;
    this.#bounds = bounds;
    this.#open = open;
    this.#reader.on('error', (error) => {
      this.#failure ??= error;
    });
    this.#reader.on('entry', (header, content, next) => {
      const full = header as FullHeader;
      this.#filling = 0;
      this.#contentEnd = full.byteOffset + paddedSize(contentSize(full));
      // whatever it is, the reader tells it too
      content.on('error', () => {});
      this.#attempt(() => {
        const taker = this.#begin(full);
        // of a folder that states a size the content never ends
        if (full.type === 'directory') return next();
        content.on('data', (bytes) => this.#attempt(() => taker?.add(bytes as Buffer)));
        content.on('end', () => {
          this.#attempt(() => taker?.end());
          next();
        });
      });
    });
  }

  async add(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const within = this.#contentEnd - this.#fed;
      const rest = bytes.subarray(at);
      const piece = within <= 0 && isZero(rest) ? rest : rest.subarray(0, within > 0 ? within : HEADER_PIECE);
      await this.#feed(piece, within > 0);
      at += piece.length;
    }
  }

  /** @throws SatchelError `bad-tar` when the last member or the end of the archive is missing */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#reader.on('close', resolve);
      this.#reader.end(undefined);
    });
    if (this.#failure) throw this.#explained(this.#failure);
    if (!this.#endsWithZeros || this.#fed - this.#contentEnd < TAR_BLOCK) throw this.#cutOff();
  }

  stop(): void {
    this.#reader.destroy();
  }

  async #feed(piece: Buffer, isContent: boolean): Promise<void> {
    this.#fed += piece.length;
    if (!isContent && isZero(piece)) this.#fill(piece.length);
    this.#endsWithZeros = isZero(piece.subarray(-TAR_BLOCK));
    await this.#given(piece);
    if (this.#failure) throw this.#explained(this.#failure);
    if (this.#fed - this.#contentEnd - this.#filling <= ARCHIVE_HEADERS_MAX) return;
    throw overLimit(`${this.#name} has more than ${ARCHIVE_HEADERS_MAX} bytes of headers before a member`);
  }

  /** Each block of zeros is looked at as if it were a header. */
  #fill(size: number): void {
    this.#filling += size;
    this.#allFilling += size;
    if (this.#allFilling <= ARCHIVE_FILLING_MAX) return;
    throw overLimit(`${this.#name} has more than ${ARCHIVE_FILLING_MAX} bytes of zeros outside its members`);
  }

  /** Waits until the reader has made of it what it can. */
  #given(piece: Buffer): Promise<void> {
    const reader = this.#reader;
    return new Promise((resolve) => {
      const done = (): void => {
        reader.off('drain', done);
        reader.off('close', done);
        resolve();
      };
      reader.on('drain', done);
      reader.on('close', done);
      if (reader.destroying || reader.write(piece)) done();
    });
  }

  #begin(header: FullHeader): MemberContent | undefined {
    this.#members++;
    this.#contents += contentSize(header);
    this.#records += Object.keys(header.pax ?? {}).length;
    const { members, bytes } = this.#bounds;
    if (this.#members > members) throw overLimit(`${this.#name} has more than ${members} members`);
    if (this.#contents > bytes) throw overLimit(`the members of ${this.#name} have more than ${bytes} bytes`);
    if (this.#records > ARCHIVE_RECORDS_MAX) {
      throw overLimit(`${this.#name} has more than ${ARCHIVE_RECORDS_MAX} records in headers of its members`);
    }
    return this.#open({ name: header.name, kind: kindOf(header), size: contentSize(header) });
  }

  #attempt(work: () => void): void {
    try {
      if (!this.#failure) work();
    } catch (error) {
      this.#failure = error as Error;
      this.#reader.destroy(this.#failure);
    }
  }

  #explained(error: Error): Error {
    if (error instanceof SatchelError) return error;
    if (error.message === 'Unexpected end of data') return this.#cutOff();
    const what = this.#members === 0 ? 'is no tar file' : `has no header behind member ${this.#members}`;
    return new SatchelError('bad-tar', `${this.#name} ${what}`, { cause: error, hint: 'copy it again, or unpack it' });
  }

  #cutOff(): SatchelError {
    return new SatchelError('bad-tar', `${this.#name} is cut off behind member ${this.#members}`, {
      hint: 'copy it again',
    });
  }
}

/** Of a directory the package looks for no content, whatever size it states. */
function contentSize({ type, size }: FullHeader): number {
  return type === 'directory' ? 0 : size;
}

function kindOf({ type, pax }: FullHeader): MemberKind {
  if (type === 'directory') return 'directory';
  if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'))) return 'sparse';
  return type === 'file' || type === 'contiguous-file' ? 'file' : 'other';
}

function overLimit(message: string): SatchelError {
  return new SatchelError('over-limit', message, { hint: 'unpack it, and import the directory' });
}
