// Which entries a message cites. A dep without an id is covered by an earlier entry of its own log: which entry that is
// shows only when what that one cites is held here too, and is the same (spec/message.md, "Covered deps").
import type { EntryId, LogId } from '../../format/ids.js';
import { recall } from '../../format/lru.js';
import type { HeldRange } from '../../repository/index/held.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { type Cited, type CoveredDep, type Dep, hasId } from '../message/message.js';
import { messageIn } from '../payload.js';
import { SeenIds } from '../reading/seen-ids.js';

/** Covering entries of which is remembered what they cite: those of a log's batch follow each other. */
const COVERS_MAX = 1_024;

/** A repository as far as cited entries are looked for in it. */
export interface CitedSource {
  /** For each log that is known to contradict itself: the lowest seq that is in doubt. */
  readonly frozen: ReadonlyMap<LogId, number>;
  /** What is held of a log. */
  log(log: LogId): Pick<LogSummary, 'entries' | 'end'> | undefined;
  held(log: LogId): readonly HeldRange[];
  /** Held runs of a log that touch [from, end). */
  runs(log: LogId, from: number, end: number): readonly Pick<RunRecord, 'end' | 'id'>[];
  entry(log: LogId, seq: number): StoredEntry | undefined;
}

/** What messages at their places cite. */
export interface CitedEntries {
  /** The id of the entry that a message cites; undefined when it can't be told from what is held. */
  idOf(message: Pick<StoredEntry, 'log' | 'seq'>, cited: Cited): EntryId | undefined;
  /** Whether it can be told that the entry at the dep's place is the one, without computing its id. */
  isCovered(message: Pick<StoredEntry, 'log' | 'seq'>, cited: CoveredDep): boolean;
}

/** Answers for one repository as it is now; `seen` are ids that were computed anyway. */
export function openCited(source: CitedSource, seen = new SeenIds()): CitedEntries {
  const covers = new Map<string, readonly Dep[]>();
  const isThere = new WeakMap<Dep, boolean>();
  const isHeldAsSaid = (dep: Dep): boolean => {
    const known = isThere.get(dep) ?? idAt(source, dep.log, dep.seq) === dep.id;
    isThere.set(dep, known);
    return known;
  };
  const isCovered: CitedEntries['isCovered'] = (message, cited) => {
    const { log, seq, by } = cited;
    if (by >= message.seq || !isUnbroken(source, message.log, by, message.seq)) return false;
    if (log === message.log) return by === seq;
    const cites = recall(covers, `${message.log}:${by}`, COVERS_MAX, () => citedBy(source, message.log, by));
    return cites.some((dep) => reaches(dep, cited) && isUnbroken(source, log, seq, dep.seq) && isHeldAsSaid(dep));
  };
  return {
    isCovered,
    idOf: (message, cited) => {
      if (hasId(cited)) return cited.id;
      if (!isCovered(message, cited)) return undefined;
      return seen.at(cited.log, cited.seq) ?? idAt(source, cited.log, cited.seq);
    },
  };
}

/** What an entry cites by ids; nothing when it is not held. */
function citedBy(source: CitedSource, log: LogId, seq: number): readonly Dep[] {
  const entry = source.entry(log, seq);
  return (entry && messageIn(entry)?.deps.filter(hasId)) ?? [];
}

function reaches(dep: Dep, { log, seq }: CoveredDep): boolean {
  return dep.log === log && dep.seq >= seq;
}

/** Whether all from the one entry to the other is held: only then the later one's chain is known to hold the earlier. */
function isUnbroken(source: CitedSource, log: LogId, from: number, to: number): boolean {
  const { entries, end } = source.log(log) ?? { entries: 0, end: 0 };
  // what lies behind a freeze is left over, not held
  if (entries === end) return to < Math.min(end, source.frozen.get(log) ?? end);
  return source.held(log).some((range) => range.from <= from && to < range.end);
}

/** The id at a run's end stands in the index. */
function idAt(source: CitedSource, log: LogId, seq: number): EntryId | undefined {
  const [run] = source.runs(log, seq, seq + 1);
  return run?.end === seq + 1 ? run.id : source.entry(log, seq)?.id;
}
