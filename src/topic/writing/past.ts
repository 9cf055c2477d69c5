// What is met of the own person's logs from behind a freeze, past by past (spec/message.md, "Writing copies").
import type { EntryId, LogId, PersonId } from '../../format/ids.js';
import { decodeMeta, type EndedRange, type Meta, type Range } from '../../format/log/meta.js';
import { doesContinue, heldIntroductions } from '../../repository/index/continuation.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { type KeptSegment, keptPasts } from '../../repository/store/pasts.js';
import { RETRACT } from '../message/message.js';
import { type CitedEntries, type CitedSource, openCited } from '../order/cited.js';
import { messageIn } from '../payload.js';
import { frozenAt } from '../source.js';
import { idBefore } from './chain-back.js';

/** One past of a log, as far as it is met. */
export interface Past {
  readonly log: LogId;
  /** Those behind the freeze, ascending. */
  readonly entries: readonly StoredEntry[];
  /** An entry of this past, behind the freeze or before. */
  find(seq: number): StoredEntry | undefined;
  /** The id of its entry at a seq, as far as it is known: also of one that is not held. */
  idAt(seq: number): EntryId | undefined;
  /** Whether the log continues that one, so that it may take back what stands there. */
  continues(older: LogId): boolean;
  /** What its messages cite. */
  readonly cited: CitedEntries;
}

/** The pasts of a person's logs: those that are held, each piece by itself, and those that are kept. */
export function pastsOf(repository: Repository, person: PersonId, kept = keptPasts(repository.layout)): Past[] {
  const own = kept.filter(({ opened }) => repository.log(opened.segment.log)?.person === person);
  return [...heldPasts(repository, person), ...own.map((segment) => keptPast(repository, segment, own))];
}

/** The pasts that are held, of which no more is known than what surely goes along with them: stripped entries may not. */
export function pastsToPassOn(repository: Repository, person: PersonId): Past[] {
  return heldPasts(repository, person).map((past) => {
    const [first] = past.entries;
    const idAt: Past['idAt'] = (seq) => (seq + 1 === first?.seq ? first.previous : past.find(seq)?.id);
    return { ...past, idAt };
  });
}

/** Entries of a log that are taken back, by the id of the last. */
export interface TakenBack extends EndedRange {
  readonly log: LogId;
}

/** What an entry takes back, if it is a retraction and no acknowledgement: in its own log, and in older ones. */
export function takenBackBy(past: Past, entry: StoredEntry): readonly TakenBack[] {
  const { retracts = [], retractsIn } = entry.meta.length === 0 ? ({} as Meta) : decodeMeta(entry.meta);
  if ((retracts.length === 0 && !retractsIn) || messageIn(entry)?.type !== RETRACT) return [];
  const { log, ranges } = retractsIn && past.continues(retractsIn.log) ? retractsIn : NOWHERE;
  return [...inOwnLog(past, entry, retracts), ...ranges.map((range) => ({ ...range, log }))];
}

const NOWHERE = { log: '' as LogId, ranges: [] } as const;

function inOwnLog({ log, idAt }: Past, entry: StoredEntry, retracts: readonly Range[]): TakenBack[] {
  return retracts.flatMap((range) => {
    const named: TakenBack[] = [];
    // a range may be longer than any log
    for (let seq = range.from; seq < Math.min(range.end, entry.seq); seq++) {
      const id = idAt(seq);
      if (id !== undefined) named.push({ log, from: seq, end: seq + 1, id });
    }
    return named;
  });
}

function heldPasts(repository: Repository, person: PersonId): Past[] {
  const logs = repository.logsOfPerson(person).filter(({ log }) => repository.frozen.has(log));
  return logs.flatMap(({ log }) => leftOverPasts(repository, log));
}

/** Behind a gap may lie another past: only what is before the freeze is of all of them. */
function leftOverPasts(repository: Repository, log: LogId): Past[] {
  const freeze = frozenAt(repository, log);
  return repository.leftOver(log).map(({ from, end }) => {
    const entries = [...repository.entries(log, from, end)];
    const isOfIt = (seq: number): boolean => seq < freeze || (seq >= from && seq < end);
    const find: Past['find'] = (seq) => (isOfIt(seq) ? repository.entry(log, seq) : undefined);
    const id = entries[0]?.previous;
    const before = (seq: number): EntryId | undefined => id && idBefore(repository, { log, length: from, id }, seq);
    return pastWith(repository, log, { entries, find, idAt: (seq) => find(seq)?.id ?? before(seq) });
  });
}

function keptPast(repository: Repository, kept: KeptSegment, all: readonly KeptSegment[]): Past {
  const { log } = kept.opened.segment;
  const freeze = repository.frozen.get(log);
  const reach = { find: finder(repository, kept, all), idAt: idFinder(repository, kept, all) };
  const isNew = ({ seq, id }: StoredEntry): boolean =>
    freeze === undefined ? repository.entry(log, seq)?.id !== id : seq >= freeze;
  return pastWith(repository, log, { ...reach, entries: kept.opened.entries.filter(isNew) });
}

/** Looks for entries where the segment is, in those that it follows from, and in what is held before it. */
function finder(repository: Repository, kept: KeptSegment, all: readonly KeptSegment[]): Past['find'] {
  const { log, first, previous } = kept.opened.segment;
  const before = all.find((other) => endsWith(other, log, first, previous));
  const isHeldBefore = !before && first > 0 && repository.entry(log, first - 1)?.id === previous;
  const freeze = repository.frozen.get(log) ?? 0;
  return (seq) => {
    if (seq >= first) return kept.opened.entry(seq);
    if (before) return finder(repository, before, all)(seq);
    return isHeldBefore || seq < freeze ? repository.entry(log, seq) : undefined;
  };
}

/** The same for ids, which the chain tells also of what is not held. */
function idFinder(repository: Repository, kept: KeptSegment, all: readonly KeptSegment[]): Past['idAt'] {
  const { log, first, previous } = kept.opened.segment;
  const before = all.find((other) => endsWith(other, log, first, previous));
  return (seq) => {
    if (seq + 1 >= first) return kept.opened.idAt(seq + 1);
    if (before) return idFinder(repository, before, all)(seq);
    return idBefore(repository, { log, length: first, id: previous }, seq);
  };
}

function endsWith({ opened }: KeptSegment, log: LogId, length: number, id: EntryId): boolean {
  return opened.segment.log === log && opened.end === length && opened.idAt(length) === id;
}

function pastWith(repository: Repository, log: LogId, reach: Pick<Past, 'entries' | 'find' | 'idAt'>): Past {
  const { find } = reach;
  const source: CitedSource = {
    // entries of one past that are found are on one chain, also behind the freeze
    frozen: new Map([...repository.frozen].filter(([other]) => other !== log)),
    log: (other) => (other === log ? EVERYTHING : repository.log(other)),
    held: (other) => repository.held(other),
    runs: (other, from, end) => (other === log ? [] : repository.runs(other, from, end)),
    entry: (other, seq) => (other === log ? find(seq) : repository.entry(other, seq)),
  };
  const continues = (older: LogId): boolean => doesContinue(heldIntroductions(repository), log, older);
  return { log, ...reach, continues, cited: openCited(source) };
}

const EVERYTHING = { entries: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
