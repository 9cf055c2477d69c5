// In which drives that were met an entry still lies, as far as this repository has verified it there
// (spec/drive.md, "What a drive holds").
import type { PersonId } from '../../format/ids.js';
import type { EntryPlace } from '../../repository/index/find.js';
import { isInRanges } from '../../repository/index/held.js';
import type { Repository } from '../../repository/repository.js';
import { rangesOnDrive, type VerifiedBundle, verifiedBundles } from './holdings.js';
import { type KnownDrive, knownDrives } from './known.js';
import { look } from './look.js';

/** A drive with an entry on it. */
export interface DriveWithEntry {
  readonly id: string;
  readonly label: string;
  /** Where it is, or was last. */
  readonly directory: string;
  /** It is there now, with these bundles; else they were there at the last visit. */
  readonly isHere: boolean;
  /** The last visit, ms. */
  readonly last: number;
  /** Names of the bundles that hold the entry. */
  readonly bundles: readonly string[];
  /** Who was listed there at the last visit. */
  readonly listed: readonly PersonId[];
}

/** The drives that hold the entry, by label. */
export function drivesWith(repository: Repository, place: Pick<EntryPlace, 'log' | 'seq'>): DriveWithEntry[] {
  const now = repository.world.now();
  return knownDrives(repository.layout).flatMap((known) => {
    const bundles = bundlesWith(repository, known, place).filter((bundle) => isStillThere(known, bundle, now));
    return bundles.length > 0 ? [withEntry(known, bundles)] : [];
  });
}

function withEntry({ id, label, directory, drive, memory }: KnownDrive, bundles: readonly VerifiedBundle[]) {
  return {
    ...{ id, label, directory, isHere: drive !== undefined, last: memory?.last ?? 0 },
    bundles: bundles.map(({ name }) => name),
    listed: Object.keys(memory?.listed ?? {}) as PersonId[],
  };
}

function bundlesWith(
  repository: Repository,
  { id, memory }: KnownDrive,
  { log, seq }: Pick<EntryPlace, 'log' | 'seq'>,
): VerifiedBundle[] {
  return verifiedBundles(repository, id, memory?.files ?? {}).filter((bundle) =>
    isInRanges(rangesOnDrive(repository, [bundle]).get(log) ?? [], seq),
  );
}

/** Of a drive that is not here nothing newer is known than the last visit. */
function isStillThere({ drive }: KnownDrive, { name, file }: VerifiedBundle, now: number): boolean {
  return !drive || look(drive.medium, name, file, now)?.digest === file.digest;
}
