// What is met of the own person's logs from behind a freeze, past by past (spec/message.md, "Writing copies").
import type { EntryId, LogId, PersonId } from '../../format/ids.js';
import { decodeMeta } from '../../format/log/meta.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { type KeptSegment, keptPasts } from '../../repository/store/pasts.js';
import { RETRACT } from '../message/message.js';
import { type CitedEntries, type CitedSource, openCited } from '../order/cited.js';
import { messageIn } from '../payload.js';
import { frozenAt } from '../source.js';

/** One past of a log, as far as it is met. */
export interface Past {
  readonly log: LogId;
  /** Those behind the freeze, ascending. */
  readonly entries: readonly StoredEntry[];
  /** An entry of this past, behind the freeze or before. */
  find(seq: number): StoredEntry | undefined;
  /** What its messages cite. */
  readonly cited: CitedEntries;
}

/** The pasts of a person's logs: those that are held, each piece by itself, and those that are kept. */
export function pastsOf(repository: Repository, person: PersonId, kept = keptPasts(repository.layout)): Past[] {
  const logs = repository.logsOfPerson(person).filter(({ log }) => repository.frozen.has(log));
  const held = logs.flatMap(({ log }) => heldPasts(repository, log));
  const own = kept.filter(({ opened }) => repository.log(opened.segment.log)?.person === person);
  return [...held, ...own.map((segment) => keptPast(repository, segment, own))];
}

/** What an entry takes back, if it is a retraction and no acknowledgement. */
export function takenBackBy({ find }: Past, entry: StoredEntry): readonly StoredEntry[] {
  const { retracts = [] } = entry.meta.length === 0 ? {} : decodeMeta(entry.meta);
  if (retracts.length === 0 || messageIn(entry)?.type !== RETRACT) return [];
  return retracts.flatMap((range) => {
    const named: StoredEntry[] = [];
    // a range may be longer than any log
    for (let seq = range.from; seq < Math.min(range.end, entry.seq); seq++) {
      const one = find(seq);
      if (one) named.push(one);
    }
    return named;
  });
}

/** Behind a gap may lie another past: only what is before the freeze is of all of them. */
function heldPasts(repository: Repository, log: LogId): Past[] {
  const freeze = frozenAt(repository, log);
  return repository.leftOver(log).map(({ from, end }) => {
    const entries = [...repository.entries(log, from, end)];
    const isOfIt = (seq: number): boolean => seq < freeze || (seq >= from && seq < end);
    return pastWith(repository, log, entries, (seq) => (isOfIt(seq) ? repository.entry(log, seq) : undefined));
  });
}

function keptPast(repository: Repository, kept: KeptSegment, all: readonly KeptSegment[]): Past {
  const { log } = kept.opened.segment;
  const freeze = repository.frozen.get(log);
  const find = finder(repository, kept, all);
  const isNew = ({ seq, id }: StoredEntry): boolean =>
    freeze === undefined ? repository.entry(log, seq)?.id !== id : seq >= freeze;
  return pastWith(repository, log, kept.opened.entries.filter(isNew), find);
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

function endsWith({ opened }: KeptSegment, log: LogId, length: number, id: EntryId): boolean {
  return opened.segment.log === log && opened.end === length && opened.idAt(length) === id;
}

function pastWith(repository: Repository, log: LogId, entries: readonly StoredEntry[], find: Past['find']): Past {
  const source: CitedSource = {
    // entries of one past that are found are on one chain, also behind the freeze
    frozen: new Map([...repository.frozen].filter(([other]) => other !== log)),
    log: (other) => (other === log ? EVERYTHING : repository.log(other)),
    held: (other) => repository.held(other),
    runs: (other, from, end) => (other === log ? [] : repository.runs(other, from, end)),
    entry: (other, seq) => (other === log ? find(seq) : repository.entry(other, seq)),
  };
  return { log, entries, find, cited: openCited(source) };
}

const EVERYTHING = { entries: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
