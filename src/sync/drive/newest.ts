// The newest bundle of each device on a drive: it carries what that device last said there (spec/drive.md, "Tidying").
import type { VerifiedBundle } from './holdings.js';

/** The newest bundle of each device, and of those about one topic. */
export function newestOfEach(bundles: readonly VerifiedBundle[]): ReadonlySet<VerifiedBundle> {
  const newest = new Map<string, VerifiedBundle>();
  for (const bundle of bundles) {
    const word = wordOf(bundle);
    const other = newest.get(word);
    if (!other || isNewer(bundle, other)) newest.set(word, bundle);
  }
  return new Set(newest.values());
}

/** The same for bundles of which the newest one says what the others said. */
export function wordOf({ name, file: { by, topic } }: VerifiedBundle): string {
  return `${by ?? name}/${topic ?? ''}`;
}

/** By serial within an epoch; across epochs the maker's clock has to do. */
export function isNewer(bundle: VerifiedBundle, than: VerifiedBundle): boolean {
  const [a, b] = [bundle.file.made, than.file.made];
  if (!a || !b) return a !== undefined;
  return a.epoch === b.epoch ? a.serial > b.serial : a.created > b.created;
}
