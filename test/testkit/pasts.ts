// What each person of a test holds, and what it held in pasts that it has lost: on a disk that was put back to an earlier
// image, or on a clone of its device that is gone.
import type { EntryId, LogId, PersonId } from '../../src/format/ids.js';
import type { Replica } from './replica.js';

/** Ids of entries by log and seq. */
export type Ids = ReadonlyMap<LogId, ReadonlyMap<number, EntryId>>;

/** What a device held that has lost its memory since, and the epoch in which it did. */
export interface LostPast {
  readonly person: PersonId;
  readonly epoch: string;
  readonly ids: Ids;
}

/** All entries that a replica can show: readable, or dropped for a cause that it verified; before a freeze or left over. */
export function shownBy({ repository }: Replica): Ids {
  const ids = new Map<LogId, Map<number, EntryId>>();
  for (const { log } of repository.logs())
    ids.set(log, new Map([...repository.entries(log)].map(({ seq, id }) => [seq, id])));
  return ids;
}

/** Of what a replica can show, the entries whose payload it dropped: behind a freeze nothing of them would be left over. */
export function droppedBy({ repository }: Replica): Ids {
  const ids = new Map<LogId, Map<number, EntryId>>();
  for (const { log } of repository.logs()) {
    const dropped = [...repository.entries(log)].filter(({ payload }) => payload === undefined);
    ids.set(log, new Map(dropped.map(({ seq, id }) => [seq, id])));
  }
  return ids;
}

/** The entries of one log behind a seq, as a past that nobody has any more. */
export function idsOf(log: LogId, from: number, ids: readonly EntryId[]): Ids {
  return new Map([[log, new Map(ids.map((id, i) => [from + i, id]))]]);
}
