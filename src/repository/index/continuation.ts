// Which log of a person continues which (spec/log.md, "Introduction", "Metadata").
import type { LogId, PersonId } from '../../format/ids.js';
import type { KnownLogs } from '../known-logs.js';
import { placementOf } from '../placement.js';
import type { IntroductionRecord } from './introduction-record.js';

/** What genuine introductions say, those that just come included. */
export interface Introducing {
  /** Whose log it is; undefined without a genuine introduction. */
  personOf(log: LogId): PersonId | undefined;
  /** The log that it says it continues; undefined also where that is not held, but left over at most. */
  continuedBy(log: LogId): LogId | undefined;
}

/** From which seq on a log is frozen; infinity where it is not. */
type FreezeOf = (log: LogId) => number;

/** The introductions that are held. */
export function heldIntroductions(
  repository: Pick<KnownLogs, 'log' | 'entry' | 'frozen' | 'interpreter'>,
  freezeOf: FreezeOf = (log) => repository.frozen.get(log) ?? Number.POSITIVE_INFINITY,
): Introducing {
  return {
    personOf: (log) => repository.log(log)?.person,
    continuedBy: (log) => {
      if (freezeOf(log) === 0) return undefined;
      const { person, continues } = repository.log(log) ?? {};
      if (person === undefined || continues === false) return undefined;
      return placementOf(repository, log)?.after?.log;
    },
  };
}

/** The same with those that just come. */
export function freshIntroductions(
  repository: Pick<KnownLogs, 'log' | 'entry' | 'frozen' | 'interpreter'>,
  fresh: readonly IntroductionRecord[],
  freezeOf: FreezeOf,
): Introducing {
  const held = heldIntroductions(repository, freezeOf);
  const byLog = new Map(fresh.map((one) => [one.log, one]));
  return {
    personOf: (log) => byLog.get(log)?.person ?? held.personOf(log),
    continuedBy: (log) => (freezeOf(log) === 0 ? undefined : (byLog.get(log)?.after ?? held.continuedBy(log))),
  };
}

/** Whether a log continues an older one, at once or by others between them, all of one person. */
export function doesContinue(introductions: Introducing, log: LogId, older: LogId): boolean {
  const person = introductions.personOf(log);
  const passed = new Set<LogId>([log]);
  let at = introductions.continuedBy(log);
  while (at !== undefined && !passed.has(at) && introductions.personOf(at) === person) {
    if (at === older) return true;
    passed.add(at);
    at = introductions.continuedBy(at);
  }
  return false;
}
