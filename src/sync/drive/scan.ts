// Looking through the bundles on a drive and taking in what is new (spec/drive.md, "A visit").

import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import type { FileKeys } from '../../identity/file-keys.js';
import { isMissing } from '../../repository/files.js';
import { subtractRanges } from '../../repository/index/held.js';
import { missingDigests } from '../blobs/wanted.js';
import { mergedReport } from '../import/import-again.js';
import type { ImportReport } from '../import/import-report.js';
import type { Session } from '../session.js';
import { decisionsOf } from './decisions.js';
import { type Drive, isThere } from './drive.js';
import { bundleNames, digestOf, isSameByTag, look } from './look.js';
import { type DriveMemory, type SeenFile, statedIn, type VerifiedParts, verifiedChunks, verifiedIn } from './memory.js';
import { SealedThere } from './sealed-there.js';
import {
  ARRIVING,
  ownRecipient,
  type ScannedFile,
  type TakeMode,
  type Taken,
  type Taking,
  takeFile,
  type Unopened,
  waitsForOthers,
  wantsOf,
} from './take.js';

/** What was written longer ago is not in a cache any more. */
const YOUNG_MS = 600_000;
/** What was read so long ago is read again: media rot. */
const CHECK_AGAIN_MS = 30 * 86_400_000;

/** Files looked at before the keys are found of those among them that are sealed: a stick may be full of headers. */
const TOGETHER = 64;

/** The files as they are now, and what came of the new ones. */
export interface Scan {
  readonly files: Readonly<Record<string, SeenFile>>;
  readonly scanned: readonly ScannedFile[];
  /** What was verified, by the digest of the file. */
  readonly verified: ReadonlyMap<Digest, VerifiedParts>;
  /** Sealed files that were left for want of keys. */
  readonly waiting: number;
  /** Some files were not looked at: time was up, or the scan failed. */
  readonly isCut: boolean;
  /** What ended it early; what came before is done. */
  readonly failure: SatchelError | undefined;
}

/** How to scan. */
export interface ScanOptions {
  readonly mode: TakeMode;
  /** Finds the keys of sealed files; absent: they wait. */
  readonly keys?: FileKeys | undefined;
  /** Checked between files: true ends the scan early, files not looked at stay as they were remembered. */
  readonly isOver?: (() => boolean) | undefined;
  /** Told the name of each file that is about to be taken in, and its bytes. */
  readonly begin?: ((name: string, bytes: number) => void) | undefined;
}

/** Takes in every bundle on the drive that was not taken before. */
export async function scanDrive(
  session: Session,
  drive: Drive,
  memory: Pick<DriveMemory, 'files'> | undefined,
  options: ScanOptions,
): Promise<Scan> {
  const sealed = new SealedThere();
  const taking = { session, drive, mode: options.mode, decisions: decisionsOf(session), sealed };
  const scanner = new Scanner(taking, memory, options);
  // what is sealed is looked at again as soon as its key is known, or that there is none
  const lookAt = async (names: readonly string[]): Promise<void> => {
    scanner.lookAt(names);
    while (await scanner.attemptKeys(() => sealed.answer(options.keys))) scanner.lookAt(scanner.unopened());
  };
  const names = bundleNames(drive.medium, memory?.files);
  for (let at = 0; at < names.length; at += TOGETHER) await lookAt(names.slice(at, at + TOGETHER));
  do {
    scanner.repeat();
    await lookAt([]);
  } while (scanner.hasNews);
  return scanner.finish();
}

/**
 * The bundles that a visit would open, for who has to fetch them before it, the most urgent first: those that do not count as
 * settled by their tags, and if there are any, those too that may hold more once these are taken.
 */
export function bundlesToOpen(
  session: Session,
  drive: Drive,
  memory: DriveMemory | undefined,
  mode: TakeMode,
): string[] {
  const taking = { session, drive, mode, decisions: decisionsOf(session), sealed: new SealedThere() };
  return new Scanner(taking, memory, { mode }).toOpen();
}

/** Verified before, or found to be for others or bad before, and unchanged since. */
function isSettled(before: SeenFile, seen: SeenFile, session: Session, wants: string | undefined): boolean {
  if (before.size !== seen.size || before.front !== seen.front) return false;
  if (before.tried !== undefined) return before.tried === ownRecipient(session);
  if (before.digest !== undefined) return !(before.left || before.passedBy) || before.wants === wants;
  return before.problem !== undefined && before.problem !== ARRIVING && before.mtime === seen.mtime;
}

class Scanner {
  readonly #taking: Taking;
  readonly #remembered: DriveMemory['files'];
  readonly #options: ScanOptions;
  readonly #files: Record<string, SeenFile> = {};
  readonly #scanned = new Map<string, ScannedFile>();
  readonly #verified = new Map<Digest, VerifiedParts>();
  /** Chunks of attachments that are wanted and missing; found again when something came. */
  #missing: ReadonlySet<Digest> | undefined;
  readonly #unopened = new Set<string>();
  readonly #waiting = new Set<string>();
  /** Something came that may place or explain what was left in other files. */
  hasNews = false;
  /** Files that nothing could be read of. */
  #isCut = false;
  #failure: SatchelError | undefined;
  /** All that is found for the first time is found at one moment: in what order it came there nobody knows. */
  readonly #now: number;

  constructor(taking: Taking, memory: Pick<DriveMemory, 'files'> | undefined, options: ScanOptions) {
    this.#taking = taking;
    this.#now = taking.session.repository.world.now();
    this.#remembered = memory?.files ?? {};
    this.#options = options;
  }

  lookAt(names: readonly string[]): void {
    for (const name of names) this.#attempt(name);
  }

  /** Sealed files whose keys are asked for; from now on they are not. */
  unopened(): string[] {
    const names = [...this.#unopened];
    this.#unopened.clear();
    return names;
  }

  /** What the search for keys found; false when it failed, or time is up. */
  async attemptKeys(search: () => Promise<boolean>): Promise<boolean> {
    if (this.#failure || this.#isCut) return false;
    try {
      return await search();
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      this.#failure = error;
      // they lie there still, and wait for another passphrase, say
      for (const name of this.unopened()) this.#waiting.add(name);
      return false;
    }
  }

  /** Looks into files again in which something was left, if any brought news since this was done. */
  repeat(): void {
    const isDue = this.hasNews && this.#taking.mode === 'take';
    this.hasNews = false;
    if (isDue && !this.#failure) this.#guard(() => this.#repeat());
  }

  finish(): Scan {
    const news = [...this.#scanned.values()].filter((file) => this.#isNews(file));
    return {
      files: this.#files,
      scanned: news,
      verified: this.#verified,
      waiting: this.#waiting.size,
      isCut: this.#isCut,
      failure: this.#failure,
    };
  }

  toOpen(): string[] {
    const { medium } = this.#taking.drive;
    const names = bundleNames(medium, this.#remembered);
    const first = new Set(names.filter((name) => !this.#isSettledByTag(name)));
    const again = (name: string): boolean => !first.has(name) && this.#mayHaveMore(this.#remembered[name]);
    return first.size > 0 ? [...first, ...names.filter(again)] : [];
  }

  #isSettledByTag(name: string): boolean {
    const { drive, session } = this.#taking;
    const listed = drive.medium.find(name);
    const before = this.#remembered[name];
    if (!listed || !before || !isSameByTag(drive.medium, listed, before, session.repository.world.now())) return false;
    return this.#isPassedOver(before, { ...before, mtime: listed.mtime });
  }

  /** Looks at one file; once time is up or something failed, it stays as it was remembered. */
  #attempt(name: string): void {
    const before = this.#remembered[name];
    if (!this.#failure && !this.#options.isOver?.() && this.#guard(() => this.#visitOrTell(name, before))) return;
    this.#isCut = true;
    if (before) this.#files[name] = before;
  }

  /** A file on a spot of the medium that has gone bad is told, and tried again another time. */
  #visitOrTell(name: string, before: SeenFile | undefined): void {
    try {
      this.#visit(name, before);
    } catch (error) {
      if (!(error instanceof SatchelError) || error.code !== 'io' || !isThere(this.#taking.drive)) throw error;
      // another visitor tidied it away meanwhile
      if (isMissing(error.cause) && this.#taking.drive.medium.find(name) === undefined) return;
      if (before) this.#files[name] = before;
      this.#scanned.set(name, { name, messages: 0, error });
    }
  }

  #guard(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      this.#failure = error;
      return false;
    }
  }

  #visit(name: string, before: SeenFile | undefined): void {
    const { drive, session } = this.#taking;
    const seen = look(drive.medium, name, before, session.repository.world.now());
    if (!seen) {
      this.#leaveListed(name, before);
      return;
    }
    if (before && this.#isPassedOver(before, seen)) {
      const again = this.#readAgain(name, before, seen);
      if (again) {
        this.#files[name] = { ...again, ...lookedAt(seen), seen: again.seen ?? this.#now };
        return;
      }
    }
    this.#options.begin?.(name, seen.size);
    const taken = takeFile(this.#taking, name, seen, before);
    if (taken) this.#keep(name, taken);
    else this.#leaveListed(name, before);
  }

  /** What is listed and cannot be looked into, since it was not fetched, stays as it was remembered. */
  #leaveListed(name: string, before: SeenFile | undefined): void {
    if (before && this.#taking.drive.medium.find(name)) this.#files[name] = before;
  }

  /** A file that is the same need not be looked into when nothing of it is wanted that was left, lost or forgotten. */
  #isPassedOver(before: SeenFile, seen: SeenFile): boolean {
    const { session, mode } = this.#taking;
    // what came damaged from far away and was fetched once more may be whole now
    const { tagsContent } = this.#taking.drive.medium;
    if (tagsContent && before.problem !== undefined && before.looked !== seen.looked) return false;
    // who only exports leaves for later what was left before
    const wants = mode === 'verify' ? before.wants : wantsOf(this.#taking, before, waitsForOthers(before));
    if (!isSettled(before, seen, session, wants)) return false;
    return this.#isRemembered(before) && !this.#offersMissing(before) && !this.#offersLost(before);
  }

  /** What was verified of it, and what it says, is still known: the journal may lose anything. */
  #isRemembered(before: SeenFile): boolean {
    const { drive, session } = this.#taking;
    const { layout } = session.repository;
    if (before.digest === undefined) return true;
    const isStated = before.stated === undefined || statedIn(layout, drive.id, before) !== undefined;
    return isStated && verifiedIn(layout, drive.id, before) !== undefined;
  }

  /**
   * Undefined when a file is not any more what was verified. All of it is read for that when its time is another one or
   * long has passed; and what we wrote ourselves until that was long after, because it may have been read back from a
   * cache and never have reached the medium.
   */
  #readAgain(name: string, before: SeenFile, seen: SeenFile): SeenFile | undefined {
    const { written, checked = 0, ...settled } = before;
    const { medium } = this.#taking.drive;
    if (before.digest === undefined) return before;
    // a tag that is made of the bytes tells more than reading them
    if (medium.tagsContent && before.tag !== undefined && before.tag === seen.tag) return before;
    const now = this.#taking.session.repository.world.now();
    const isDue = before.mtime !== seen.mtime || Math.abs(now - checked) > CHECK_AGAIN_MS;
    if (written === undefined && !isDue) return before;
    if (digestOf(this.#taking.drive.medium, name) !== before.digest) return undefined;
    const isYoung = written !== undefined && Math.abs(now - written) <= YOUNG_MS;
    return { ...settled, checked: now, ...(isYoung && { written }) };
  }

  #keep(name: string, taken: Taken | Unopened | undefined): void {
    if (!taken) return;
    if (typeof taken === 'string') {
      this.#leave(name, taken);
      return;
    }
    this.#files[name] = { ...taken.seen, seen: this.#firstSeen(name, taken.seen) };
    if (taken.seen.digest) this.#verified.set(taken.seen.digest, taken.verified);
    if (broughtNews(taken.file.report)) {
      this.#missing = undefined;
      this.hasNews = true;
    }
    this.#scanned.set(name, taken.file);
  }

  #firstSeen(name: string, { size, front }: SeenFile): number {
    const before = this.#files[name] ?? this.#remembered[name];
    return (before?.size === size && before.front === front ? before.seen : undefined) ?? this.#now;
  }

  /** What was verified of a sealed file before stays known while its key cannot be had. */
  #leave(name: string, why: Unopened): void {
    if (why === 'asked') this.#unopened.add(name);
    else this.#waiting.add(name);
    const before = this.#remembered[name];
    if (before) this.#files[name] = before;
  }

  /** What one bundle brought may place or explain what was left in others: they are looked at until nothing is new. */
  #repeat(): void {
    let hasNews = true;
    while (hasNews && !this.#options.isOver?.()) {
      const waiting = Object.keys(this.#files).filter((name) => this.#mayHaveMore(this.#files[name]));
      hasNews = waiting.map((name) => this.#again(name)).includes(true);
    }
    // what came just now was seen by all that could be looked into
    this.hasNews = false;
  }

  #mayHaveMore(file: SeenFile | undefined): boolean {
    return waitsForOthers(file) || (file !== undefined && this.#offersMissing(file));
  }

  /** Whether it holds chunks of attachments that are wanted here by now, and missing. */
  #offersMissing(file: SeenFile): boolean {
    const { session, drive, mode } = this.#taking;
    if (!file.chunks || mode !== 'take') return false;
    this.#missing ??= missingDigests(session);
    if (this.#missing.size === 0) return false;
    const offered = verifiedChunks(session.repository.layout, drive.id, file) ?? [];
    return offered.some((chunk) => this.#missing?.has(chunk.digest));
  }

  /** Whether it holds entries that were here when it was taken, and were lost to rot since. */
  #offersLost(file: SeenFile): boolean {
    const { session, drive, mode } = this.#taking;
    const { repository } = session;
    const { damage } = repository;
    if (mode !== 'take' || (damage.lost.size === 0 && damage.unknownBytes === 0)) return false;
    const { records = [] } = verifiedIn(repository.layout, drive.id, file) ?? {};
    return records.some(({ log, first, end }) => {
      const missing = subtractRanges([{ from: first, end }], repository.held(log));
      return (
        missing.length > 0 && (damage.unknownBytes > 0 || subtractRanges(missing, repository.lost(log)).length === 0)
      );
    });
  }

  /** Whether a further look at the file brought something. */
  #again(name: string): boolean {
    const first = this.#scanned.get(name);
    const seen = this.#files[name] as SeenFile;
    const taken = takeFile(this.#taking, name, seen, seen);
    this.#keep(name, taken);
    if (typeof taken === 'string') return false;
    const again = taken?.file.report;
    if (!again) return false;
    const report = first?.report ? mergedReport(first.report, again) : again;
    this.#scanned.set(name, { name, report, messages: (first?.messages ?? 0) + taken.file.messages });
    return broughtNews(again);
  }

  /** A file that was looked at again, and left as before, is nothing to speak of. */
  #isNews({ name, report, error }: ScannedFile): boolean {
    if (this.#taking.mode === 'verify') return error !== undefined;
    if (report === undefined && error === undefined) return false;
    return error !== undefined || this.#remembered[name]?.digest === undefined || broughtNews(report);
  }
}

/** What came of two scans, one after the other. */
export function mergedScans(first: readonly ScannedFile[], again: readonly ScannedFile[]): ScannedFile[] {
  const files = new Map(first.map((file) => [file.name, file]));
  for (const file of again) {
    const before = files.get(file.name);
    const isMore = before?.report !== undefined && file.report !== undefined;
    files.set(
      file.name,
      isMore
        ? { ...file, report: mergedReport(before.report, file.report), messages: before.messages + file.messages }
        : file,
    );
  }
  return [...files.values()];
}

/** What may differ of a file that is the same. */
function lookedAt({ mtime, tag, looked }: SeenFile): Partial<SeenFile> {
  return { mtime, ...(tag !== undefined && { tag }), ...(looked !== undefined && { looked }) };
}

function broughtNews(report: ImportReport | undefined): boolean {
  return report !== undefined && report.fresh + report.blobs.fresh > 0;
}
