// Which clocks of a topic are absurd, as things stand: more than 30 days ahead of the own time and of everybody but their
// author (spec/message.md, "Clock").
import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { AHEAD_MAX_MS, isPlausible, lowerMedian, lowerMedianWithout, ownTime, sortedClocks } from './clock.js';
import { clockOfLog, clocksOfPeople, type Writer, writerOf } from './people-clocks.js';

/** Judges clocks in one topic. */
export interface ClockJudge {
  /** Milliseconds that have surely passed since 1970. */
  readonly ownTime: number;
  /** Whether nobody has to believe this clock, which an entry of the log states. */
  isAbsurd(log: LogId, clock: number): boolean;
  /** Whether an own log is so far ahead of the others who write in the topic that the next message needs a new one. */
  isLeftAhead(log: LogSummary): boolean;
}

interface Clocks {
  readonly of: ReadonlyMap<Writer, number>;
  readonly sorted: readonly number[];
}

/** A judge for a topic as it is now; others' clocks are looked up when somebody is far ahead of the own time. */
export function openClockJudge(repository: Repository, topic: TopicId, self: PersonId): ClockJudge {
  const time = ownTime(repository.world);
  const isTrusted = isPlausible(repository.world);
  let found: Clocks | undefined;
  const medianBut = (writer: Writer): number | undefined => {
    found ??= topicClocks(repository, topic, isTrusted ? undefined : self);
    const own = found.of.get(writer);
    return own === undefined ? lowerMedian(found.sorted) : lowerMedianWithout(found.sorted, own);
  };
  const isAhead = (clock: number, writer: () => Writer, alone: boolean): boolean => {
    if (clock <= time + AHEAD_MAX_MS) return false;
    const median = medianBut(writer());
    return median === undefined ? alone : clock > median + AHEAD_MAX_MS;
  };
  return {
    ownTime: time,
    // a clock that was never set judges nobody alone
    isAbsurd: (log, clock) => isAhead(clock, () => writerOf({ log, person: repository.log(log)?.person }), isTrusted),
    // or each time it starts so, it would begin a log
    isLeftAhead: (log) => isTrusted && isAhead(clockOfLog(repository, log), () => self, false),
  };
}

function topicClocks(repository: Repository, topic: TopicId, except: PersonId | undefined): Clocks {
  const clocks = clocksOfPeople(repository, repository.logsOfTopic(topic));
  if (except !== undefined) clocks.delete(except);
  return { of: clocks, sorted: sortedClocks(clocks.values()) };
}
