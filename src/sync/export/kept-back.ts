// What of a log is passed on to nobody, and what goes along without its payload (spec/message.md, "Forgetting", "Retraction").
import type { LogId } from '../../format/ids.js';
import { subtractRanges } from '../../repository/index/held.js';
import { RangeSet } from '../../repository/index/range-set.js';
import { retractedBy } from '../../repository/index/retracted.js';
import { retractedByLater } from '../../repository/index/retracted-later.js';
import type { Repository } from '../../repository/repository.js';

/** Seqs whose payloads their author took back; acks that a later one replaces are no secret. */
export function takenBack(repository: Repository, log: LogId): RangeSet {
  const runs = repository.records(log).filter((run) => run.takesBack);
  const retracted = retractedBy(repository, log, runs, (run) => repository.segment(run).segment);
  retracted.add(retractedByLater(repository, log));
  return retracted;
}

/** Seqs that were forgotten here, and that others may get from somebody else; nobody misses the payload of what was taken back. */
export function keptBack(repository: Repository, log: LogId): RangeSet {
  const forgotten = repository.forgotten(log);
  if (forgotten.ranges.length === 0) return forgotten;
  return new RangeSet(subtractRanges(forgotten.ranges, takenBack(repository, log).ranges));
}
