// The ends of logs that a statement names by itself (spec/private.md, "Cuts"): what is held here, and never more than a cut left
// before that counts.
import type { DeviceKey, LogId, PersonId } from '../../format/ids.js';
import { CUT_LOGS_MAX } from '../../format/limits.js';
import type { CutLog } from '../../format/private/cut.js';
import { logEnd, type TopicLog } from './log-end.js';
import type { Resolution } from './resolve.js';

/** A log that is held here. */
export interface HeldLog extends TopicLog {
  /** Entries held without a gap from the first on. */
  readonly length: number;
  /** When it was last written to, by any measure that grows. */
  readonly written: number;
}

/** Who is taken out, and how much of a log counts at most; absent: all that is held. */
export interface TakenOut {
  readonly person: PersonId;
  lengthThen?(log: LogId): number;
}

/** The cut of a set `none`: all logs of the person, as far as they are held. */
export function cutOfPerson(resolution: Resolution, logs: readonly HeldLog[], taken: TakenOut): readonly CutLog[] {
  const theirs = logs.filter(({ author }) => author.person === taken.person);
  return namedLogs(resolution, theirs, ({ log, length }) => Math.min(length, taken.lengthThen?.(log) ?? length));
}

/** Whose devices a devices statement leaves, and since when this is known here. */
export interface LeftDevices {
  readonly person: PersonId;
  readonly current: readonly DeviceKey[];
  /** The length held when this device first knew that the log's device is not current; undefined where it was not held then. */
  lengthWhenKnown(log: LogId): number | undefined;
}

/** The cut of a devices statement: all logs of the person's devices that are not current. */
export function cutOfDevices(resolution: Resolution, logs: readonly HeldLog[], left: LeftDevices): readonly CutLog[] {
  const theirs = logs.filter(({ author }) => author.person === left.person && !left.current.includes(author.device));
  return namedLogs(resolution, theirs, ({ log, length }) => Math.min(length, left.lengthWhenKnown(log) ?? 0));
}

/** Of more than may be named the last written to, ascending by log. */
function namedLogs(
  resolution: Resolution,
  logs: readonly HeldLog[],
  lengthOf: (log: HeldLog) => number,
): readonly CutLog[] {
  const named = [...logs]
    .sort((a, b) => b.written - a.written || (a.log < b.log ? -1 : 1))
    .flatMap((log) => nameLog(log, Math.min(lengthOf(log), logEnd(resolution, log) ?? 0)) ?? []);
  return named.slice(0, CUT_LOGS_MAX).sort((a, b) => (a.log < b.log ? -1 : 1));
}

function nameLog({ log, idAt }: HeldLog, length: number): CutLog | undefined {
  const id = length > 0 ? idAt(length) : undefined;
  return id && { log, length, id };
}
