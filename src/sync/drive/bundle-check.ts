// Bundles that are read again from beginning to end: media rot, and whoever runs a place far away can lie with tags (spec/drive.md,
// "Checking").
import { SatchelError } from '../../format/error.js';
import type { Layout } from '../../repository/layout.js';
import { type Drive, isThere } from './drive.js';
import { explained } from './failure.js';
import { bundleNames, digestOf, ifThere } from './look.js';
import { type DriveMemory, readMemory, type SeenFile, writeMemory } from './memory.js';

const NAMED = /^([0-9a-f]{24})\.satchel$/;

/** A bundle that is not what it has to be. */
export interface BundleFinding {
  readonly name: string;
  readonly problem: 'changed' | 'misnamed' | 'unread';
}

/** What was read, and what is wrong with it. */
export interface DriveCheck {
  readonly bundles: number;
  readonly bytes: number;
  readonly findings: readonly BundleFinding[];
}

/** What these bytes show of a bundle: that they are not those that were verified, or not those that it is named by. */
export function findingOf(name: string, digest: string, seen: SeenFile | undefined): BundleFinding | undefined {
  if (seen?.digest !== undefined && seen.digest !== digest) return { name, problem: 'changed' };
  const named = NAMED.exec(name)?.[1];
  return named === undefined || digest.startsWith(named) ? undefined : { name, problem: 'misnamed' };
}

/** Reads all bundles of a drive that is here. @throws SatchelError `drive-absent` when it goes away, `io` when it cannot be listed */
export function checkDrive(drive: Drive, memory: DriveMemory | undefined): DriveCheck {
  const findings: BundleFinding[] = [];
  let bytes = 0;
  let bundles = 0;
  for (const name of bundleNames(drive.medium, memory?.files)) {
    const read = readBundle(drive, name, memory?.files[name]);
    if (!read) continue;
    bundles++;
    bytes += read.bytes;
    if (read.finding) findings.push(read.finding);
  }
  return { bundles, bytes, findings };
}

/** A bundle that was read, or could not be. */
export interface ReadBundle {
  readonly bytes: number;
  readonly finding: BundleFinding | undefined;
}

/** Undefined when it is gone. On a spot that has gone bad the others are none the worse. */
function readBundle(drive: Drive, name: string, seen: SeenFile | undefined): ReadBundle | undefined {
  const { medium } = drive;
  let bytes = 0;
  try {
    return ifThere(medium, name, ({ size }) => {
      bytes = size;
      return { bytes, finding: findingOf(name, digestOf(medium, name), seen) };
    });
  } catch (error) {
    if (!(error instanceof SatchelError) || error.code !== 'io') throw error;
    if (!isThere(drive)) throw explained(error, drive);
    return { bytes, finding: { name, problem: 'unread' } };
  }
}

/** Lets the next visit look into these bundles as if it had never seen them. Only under the repository's lock. */
export function forgetBundles(layout: Layout, drive: string, names: readonly string[]): void {
  const memory = readMemory(layout, drive);
  if (!memory || names.length === 0) return;
  const files = Object.fromEntries(Object.entries(memory.files).filter(([name]) => !names.includes(name)));
  writeMemory(layout, drive, { ...memory, files });
}
