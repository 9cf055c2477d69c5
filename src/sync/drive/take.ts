// Taking in one bundle file from a drive (spec/drive.md, "A visit"). The file may be on its way, damaged, or go while it
// is read: none of that is a failure of the visit.

import type { ContentsRecord } from '../../format/bundle/contents.js';
import { frontierSize } from '../../format/bundle/frontier.js';
import { openBundle, openManifest, readFrontier } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import { isSealed, readSealedHeader } from '../../format/sealed/header.js';
import type { ByteSource } from '../../format/source.js';
import { decodeCard } from '../../identity/card.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import { isMissing } from '../../repository/files.js';
import { importBundle, isOfInterest } from '../import/import.js';
import { mayHaveMore } from '../import/import-again.js';
import type { ImportReport } from '../import/import-report.js';
import { spoolSealed } from '../import/sealed-file.js';
import { type OpenFile, type SpooledFile, spoolOpen } from '../import/source.js';
import type { Session } from '../session.js';
import { aboutOf, audienceIn, makerOf } from './about.js';
import { ChunkNotes } from './chunks.js';
import type { Decisions } from './decisions.js';
import type { Drive } from './drive.js';
import { FRONT_SIZE, frontOf } from './look.js';
import { rememberVerified, type SeenFile, type VerifiedParts } from './memory.js';
import type { SealedThere } from './sealed-there.js';

/** What is remembered as the problem of a file that may not be whole yet. */
export const ARRIVING = 'arriving';
/** Somebody may still be writing a file that changed so short a time ago. */
const RECENT_MS = 60_000;

const NOTHING: VerifiedParts = Object.freeze({ records: [], chunks: [] });

/** What became of a file that was not passed over. */
export interface ScannedFile {
  readonly name: string;
  /** What was taken; absent when nothing was. */
  readonly report?: ImportReport;
  /** Messages among what was taken. */
  readonly messages: number;
  readonly error?: SatchelError;
  /** It was sealed. */
  readonly isSealed?: boolean;
  /** Not whole yet: somebody may still be copying it. Said to be damaged only if it stays so. */
  readonly isArriving?: boolean;
}

/** `take` what is wanted, only `verify` what lies there, or do neither for good: a `dry` run. */
export type TakeMode = 'take' | 'verify' | 'dry';

/** Where from and how files are taken. */
export interface Taking {
  readonly session: Session;
  readonly drive: Drive;
  readonly mode: TakeMode;
  /** What decides whether something is taken: what was left in a file is looked at again when that changes. */
  readonly decisions: Decisions;
  readonly sealed: SealedThere;
}

/** One file, looked at. */
export interface Taken {
  readonly seen: SeenFile;
  readonly file: ScannedFile;
  /** What is in it, when all of it is sound. */
  readonly verified: VerifiedParts;
}

/** A sealed file that was not opened: its key is asked for, or cannot be had. */
export type Unopened = 'asked' | 'waiting';

/**
 * Takes in one file; undefined when it is gone or no regular file.
 * @throws SatchelError for what concerns the drive or the repository, and not just this file
 */
export function takeFile(
  taking: Taking,
  name: string,
  seen: SeenFile,
  before: SeenFile | undefined,
): Taken | Unopened | undefined {
  const { drive, session } = taking;
  const looked = { seen, before };
  const take = (source: SpooledFile): Taken | undefined =>
    withFile(source, () => refused(taking, name, looked, source, () => takeSpooled(taking, name, seen, source)));
  try {
    return (
      withFile(drive.medium.open(name), (source) =>
        refused(taking, name, looked, source, () => {
          if (isSealed(source)) return takeSealed(taking, { name, seen, source }, take);
          openBundle(source);
          return undefined;
        }),
      ) ?? take(spoolOpen(drive.medium.open(name), session.repository.layout.tmp))
    );
  } catch (error) {
    return unreadable(name, looked, error);
  }
}

/** What becomes of a sealed file. @throws SatchelError what is wrong with it */
function takeSealed(
  { session, sealed }: Taking,
  { name, seen, source }: { readonly name: string; readonly seen: SeenFile; readonly source: OpenFile },
  take: (source: SpooledFile) => Taken | undefined,
): Taken | Unopened | undefined {
  const header = readSealedHeader(source);
  const fate = sealed.fateOf(header);
  if (fate === undefined) return 'asked';
  if (fate === 'waiting') return fate;
  if (fate instanceof SatchelError) throw fate;
  if (fate !== 'not-for-us') return take(spoolSealed(source, { header, ...fate }, session.repository.layout.tmp));
  const file = { name, messages: 0 };
  return { seen: { ...asLooked(seen), tried: ownRecipient(session) }, file, verified: NOTHING };
}

/** The key that sealed files are tried with. */
export function ownRecipient({ self }: Session): string {
  return decodeCard(storedCardBytes(self.card)).recipient.toString('hex');
}

/** What `work` makes of a file; why it is refused when it is damaged. What is no bundle need not be copied to be refused. */
function refused<T>(
  taking: Taking,
  name: string,
  looked: Omit<Looked, 'error'>,
  source: ByteSource,
  work: () => T,
): T | Taken {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SatchelError) || !isAboutFile(error)) throw error;
    const isArriving = mayArrive(taking, source, { ...looked, error });
    const problem = isArriving ? ARRIVING : error.code;
    return {
      seen: { ...asLooked(looked.seen), problem },
      file: failedFile(name, error, isArriving),
      verified: NOTHING,
    };
  }
}

function withFile<F extends OpenFile, T>(file: F, work: (file: F) => T): T {
  try {
    return work(file);
  } finally {
    file.close();
  }
}

/** The file and how it is told that it is the same, without what was found out about it. */
function asLooked({ size, mtime, front, tag, looked = 0 }: SeenFile): SeenFile {
  return { size, mtime, front, looked, ...(tag !== undefined && { tag }) };
}

/** What was found out is about the copy, which may be another file than the one that was looked at before. */
function asCopied(seen: SeenFile, source: SpooledFile): SeenFile {
  // of a sealed file the copy is what was in it; by its header it was the one that was looked at
  if (source.content !== source.digest) return { ...asLooked(seen), sealed: true };
  return { ...asLooked(seen), size: source.size, front: frontOf(source) };
}

function failedFile(name: string, error: SatchelError, isArriving: boolean): ScannedFile {
  return { name, messages: 0, error, ...(isArriving && { isArriving }) };
}

function takeSpooled(taking: Taking, name: string, seen: SeenFile, source: SpooledFile): Taken {
  const { session, drive, mode } = taking;
  const { layout, world } = session.repository;
  const records: ContentsRecord[] = [];
  const notes = new ChunkNotes();
  const report = importBundle(session, source, {
    file: drive.medium.pathOf(name),
    drive: drive.id,
    digest: source.digest,
    sealedTo: source.sealedTo,
    dryRun: mode !== 'take',
    verified: (record) => records.push(record),
    verifiedChunk: (digest, bytes) => notes.add(digest, bytes),
  });
  const isOfUse = records.length + report.blobs.fresh + report.blobs.known > 0 || isKnownMaker(session, report);
  const verified = { records, chunks: isOfUse ? notes.all : [] };
  const frontier = isOfUse ? readFrontier(openBundle(source)) : undefined;
  if (mode !== 'dry') rememberVerified(layout, drive.id, source.digest, { ...verified, frontier });
  const isLeft = report.skipped > 0 || report.refused.length > 0 || verified.chunks.length < notes.size;
  const isPassedBy = report.passedBy > 0;
  const left = mode === 'verify' || isLeft;
  const wants = mode === 'verify' ? '' : wantsOf(taking, { passedBy: isPassedBy }, mayHaveMore(report));
  const read = { digest: source.digest, segments: records.length, checked: world.now() };
  const count = verified.chunks.length > 0 && { chunks: verified.chunks.length };
  const about = isLeft ? {} : aboutOf(session, [...records.map(({ log }) => log), ...report.stated]);
  const copied = asCopied(seen, source);
  const now = {
    ...copied,
    ...(copied.sealed && audienceIn(report.manifest)),
    ...read,
    ...count,
    ...(frontier && { stated: frontierSize(frontier) }),
    ...makerOf(report.manifest),
    ...about,
    ...(left && { left }),
    ...(isPassedBy && { passedBy: true }),
    ...((left || isPassedBy) && { wants }),
  };
  const isSealed = now.sealed === true;
  return { seen: now, file: { name, report, messages: report.messages, isSealed }, verified };
}

/** Anybody can make bundles full of chunks: of those of people nobody knows here, and of no use, nothing is noted. */
function isKnownMaker(session: Session, { manifest }: ImportReport): boolean {
  return manifest !== undefined && (manifest.key === session.self.device || isOfInterest(session, manifest));
}

/**
 * The mark of a file in which something was left, as long as it is not worth another look: what was decided, also about veiled
 * logs where such were passed by, and if arrivals may place or explain entries, the last one.
 */
export function wantsOf(
  { session, decisions }: Pick<Taking, 'session' | 'decisions'>,
  { passedBy }: Pick<SeenFile, 'passedBy'>,
  isWaiting: boolean,
): string {
  const decided = passedBy ? decisions.veiled : decisions.clear;
  return isWaiting ? `${decided}/${session.repository.lastArrival}` : decided;
}

/** Whether what other bundles bring may place or explain what was left in a file. */
export function waitsForOthers(file: SeenFile | undefined): boolean {
  return file?.left === true && file.wants?.includes('/') === true;
}

/** A file that cannot be copied: gone, changing or torn, or beyond all limits. */
function unreadable(name: string, looked: Omit<Looked, 'error'>, error: unknown): Taken | undefined {
  if (!(error instanceof SatchelError)) throw error;
  if (isMissing(error.cause) || error.code === 'not-a-file') return undefined;
  if (error.code !== 'changed' && error.code !== 'over-limit') throw error;
  const isArriving = error.code === 'changed' && !wasSame(looked);
  const problem = isArriving ? ARRIVING : error.code;
  return { seen: { ...asLooked(looked.seen), problem }, file: failedFile(name, error, isArriving), verified: NOTHING };
}

/** Whether what was found is the file's own fault. */
function isAboutFile({ exit, code }: SatchelError): boolean {
  return exit === 20 || exit === 21 || code === 'newer-version';
}

interface Looked {
  readonly seen: SeenFile;
  readonly before: SeenFile | undefined;
  readonly error: SatchelError;
}

function mayArrive({ session }: Taking, source: ByteSource, { seen, before, error }: Looked): boolean {
  if (error.code === 'newer-version') return false;
  // some programs give a file its full size first, so that it does not look cut off while they fill it
  if (Math.abs(session.repository.world.now() - seen.mtime) < RECENT_MS) return true;
  return !wasSame({ seen, before }) && isCutOff(source, error);
}

/** It was taken for arriving before, and nobody has written to it since. */
function wasSame({ seen, before }: Omit<Looked, 'error'>): boolean {
  return before?.problem === ARRIVING && before.mtime === seen.mtime && before.size === seen.size;
}

/** Whether a file is shorter than its own manifest says, or has not even got that far: what a copy looks like on its way. */
function isCutOff(source: ByteSource, error: SatchelError): boolean {
  if (error.code !== 'bad-tar' && error.code !== 'bad-bundle') return false;
  try {
    openManifest(source);
    return /cut off/.test(error.message);
  } catch {
    // no whole manifest: either the copy is at its very beginning, or this is no bundle; waiting settles it
    return source.size < FRONT_SIZE || /cut off/.test(error.message);
  }
}
