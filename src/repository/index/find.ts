// Entries by the beginning of their id (spec/cli.md, "Ids"). The index knows runs, not entries, so this reads the packs,
// the newest first; it reads on to the end, because a prefix that fits two entries must not be taken for one.
import type { EntryId, LogId } from '../../format/ids.js';
import type { Repository } from '../repository.js';

/** Where an entry stands. */
export interface EntryPlace {
  readonly log: LogId;
  readonly seq: number;
  readonly id: EntryId;
}

/** Digits that a prefix has at least. */
export const PREFIX_MIN = 4;

/** The held entries whose id begins so, at most `limit` of them; a whole id ends the search at once. */
export function findEntries(repository: Repository, prefix: string, limit: number): EntryPlace[] {
  const found: EntryPlace[] = [];
  const isWhole = prefix.length === 64;
  for (const run of repository.runsFromNewest()) {
    const { segment, entries } = repository.segment(run);
    for (const { log, seq, id } of entries.slice(run.first - segment.first, run.end - segment.first)) {
      if (id.startsWith(prefix)) found.push({ log, seq, id });
    }
    if (found.length >= limit || (isWhole && found.length > 0)) break;
  }
  return found.slice(0, limit);
}
