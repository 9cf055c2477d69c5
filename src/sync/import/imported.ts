// Bundles that were taken before as a whole, recognised by their digest, so that nothing in them is verified twice
// (spec/repository.md, "Journal").
import type { DeviceKey, Digest } from '../../format/ids.js';
import { DAMAGE, type JournalEvent, readEvents } from '../../repository/journal.js';
import type { Layout } from '../../repository/layout.js';
import { readDamage } from '../../repository/rot/damage.js';

/** What a bundle held when it was taken. */
export interface ImportedBundle {
  readonly by: DeviceKey | undefined;
  readonly entries: number;
}

/** Bundles of which nothing was left out, nor lost here since: to take them again would change nothing. */
export function importedBundles(layout: Layout): ReadonlyMap<Digest, ImportedBundle> {
  const events = readEvents(layout);
  // the journal's own line on it may be lost in a power cut; what says what is lost here is not
  const { at: lost } = readDamage(layout);
  const damaged = events.findLastIndex(({ type, at }) => type === DAMAGE || at <= lost);
  const complete = events.slice(damaged + 1).filter(isComplete);
  return new Map(complete.map(({ digest, by, fresh, known }) => [digest, { by, entries: fresh + known }]));
}

interface ImportEvent extends JournalEvent {
  readonly digest: Digest;
  readonly by: DeviceKey | undefined;
  readonly fresh: number;
  readonly known: number;
}

function isComplete(event: JournalEvent): event is ImportEvent {
  const { type, digest, fresh, known, skipped, refused, salvage, blobs } = event;
  if (type !== 'import' || typeof digest !== 'string' || salvage === true) return false;
  // nor what was left of private topics, without a word
  if (event['passedBy'] !== undefined) return false;
  // chunks may be wanted now that were not then, or have been lost since
  if (blobs !== undefined) return false;
  return typeof fresh === 'number' && typeof known === 'number' && skipped === 0 && refused === 0;
}
