// Bundles that are read again from beginning to end: media rot, and whoever runs a place far away can lie with tags (spec/drive.md,
// "Checking").
import type { Layout } from '../../repository/layout.js';
import type { Drive } from './drive.js';
import { bundleNames, digestOf } from './look.js';
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

/** Reads all bundles of a drive that is here. @throws SatchelError `io` when it goes away */
export function checkDrive({ medium }: Drive, memory: DriveMemory | undefined): DriveCheck {
  const findings: BundleFinding[] = [];
  let bytes = 0;
  let bundles = 0;
  for (const name of bundleNames(medium, memory?.files)) {
    const size = medium.find(name)?.size;
    if (size === undefined) continue;
    bundles++;
    bytes += size;
    const finding = findingOf(name, digestOf(medium, name), memory?.files[name]);
    if (finding) findings.push(finding);
  }
  return { bundles, bytes, findings };
}

/** Lets the next visit look into these bundles as if it had never seen them. Only under the repository's lock. */
export function forgetBundles(layout: Layout, drive: string, names: readonly string[]): void {
  const memory = readMemory(layout, drive);
  if (!memory || names.length === 0) return;
  const files = Object.fromEntries(Object.entries(memory.files).filter(([name]) => !names.includes(name)));
  writeMemory(layout, drive, { ...memory, files });
}
