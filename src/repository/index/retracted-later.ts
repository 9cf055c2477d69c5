// What later logs of the same person, which continue an older one, take back in it (spec/log.md, "Metadata").
import type { EntryId, LogId } from '../../format/ids.js';
import { decodeMeta, type EndedRange, type Range, type RetractsIn } from '../../format/log/meta.js';
import type { KnownLogs } from '../known-logs.js';
import { doesContinue, heldIntroductions } from './continuation.js';
import { unionRanges } from './held.js';

/** What a log retracts in an older one. */
export interface Later extends RetractsIn {
  readonly by: LogId;
}

/** Ranges of the log as they are named, whether what they name is here or not. */
export function namedByLater(repository: KnownLogs, log: LogId): EndedRange[] {
  const person = repository.log(log)?.person;
  const logs = person === undefined ? [] : repository.logsOfPerson(person).filter((later) => later.retractsIn);
  const continuing = logs.filter((later) => doesContinue(heldIntroductions(repository), later.log, log));
  return continuing
    .flatMap((later) => itemsIn(repository, later.log))
    .flatMap((item) => (item.log === log ? item.ranges : []));
}

/** The entries of the log that are meant, as far as their chain is known here. */
export function retractedByLater(repository: KnownLogs, log: LogId): Range[] {
  return meantBy(namedByLater(repository, log), {
    chain: repository.records(log),
    idAt: (length) => idAt(repository, log, length),
  });
}

/** What is known of the ids of a log. */
export interface KnownChain {
  /** Where it is known. */
  readonly chain: readonly { readonly first: number; readonly end: number }[];
  /** The id at a length within it. */
  idAt(length: number): EntryId | undefined;
}

/** The parts of the ranges that are known in one piece up to their ends, which have to be those that are named. */
export function meantBy(ranges: readonly EndedRange[], { chain, idAt: find }: KnownChain): Range[] {
  if (ranges.length === 0) return [];
  const pieces = unionRanges(chain.map(({ first, end }) => ({ from: first, end })));
  return ranges.flatMap(({ from, end, id }) => {
    const piece = pieces.find((known) => known.from < end && end <= known.end);
    return piece && find(end) === id ? [{ from: Math.max(from, piece.from), end }] : [];
  });
}

/** What the log's entries before its freeze take back elsewhere, also those that are stripped: their chain is verified. */
function itemsIn(repository: KnownLogs, log: LogId): RetractsIn[] {
  const freeze = repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
  const runs = repository.records(log).filter((run) => run.retractsIn && run.first < freeze);
  return runs.flatMap((run) => {
    const { segment, entries } = repository.segment(run);
    const some = entries.slice(run.first - segment.first, Math.min(run.end, freeze) - segment.first);
    return some.flatMap(({ meta }) => (meta.length === 0 ? [] : (decodeMeta(meta).retractsIn ?? [])));
  });
}

function idAt(repository: KnownLogs, log: LogId, length: number): EntryId | undefined {
  const run = repository.records(log).find(({ first, end }) => first < length && length <= end);
  return run?.end === length ? run.id : run && repository.segment(run).idAt(length);
}
