// What later logs of the same person, which continue an older one, take back in it (spec/log.md, "Metadata").
import type { EntryId, LogId, PersonId } from '../../format/ids.js';
import { decodeMeta, type EndedRange, type Range } from '../../format/log/meta.js';
import type { KnownLogs } from '../known-logs.js';
import { doesContinue, freshIntroductions, type Introducing } from './continuation.js';
import type { RetractingIn } from './found-runs.js';
import { unionRanges } from './held.js';
import type { IntroductionRecord } from './introduction-record.js';

/** What an entry of a log retracts in an older one. */
export interface Later extends RetractingIn {
  readonly by: LogId;
}

/** What a commit adds to what the index tells, looked up by log and person: a commit may bring very many of both. */
export interface Fresh {
  /** Who logs belong to and what they continue, by now. */
  readonly introducing: Introducing;
  readonly introducedOf: ReadonlyMap<PersonId, readonly LogId[]>;
  readonly laterBy: ReadonlyMap<LogId, readonly Later[]>;
  /** Logs of each person that take back something in others by what is brought. */
  readonly takingOf: ReadonlyMap<PersonId, readonly LogId[]>;
  /** From which seq on a log is frozen by now; infinity where it is not. */
  freezeOf(log: LogId): number;
}

/** What a commit brings. */
export interface Brought {
  readonly introductions: readonly IntroductionRecord[];
  readonly later: readonly Later[];
  /** Absent: as the index tells. */
  readonly freezeOf?: Fresh['freezeOf'];
}

/** What is brought, ready to be looked up. */
export function freshOf(repository: KnownLogs, { introductions, later, freezeOf }: Brought): Fresh {
  const freezes = freezeOf ?? ((log) => repository.frozen.get(log) ?? Number.POSITIVE_INFINITY);
  const introducing = freshIntroductions(repository, introductions, freezes);
  const laterBy = grouped(later.map((one) => [one.by, one]));
  return {
    introducing,
    introducedOf: grouped(introductions.map(({ person, log }) => [person, log])),
    laterBy,
    takingOf: grouped([...laterBy.keys()].map((by) => [introducing.personOf(by), by])),
    freezeOf: freezes,
  };
}

/** Nothing but what the index tells. */
function nothingFresh(repository: KnownLogs): Fresh {
  return freshOf(repository, { introductions: [], later: [] });
}

function grouped<K, V>(pairs: readonly (readonly [K | undefined, V])[]): ReadonlyMap<K, readonly V[]> {
  const groups = new Map<K, V[]>();
  for (const [key, value] of pairs) {
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** Ranges of the log as they are named, whether what they name is here or not. */
export function namedByLater(repository: KnownLogs, log: LogId, fresh: Fresh = nothingFresh(repository)): EndedRange[] {
  const person = fresh.introducing.personOf(log);
  if (person === undefined) return [];
  const named: EndedRange[] = [];
  for (const by of retractingLogs(repository, person, fresh)) {
    if (by === log || !doesContinue(fresh.introducing, by, log)) continue;
    for (const item of itemsOf(repository, by, fresh)) if (item.log === log) named.push(...item.ranges);
  }
  return named;
}

/** The logs of a person, those that a commit adds included. */
export function logsOfPerson(repository: KnownLogs, person: PersonId, { introducedOf }: Fresh): LogId[] {
  const held = repository.logsOfPerson(person).map(({ log }) => log);
  return [...new Set([...held, ...(introducedOf.get(person) ?? [])])];
}

/** Those of the persons of whom any log retracts something in others. */
export function personsWithLater(repository: KnownLogs, persons: Iterable<PersonId>, fresh: Fresh): PersonId[] {
  const isHeld = (log: LogId): boolean => repository.log(log)?.retractsIn === true;
  return [...persons].filter(
    (person) => fresh.takingOf.has(person) || logsOfPerson(repository, person, fresh).some(isHeld),
  );
}

/** The entries of the log that are meant, as far as their chain is known here. */
export function retractedByLater(repository: KnownLogs, log: LogId): Range[] {
  const freeze = nothingFresh(repository).freezeOf(log);
  const chain = repository.records(log).filter((run) => !run.unheld || run.first < freeze);
  return meantBy(namedByLater(repository, log), {
    ...{ chain, freeze },
    idAt: (length) => {
      const run = chain.find(({ first, end }) => first < length && length <= end);
      return run?.end === length ? run.id : run && repository.segment(run).idAt(length);
    },
  });
}

/** What is known of the ids of a log. */
export interface KnownChain {
  /** Where it is known; behind the freeze only what is left over is of a past that can be told. */
  readonly chain: readonly { readonly first: number; readonly end: number; readonly unheld: boolean }[];
  readonly freeze: number;
  /** The id at a length within it. */
  idAt(length: number): EntryId | undefined;
}

/**
 * The parts of the ranges that are known in one piece up to their ends, which have to be those that are named. What is named
 * behind the freeze takes along nothing before it.
 */
export function meantBy(ranges: readonly EndedRange[], { chain, freeze, idAt: find }: KnownChain): Range[] {
  if (ranges.length === 0) return [];
  const pieces = unionRanges(
    chain.flatMap(({ first, end, unheld }) => {
      const until = unheld ? Math.min(end, freeze) : end;
      return first < until ? [{ from: first, end: until }] : [];
    }),
  );
  return ranges.flatMap(({ from, end, id }) => {
    const piece = pieces.find((known) => known.from < end && end <= known.end);
    if (!piece || find(end) !== id) return [];
    return [{ from: Math.max(from, piece.from, end > freeze ? freeze : 0), end }];
  });
}

function retractingLogs(repository: KnownLogs, person: PersonId, fresh: Fresh): ReadonlySet<LogId> {
  const logs = logsOfPerson(repository, person, fresh);
  return new Set([...logs.filter((log) => repository.log(log)?.retractsIn), ...(fresh.takingOf.get(person) ?? [])]);
}

/** What the log's entries before its freeze take back elsewhere, also those that are stripped: their chain is verified. */
function itemsOf(
  repository: KnownLogs,
  log: LogId,
  { laterBy, freezeOf }: Fresh,
): readonly Omit<RetractingIn, 'seq'>[] {
  const freeze = freezeOf(log);
  const runs = repository.records(log).filter((run) => run.retractsIn && run.first < freeze);
  const stored = runs.flatMap((run) => {
    const { segment, entries } = repository.segment(run);
    const some = entries.slice(run.first - segment.first, Math.min(run.end, freeze) - segment.first);
    return some.flatMap(({ seq, meta }) => (meta.length === 0 || seq === 0 ? [] : (decodeMeta(meta).retractsIn ?? [])));
  });
  return [...stored, ...(laterBy.get(log) ?? []).filter(({ seq }) => seq < freeze)];
}
