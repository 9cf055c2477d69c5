// One member read front to back through one window and hashed on the way, so that no byte is read twice and memory
// stays bounded whatever the member's size (spec/bundle.md, "Reading").
import { SatchelError } from '../error.js';
import { createSha256 } from '../platform.js';
import { type ByteSource, readExactly } from '../source.js';
import type { ManifestMember, Placed } from './members.js';

/** Bytes read at a time. */
const WINDOW = 1_048_576;

/** Stands at a byte of the member; what was taken stays valid. */
export class MemberStream {
  readonly #hash = createSha256();
  #window: Buffer = Buffer.alloc(0);
  #at = 0;
  #fetched = 0;

  constructor(
    readonly source: ByteSource,
    readonly member: Placed<ManifestMember>,
  ) {}

  /** Bytes of the member that were not taken yet. */
  get left(): number {
    return this.member.size - this.#fetched + this.#window.length - this.#at;
  }

  /**
   * The next `length` bytes, at most a few MiB.
   * @throws SatchelError `bad-member` when the member ends before
   */
  take(length: number): Buffer {
    if (length > this.left) throw new SatchelError('bad-member', `member ${this.member.name} ends too early`);
    if (this.#window.length - this.#at < length) this.#fetch(length);
    this.#at += length;
    return this.#window.subarray(this.#at - length, this.#at);
  }

  /** Passes over the next `length` bytes, however many. */
  skip(length: number): void {
    let rest = length;
    while (rest > 0) rest -= this.take(Math.min(rest, WINDOW)).length;
  }

  /**
   * Reads what is left and compares the digest of it all with the manifest's.
   * @throws SatchelError `bad-member` when they differ
   */
  finish(): void {
    this.skip(this.left);
    if (this.#hash.digest('hex') === this.member.sha256) return;
    throw new SatchelError('bad-member', `member ${this.member.name} does not match its SHA-256 in the manifest`, {
      hint: 'ask for the bundle again, or take what is whole with: satchel import --salvage FILE',
    });
  }

  /** A new window each time: views into the old one may still be in use. */
  #fetch(length: number): void {
    const rest = this.#window.subarray(this.#at);
    const wanted = Math.min(Math.max(WINDOW, length - rest.length), this.member.size - this.#fetched);
    const bytes = readExactly(this.source, this.member.offset + this.#fetched, wanted);
    this.#hash.update(bytes);
    this.#fetched += wanted;
    this.#window = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    this.#at = 0;
  }
}

/**
 * The whole of a small member, its digest compared.
 * @throws SatchelError `bad-member` when it does not match
 */
export function readMember(source: ByteSource, member: Placed<ManifestMember>): Buffer {
  const stream = new MemberStream(source, member);
  const bytes = stream.take(member.size);
  stream.finish();
  return bytes;
}

/** Whether the member is all there and matches its digest. */
export function isWhole(source: ByteSource, member: Placed<ManifestMember>): boolean {
  if (member.offset + member.size > source.size) return false;
  try {
    new MemberStream(source, member).finish();
    return true;
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'bad-member') return false;
    throw error;
  }
}
