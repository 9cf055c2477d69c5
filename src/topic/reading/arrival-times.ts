// When messages came here, as far as the journal tells (spec/repository.md, "Journal").
import type { LogId } from '../../format/ids.js';
import { type Arrival, readArrivals } from '../../repository/arrivals.js';
import { firstBehind, subtractRanges } from '../../repository/index/held.js';
import type { Repository } from '../../repository/repository.js';
import type { Dep } from '../message/message.js';
import type { Places } from './places.js';

/** Times of arrival; the journal is read at the first question. */
export interface ArrivalTimes {
  /** When the message of the entry came here first, ms on the own clock; undefined where nothing tells. */
  of(entry: Pick<Dep, 'log' | 'seq'>): number | undefined;
}

type Came = Pick<Arrival, 'from' | 'end' | 'at'>;

/** The times of one topic's messages. */
export function openArrivalTimes({ layout }: Pick<Repository, 'layout'>, places: Places): ArrivalTimes {
  let known: ReadonlyMap<LogId, readonly Came[]> | undefined;
  const ofEntry = ({ log, seq }: Pick<Dep, 'log' | 'seq'>): number | undefined => {
    known ??= byLog(readArrivals(layout));
    const came = known.get(log) ?? [];
    const found = came[firstBehind(came, seq)];
    return found && found.from <= seq ? found.at : undefined;
  };
  return {
    of: (entry) => {
      const times = (places.of(entry)?.places ?? [entry]).map(ofEntry);
      const told = times.filter((time) => time !== undefined);
      return told.length < times.length
        ? undefined
        : told.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
    },
  };
}

/** Of each log what came first, ascending and disjoint: what was lost here comes a second time. */
function byLog(arrivals: readonly Arrival[]): Map<LogId, Came[]> {
  const found = new Map<LogId, Came[]>();
  for (const { log, from, end, at } of arrivals) {
    const known = found.get(log) ?? [];
    found.set(log, known);
    for (const part of subtractRanges([{ from, end }], known)) {
      known.splice(firstBehind(known, part.from), 0, { ...part, at });
    }
  }
  return found;
}
