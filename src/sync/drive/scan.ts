// Looking through the bundles on a drive and taking in what is new (spec/drive.md, "A visit").
import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { openManifest } from '../../format/bundle-reader.js';
import type { ContentsRecord } from '../../format/contents.js';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import { onDisk } from '../../repository/files.js';
import { type ImportReport, importBundle } from '../import.js';
import { mayHaveMore, mergedReport } from '../import-again.js';
import type { Session } from '../session.js';
import { openFile, type SpooledFile, spoolFile } from '../source.js';
import type { Drive } from './drive.js';
import { type DriveMemory, rememberVerified, type SeenFile } from './memory.js';

const FRONT_SIZE = 65_536;
/** Bundles looked at on one drive; a drive with more was made to tire its visitors. */
const FILES_MAX = 65_536;

/** What became of a file that was not passed over. */
export interface ScannedFile {
  readonly name: string;
  /** What was taken; absent when nothing was. */
  readonly report?: ImportReport;
  readonly error?: SatchelError;
  /** Not whole yet: somebody may still be copying it. Said to be damaged only if it stays so. */
  readonly isArriving?: boolean;
}

/** The files as they are now, and what came of the new ones. */
export interface Scan {
  readonly files: Readonly<Record<string, SeenFile>>;
  readonly scanned: readonly ScannedFile[];
}

/** How to scan. */
export interface ScanOptions {
  /** Change nothing here, only say what would be taken. */
  readonly dryRun: boolean;
  /** Checked between files: true ends the scan early, files not looked at stay as they were remembered. */
  readonly isOver?: (() => boolean) | undefined;
}

/** Takes in every bundle on the drive that was not taken before. */
export function scanDrive(session: Session, drive: Drive, memory: DriveMemory | undefined, options: ScanOptions): Scan {
  const files: Record<string, SeenFile> = {};
  const scanned: ScannedFile[] = [];
  for (const name of bundleNames(drive.folder)) {
    const before = memory?.files[name];
    if (options.isOver?.()) {
      if (before) files[name] = before;
      continue;
    }
    const seen = look(path.join(drive.folder, name), before);
    if (!seen) continue;
    const outcome = isSettled(before, seen) ? undefined : takeFile(session, drive, name, { seen, before, options });
    files[name] = outcome?.seen ?? (before as SeenFile);
    if (outcome) scanned.push(outcome.file);
  }
  return repeat(session, drive, { files, scanned }, options);
}

/** What one bundle brought may place or explain what was left in another: so the rest is looked at until nothing is new. */
function repeat(session: Session, drive: Drive, scan: Scan, options: ScanOptions): Scan {
  let { files, scanned } = scan;
  let hasNews = scanned.some(({ report }) => (report?.fresh ?? 0) > 0);
  while (hasNews && !options.dryRun && !options.isOver?.()) {
    hasNews = false;
    for (const [i, { name, report }] of scanned.entries()) {
      const seen = files[name];
      if (!seen?.left || !report || !mayHaveMore(report)) continue;
      const again = takeFile(session, drive, name, { seen, before: seen, options });
      files = { ...files, [name]: again.seen };
      hasNews ||= (again.file.report?.fresh ?? 0) > 0;
      scanned = scanned.with(
        i,
        again.file.report ? { name, report: mergedReport(report, again.file.report) } : again.file,
      );
    }
  }
  return { files, scanned };
}

/** Takes in one file that was written just now. */
export function scanOne(session: Session, drive: Drive, name: string): Scan {
  const seen = look(path.join(drive.folder, name), undefined);
  if (!seen) return { files: {}, scanned: [] };
  const outcome = takeFile(session, drive, name, { seen, before: undefined, options: { dryRun: false } });
  return { files: { [name]: outcome.seen }, scanned: [outcome.file] };
}

/** Names of the bundles in a drive's folder. */
export function bundleNames(folder: string): string[] {
  const names = onDisk(`reading ${folder}`, () => fs.readdirSync(folder));
  return names
    .filter((name) => /^[^.].*\.satchel$/i.test(name))
    .sort()
    .slice(0, FILES_MAX);
}

/** Size, time and front of a file; undefined when it is no regular file or is gone. */
function look(file: string, before: SeenFile | undefined): SeenFile | undefined {
  const stat = onDisk(`reading ${file}`, () => fs.lstatSync(file, { throwIfNoEntry: false }));
  if (!stat?.isFile()) return undefined;
  const [size, mtime] = [stat.size, Math.trunc(stat.mtimeMs)];
  // a file that changed leaves another size, time or front behind, whatever its name
  const front = frontOf(file);
  return before && before.size === size && before.front === front ? { ...before, mtime } : { size, mtime, front };
}

function frontOf(file: string): Digest {
  const source = openFile(file);
  try {
    return hash('sha256', source.read(0, Math.min(source.size, FRONT_SIZE))) as Digest;
  } finally {
    source.close();
  }
}

/** Verified before, or found bad before and unchanged since. */
function isSettled(before: SeenFile | undefined, seen: SeenFile): before is SeenFile {
  if (!before || before.size !== seen.size || before.front !== seen.front) return false;
  if (before.digest !== undefined) return before.left !== true;
  return before.problem !== undefined && before.problem !== ARRIVING && before.mtime === seen.mtime;
}

const ARRIVING = 'arriving';

interface Looked {
  readonly seen: SeenFile;
  readonly before: SeenFile | undefined;
  readonly options: ScanOptions;
}

function takeFile(session: Session, drive: Drive, name: string, looked: Looked): { seen: SeenFile; file: ScannedFile } {
  const { size, mtime, front } = looked.seen;
  const bare = { size, mtime, front };
  try {
    const taken = takeSpooled(session, drive, path.join(drive.folder, name), looked.options);
    const { digest, report } = taken;
    const left = report.skipped > 0 || report.refused.length > 0;
    return { seen: { ...bare, digest, ...makerOf(report), ...(left && { left }) }, file: { name, report } };
  } catch (error) {
    if (!(error instanceof SatchelError) || error.exit < 20 || error.exit >= 30) {
      if (!(error instanceof SatchelError) || (error.code !== 'changed' && error.code !== 'newer-version')) throw error;
    }
    const wasSame = looked.before?.problem === ARRIVING && looked.before.mtime === mtime && looked.before.size === size;
    const isArriving = error.code === 'changed' || (isCutOff(path.join(drive.folder, name), error) && !wasSame);
    return {
      seen: { ...bare, problem: isArriving ? ARRIVING : error.code },
      file: { name, error, ...(isArriving && { isArriving }) },
    };
  }
}

function makerOf({ manifest }: ImportReport): Pick<SeenFile, 'by' | 'made'> {
  if (!manifest) return {};
  const { key, epoch, serial, created } = manifest;
  return { by: key, made: { epoch, serial, created } };
}

function takeSpooled(session: Session, drive: Drive, file: string, options: ScanOptions) {
  const { repository } = session;
  const source = spoolFile(file, repository.layout.tmp);
  try {
    const records: ContentsRecord[] = [];
    const report = repository.locked(() =>
      importBundle(session, source, {
        file,
        digest: source.digest,
        dryRun: options.dryRun,
        verified: (record) => records.push(record),
      }),
    );
    if (!options.dryRun) rememberVerified(repository.layout, drive.id, source.digest, records);
    return { digest: source.digest, report };
  } finally {
    source.close();
  }
}

/** Whether a file is shorter than its own manifest says, or has not even got that far: what a copy looks like on its way. */
function isCutOff(file: string, error: SatchelError): boolean {
  if (error.code !== 'bad-tar' && error.code !== 'bad-bundle') return false;
  const source: Pick<SpooledFile, 'size' | 'read' | 'close'> = openFile(file);
  try {
    openManifest(source);
    return /cut off/.test(error.message);
  } catch {
    // no whole manifest: either the copy is at its very beginning, or this is no bundle; waiting settles it
    return source.size < FRONT_SIZE || /cut off/.test(error.message);
  } finally {
    source.close();
  }
}
