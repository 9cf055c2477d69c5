// What a visit to a destination that never answers leaves there: its own bundle, and of the earlier ones those with something
// that ought to be repeated and found no room in it (spec/drive.md, "One way").

import { blobDigest } from '../../format/bundle/members.js';
import { type Bundle, openBundle, readContents } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import type { DeviceKey } from '../../format/ids.js';
import type { Medium } from '../medium/medium.js';
import { countEntries, intersection, type LogRanges, minus, rangesOf } from './log-ranges.js';
import { bundleNames } from './look.js';
import type { WrittenPlan } from './one-way.js';
import type { OneWayMemory } from './one-way-memory.js';

/** What went to a destination that never answers. Counts are entries. */
export interface OneWayReport {
  /** Written for the first time. */
  readonly fresh: number;
  /** Written again. */
  readonly repeated: number;
  /** Written before, and repeated no more. */
  readonly aged: number;
}

/** What was written by a plan. */
export function oneWayReport(plan: WrittenPlan): OneWayReport {
  const written = plan.written();
  const fresh = countEntries(intersection(written, plan.news));
  return {
    fresh,
    repeated: countEntries(written) - fresh,
    aged: countEntries(minus(plan.sent, plan.wanted())),
  };
}

/** What is remembered once these bundles lie there. */
export function afterWriting(
  medium: Medium,
  before: OneWayMemory,
  { plan, files, now }: Pick<Written, 'plan'> & { readonly files: OneWayMemory['files']; readonly now: number },
): OneWayMemory {
  const fresh = intersection(plan.written(), plan.news);
  const left = [...before.files].filter(([file]) => !isGone(medium, file));
  return {
    blocks: fresh.size > 0 ? [...before.blocks, { at: now, ranges: fresh }] : before.blocks,
    files: new Map([...left, ...files]),
  };
}

/** What nobody can tell does not end the visit, and is not forgotten: what was written before that is to be remembered. */
function isGone(medium: Medium, name: string): boolean {
  try {
    return medium.find(name) === undefined;
  } catch (error) {
    if (error instanceof SatchelError) return false;
    throw error;
  }
}

/** Names of own bundles that those of these names make superfluous; one nobody remembers goes when all of it is in there. */
export function superseded(
  medium: Medium,
  device: DeviceKey,
  { files, plan, names, isWhole, hasChunks: isSealedWithChunks }: Written & { readonly files: OneWayMemory['files'] },
): string[] {
  const written = plan.written();
  return bundleNames(medium).filter((other) => {
    const noted = files.get(other);
    if (names.has(other) || (!isWhole && (isSealedWithChunks(other) || hasChunks(medium, other)))) return false;
    const needed = noted ? intersection(noted, plan.wanted()) : contentsOf(medium, other, device);
    return needed !== undefined && minus(needed, written).size === 0;
  });
}

/** What was written just now. */
interface Written {
  /** What all of it holds. */
  readonly plan: WrittenPlan;
  readonly names: ReadonlySet<string>;
  /** All attachments of what was written found room. */
  readonly isWhole: boolean;
  /** Whether there are chunks in a file by what is remembered of it: into one that is sealed nobody looks. */
  readonly hasChunks: (name: string) => boolean;
}

/** Whether there are chunks of attachments in a bundle; a file that cannot be read is judged by its entries. */
function hasChunks(medium: Medium, name: string): boolean {
  return readBundle(medium, name, ({ members }) => members.some(({ name }) => blobDigest(name))) ?? false;
}

/** What a bundle of our own holds; undefined for any other file. */
function contentsOf(medium: Medium, name: string, device: DeviceKey): LogRanges | undefined {
  return readBundle(medium, name, (bundle) =>
    bundle.manifest.key === device ? rangesOf(readContents(bundle)) : undefined,
  );
}

function readBundle<T>(medium: Medium, name: string, read: (bundle: Bundle) => T): T | undefined {
  try {
    const source = medium.open(name);
    try {
      return read(openBundle(source));
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}
