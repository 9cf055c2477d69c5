// What was taken back: by the log itself, by a log that continues it, or in another place (spec/message.md, "Retraction",
// "Behind a freeze").
import type { LogId } from '../../format/ids.js';
import { decodeMeta, type Range } from '../../format/log/meta.js';
import { subtractRanges } from '../../repository/index/held.js';
import { RangeSet } from '../../repository/index/range-set.js';
import { namedByLater, retractedByLater } from '../../repository/index/retracted-later.js';
import type { Repository } from '../../repository/repository.js';
import type { Dep } from '../message/message.js';
import { entriesWithin, frozenAt } from '../source.js';
import type { Placed } from './places.js';

/** Answers as things stand when it is opened. */
export interface Retractions {
  /** Whether an entry that is held here was taken back. */
  has(entry: Pick<Dep, 'log' | 'seq'>): boolean;
  /** Whether exactly this entry was, held here or not. */
  names(entry: Dep): boolean;
  /** Whether it was by what others honour too: not only by what lies behind a freeze itself. */
  namesForAll(entry: Dep): boolean;
  /** Whether a message was, in whatever place. */
  ofMessage(placed: Placed): boolean;
}

/** The retractions of one repository. */
export function openRetractions(repository: Repository): Retractions {
  const byLog = new Map<LogId, Retracted>();
  const ofLog = (log: LogId): Retracted => {
    const known = byLog.get(log) ?? retractedOf(repository, log);
    byLog.set(log, known);
    return known;
  };
  const ofMessages = new WeakMap<Placed, boolean>();
  const has: Retractions['has'] = ({ log, seq }) => ofLog(log).seqs.has(seq);
  const isHeld = ({ log, seq, id }: Dep): boolean => repository.entry(log, seq)?.id === id;
  const names: Retractions['names'] = (entry) =>
    ofLog(entry.log).named.has(`${entry.seq}:${entry.id}`) || (has(entry) && isHeld(entry));
  const namesForAll: Retractions['namesForAll'] = (entry) => {
    const { seqs, doubtful, named } = ofLog(entry.log);
    if (named.has(`${entry.seq}:${entry.id}`)) return true;
    return seqs.has(entry.seq) && !doubtful.has(entry.seq) && isHeld(entry);
  };
  const judge = ({ original, places }: Placed): boolean => places.some(has) || names(original);
  return {
    has,
    names,
    namesForAll,
    ofMessage: (placed) => {
      const known = ofMessages.get(placed) ?? judge(placed);
      ofMessages.set(placed, known);
      return known;
    },
  };
}

interface Retracted {
  readonly seqs: RangeSet;
  /** Of these, such as only entries behind a freeze take back. */
  readonly doubtful: RangeSet;
  /** Entries that later logs name, by seq and id, held or not. */
  readonly named: ReadonlySet<string>;
}

/** Shared by the many logs of which nothing is taken back. */
const NOTHING: Retracted = { seqs: new RangeSet(), doubtful: new RangeSet(), named: new Set() };

function retractedOf(repository: Repository, log: LogId): Retracted {
  const { sure, doubtful } = retractedByItself(repository, log);
  const named = namedByLater(repository, log).map(({ end, id }) => `${end - 1}:${id}`);
  if (sure.ranges.length + doubtful.ranges.length + named.length === 0) return NOTHING;
  sure.add(retractedByLater(repository, log));
  const seqs = new RangeSet([...sure.ranges, ...doubtful.ranges]);
  const only = doubtful.ranges.flatMap((range) => subtractRanges([range], sure.ranges));
  return { seqs, doubtful: new RangeSet(only), named: new Set(named) };
}

/** Before the freeze what metadata says counts, whether the entry is held or stripped; behind it, of what is left over. */
function retractedByItself(
  repository: Repository,
  log: LogId,
): { readonly sure: RangeSet; readonly doubtful: RangeSet } {
  const frozen = frozenAt(repository, log);
  const sure = new RangeSet();
  const doubtful = new RangeSet();
  for (const run of repository.records(log).filter(({ takesBack }) => takesBack)) {
    for (const { seq, meta } of entriesWithin(repository, run, run.unheld ? Math.min(run.end, frozen) : run.end)) {
      const { retracts = [] } = meta.length === 0 || seq === 0 ? {} : decodeMeta(meta);
      // an entry in doubt takes back only what is of the same past, and behind a gap may lie another
      const start = pieceWith(repository, log, seq)?.from ?? seq;
      if (seq < frozen) sure.add(retracts);
      else doubtful.add(within(retracts, { from: Math.max(start, frozen), end: seq }));
    }
  }
  return { sure, doubtful };
}

function within(ranges: readonly Range[], piece: Range): Range[] {
  const cut = ranges.map(({ from, end }) => ({ from: Math.max(from, piece.from), end: Math.min(end, piece.end) }));
  return cut.filter(({ from, end }) => from < end);
}

function pieceWith(repository: Repository, log: LogId, seq: number): Range | undefined {
  return repository.leftOver(log).find(({ from, end }) => from <= seq && seq < end);
}
