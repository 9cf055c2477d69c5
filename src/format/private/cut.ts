// How far a log counts, as whoever removed its author or device names it (spec/private.md, "Cuts").
import { asInteger, asList, type Cbor } from '../cbor/cbor.js';
import { type EntryId, idBytes, type LogId } from '../ids.js';
import { LENGTH_LIMIT } from '../limits.js';
import { readIdItem } from './ascending.js';

/** A log up to a length, at least 1, and the id of the last entry below it. */
export interface CutLog {
  readonly log: LogId;
  readonly length: number;
  readonly id: EntryId;
}

/** The list of these logs, in its one order. */
export function cutItem(cut: readonly CutLog[]): Cbor {
  return [...cut]
    .sort((a, b) => (a.log < b.log ? -1 : 1))
    .map(({ log, length, id }) => [idBytes(log), length, idBytes(id)]);
}

/** One log of a cut, or undefined. */
export function readCutLog(item: Cbor): CutLog | undefined {
  const [first, second, third, ...rest] = asList(item) ?? [];
  const log = readIdItem<LogId>(first);
  const length = asInteger(second, 1);
  const id = readIdItem<EntryId>(third);
  if (log === undefined || length === undefined || length >= LENGTH_LIMIT) return undefined;
  return id === undefined || rest.length > 0 ? undefined : { log, length, id };
}
