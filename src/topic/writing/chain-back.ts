// What the chain of a log tells of entries whose payloads are not here (spec/log.md, "Known ids"): an id commits to all before
// it, so of a past that is met also what was stripped of it is known, as far back as it was stored in one piece.
import type { EntryId, LogId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';

/** The id of a log at a length, as one of its pasts has it. */
export interface ChainEnd {
  readonly log: LogId;
  readonly length: number;
  readonly id: EntryId;
}

/** The id of an entry of the past that leads there, by what is stored here, held or stripped; undefined where that does not tell. */
export function idBefore(repository: Repository, end: ChainEnd, seq: number): EntryId | undefined {
  const isOfAll = seq < (repository.frozen.get(end.log) ?? 0);
  return isOfAll ? idBeforeFreeze(repository, end.log, seq) : idOnChain(repository, end, seq);
}

/** Up to the freeze all pasts have the same ids. */
function idBeforeFreeze(repository: Repository, log: LogId, seq: number): EntryId | undefined {
  const run = repository.records(log).find(({ first, end }) => first <= seq + 1 && seq < end);
  return run && repository.segment(run).idAt(seq + 1);
}

function idOnChain(repository: Repository, end: ChainEnd, seq: number): EntryId | undefined {
  let { length, id } = end;
  while (seq + 1 < length) {
    const run = repository
      .records(end.log)
      .find((one) => one.first < length && length <= one.end && repository.segment(one).idAt(length) === id);
    if (!run) return undefined;
    if (seq >= run.first) return repository.segment(run).idAt(seq + 1);
    length = run.first;
    id = run.previous;
  }
  return seq + 1 === length ? id : undefined;
}
