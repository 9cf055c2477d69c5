// What became of a message, and whether it is shown (spec/message.md, "Retraction", "Expiry").
import type { EntryId, LogId } from '../format/ids.js';
import { decodeMeta } from '../format/meta.js';
import { decodeSegment } from '../format/segment.js';
import type { StoredEntry } from '../repository/open-segment.js';
import type { RangeSet } from '../repository/range-set.js';
import type { Repository } from '../repository/repository.js';
import { retractedBy } from '../repository/retracted.js';
import type { Message } from './message.js';
import type { People } from './people.js';
import { frozenAt } from './source.js';
import type { MessageState } from './view.js';

const DAY_MS = 86_400_000;

/** Answers for the messages of one repository, as things stand when it is opened. */
export interface Fates {
  /** Why the entry is not shown, known without decoding its payload; undefined when nothing stands against it. */
  ofEntry(entry: StoredEntry): Exclude<MessageState, 'shown' | 'unreadable'> | undefined;
  /** The whole answer; `message` is what its payload decodes to. */
  ofMessage(entry: StoredEntry, message: Message | undefined): MessageState;
}

/** What decides about messages here. */
export interface FateOptions {
  readonly repository: Repository;
  readonly people: People;
  readonly hidden: ReadonlySet<EntryId>;
}

/** The fates of the repository's messages. */
export function openFates({ repository, people, hidden }: FateOptions): Fates {
  const now = repository.world.now();
  const retracted = new Map<LogId, RangeSet>();
  const isRetracted = ({ log, seq }: StoredEntry): boolean => {
    const ranges = retracted.get(log) ?? retractedRanges(repository, log);
    retracted.set(log, ranges);
    return ranges.has(seq);
  };
  const ofEntry: Fates['ofEntry'] = (entry) => {
    if (entry.seq >= frozenAt(repository, entry.log)) return 'contradicted';
    if ((hidden.size > 0 && hidden.has(entry.id)) || people.isBlocked(entry.log)) return 'hidden';
    if (isRetracted(entry)) return 'retracted';
    if (hasExpired(entry, now)) return 'expired';
    return entry.payload ? undefined : 'dropped';
  };
  return {
    ofEntry,
    ofMessage: (entry, message) => ofEntry(entry) ?? (message || entry.seq === 0 ? 'shown' : 'unreadable'),
  };
}

/** Whether the entry's day has come on this clock. */
function hasExpired(entry: StoredEntry, now: number): boolean {
  if (entry.meta.length === 0) return false;
  const { expires } = decodeMeta(entry.meta);
  return expires !== undefined && expires * DAY_MS <= now;
}

/** What the log's held entries take back; what acks drop of older acks is no message. */
function retractedRanges(repository: Repository, log: LogId): RangeSet {
  const runs = repository.runs(log).filter((run) => run.takesBack);
  return retractedBy(repository, log, runs, (run) => decodeSegment(repository.segmentBytes(run)));
}
