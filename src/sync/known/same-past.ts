// Whether what somebody said it holds is what is held here: a log may have two pasts, and nobody may know of it yet
// (spec/bundle.md, "Frontier"; spec/message.md, "Acknowledgements"). The id at a range's end names all before it.
import type { EntryId, LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { HeldRange } from '../../repository/index/held.js';
import type { Repository } from '../../repository/repository.js';

/**
 * The part of a stated range that is known to be the same here: what is held up to its end without a gap, if the id there is
 * the one that was said. Nothing of an open-ended range, nor of one that ends where the id is not known here.
 */
export function sameHere(repository: Repository, log: LogId, said: HeldRange): Range[] {
  if (idAt(repository, log, said.end) !== said.id) return [];
  const freeze = repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
  const end = Math.min(said.end, freeze);
  const here = repository.held(log).find((range) => range.from < end && end <= range.end);
  const from = here && Math.max(said.from, here.from);
  return from !== undefined && from < end ? [{ from, end }] : [];
}

/** Whether a stated range is known to be of another past than what is here. */
export function isOfOtherPast(repository: Repository, log: LogId, said: HeldRange): boolean {
  if (!Number.isFinite(said.end)) return false;
  const id = idAt(repository, log, said.end);
  return id !== undefined && id !== said.id;
}

function idAt(repository: Repository, log: LogId, length: number): EntryId | undefined {
  if (!Number.isFinite(length)) return undefined;
  const summary = repository.log(log);
  if (!summary || summary.end <= length) return summary?.end === length ? summary.id : undefined;
  const [run] = repository.runs(log, length - 1, length);
  return run?.end === length ? run.id : run && repository.entry(log, length - 1)?.id;
}
