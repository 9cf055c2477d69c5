// An archive that somebody made of a folder or a mail, as the files in it that can be taken (spec/bundle.md, "Archives").

import { MANIFEST_NAME } from '../../../format/bundle/members.js';
import { TAR_BLOCK } from '../../../format/bundle/tar.js';
import { SatchelError } from '../../../format/error.js';
import { FRONT_MAX, failingFile, type GivenFile } from '../given-files.js';
import { type OpenFile, openSpool, type Spool, spoolStretch } from '../source.js';
import { unpackedBytes } from './bytes.js';
import { type Member, type MemberContent, readMembers } from './members.js';
import { fateOfMember, MEMBER_NAME_MAX, type SkipReason } from './place.js';

/** A member that nobody could take for a file in a folder. */
export interface SkippedMember {
  readonly name: string;
  readonly reason: SkipReason;
}

/** An archive that was looked through; its members lie in one private file until it is closed. */
export interface Archive {
  /** Those to take, in order; behind them what is wrong with the archive, as a file that cannot be copied. */
  readonly files: readonly GivenFile[];
  /** Regular files left out because of their names. */
  readonly passedOver: readonly string[];
  readonly skipped: readonly SkippedMember[];
  /** Headers read, directories among them. */
  readonly members: number;
  /** Members to take. */
  readonly found: number;
  close(): void;
}

/** What a file was given as, and where private copies are made. */
export interface ArchivePlace {
  /** The archive's name, as it was given. */
  readonly archive: string;
  readonly directory: string;
}

/**
 * Looks through an archive. Of a damaged one all members that were whole are to be taken; of one beyond a limit nothing is.
 * Never throws for what is in it: that is told by who takes the files.
 */
export async function openArchive(source: OpenFile, place: ArchivePlace): Promise<Archive> {
  const spool = openSpool(place.archive, place.directory);
  const unpacking = new Unpacking(spool, place);
  try {
    const failure = await unpacking.run(source);
    return unpacking.archive(failure);
  } catch (error) {
    spool.close();
    throw error;
  }
}

/** A member to take, by its stretch of the private file. */
interface FoundMember {
  readonly file: string;
  readonly from: number;
  readonly end: number;
}

class Unpacking {
  readonly #spool: Spool;
  readonly #place: ArchivePlace;
  readonly #found: FoundMember[] = [];
  readonly #passedOver: string[] = [];
  readonly #skipped: SkippedMember[] = [];
  #members = 0;

  constructor(spool: Spool, place: ArchivePlace) {
    this.#spool = spool;
    this.#place = place;
  }

  /** What is wrong with the archive, if anything is. */
  async run(source: OpenFile): Promise<SatchelError | undefined> {
    try {
      await this.#read(source);
      if (!source.hasChanged()) return undefined;
      return new SatchelError('changed', `${source.name} changed while it was read`);
    } catch (error) {
      if (error instanceof SatchelError) return error;
      throw error;
    }
  }

  archive(failure: SatchelError | undefined): Archive {
    const { archive } = this.#place;
    const source = this.#spool.source();
    const copy = ({ file, from, end }: FoundMember): GivenFile => ({
      file,
      archive,
      size: () => end - from,
      front: () => source.read(from, Math.min(end - from, FRONT_MAX)),
      spool: (directory) => spoolStretch({ source, from, end }, file, directory),
    });
    const isBounded = failure === undefined || failure.code === 'bad-tar';
    const files = isBounded ? this.#found.map(copy) : [];
    return {
      files: [...files, ...(failure ? [failingFile(archive, failure)] : [])],
      passedOver: isBounded ? this.#passedOver : [],
      skipped: isBounded ? this.#skipped : [],
      members: this.#members,
      found: files.length,
      close: () => source.close(),
    };
  }

  async #read(source: OpenFile): Promise<void> {
    const bytes = unpackedBytes(source);
    const head = await headOf(bytes);
    if (isBundle(head)) await this.#takeBundle(chained(head, bytes));
    else await readMembers(source.name, chained(head, bytes), (member) => this.#member(member));
  }

  /** A bundle that somebody packed once more. */
  async #takeBundle(bytes: AsyncIterable<Buffer>): Promise<void> {
    for await (const piece of bytes) this.#spool.add(piece);
    this.#found.push({ file: this.#place.archive, from: 0, end: this.#spool.size });
  }

  #member(member: Member): MemberContent | undefined {
    this.#members++;
    if (member.kind === 'directory') return undefined;
    const reason = skipReason(member);
    if (reason) this.#skipped.push({ name: member.name.slice(0, MEMBER_NAME_MAX), reason });
    const file = `${this.#place.archive}/${member.name.replace(/^(?:\.\/)+/, '')}`;
    const fate = reason ? 'ignored' : fateOfMember(member.name);
    if (fate === 'passed-over') this.#passedOver.push(file);
    return fate === 'wanted' ? this.#content(file) : undefined;
  }

  #content(file: string): MemberContent {
    const spool = this.#spool;
    const from = spool.size;
    return { add: (bytes) => spool.add(bytes), end: () => this.#found.push({ file, from, end: spool.size }) };
  }
}

function skipReason({ name, kind }: Member): SkipReason | undefined {
  if (kind === 'sparse') return 'sparse';
  if (kind !== 'file') return 'no-file';
  const fate = fateOfMember(name);
  return fate === 'bad-name' || fate === 'too-deep' ? fate : undefined;
}

async function headOf(bytes: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < TAR_BLOCK) {
    const { value, done } = await bytes.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* chained(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

function isBundle(head: Buffer): boolean {
  return head.toString('latin1').startsWith(`${MANIFEST_NAME}\0`);
}
