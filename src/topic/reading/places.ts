// Messages that stand in several places: in the log where they were written, and as copies in later logs of the same person
// (spec/message.md, "Written again"). Almost always there are none, which the index tells.
import type { EntryId, LogId, TopicId } from '../../format/ids.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import type { Dep } from '../message/message.js';
import { effectiveClock, isMessage, NO_CLOCK } from '../order/order.js';
import { messageIn } from '../payload.js';
import { entriesWithin, frozenAt } from '../source.js';

/** An entry that is held here. */
export interface Place {
  readonly log: LogId;
  readonly seq: number;
  readonly id: EntryId;
  /** Number of the commit that brought it. */
  readonly arrival: number;
  /** It lies behind the freeze of its log. */
  readonly isFrozen: boolean;
}

/** A message with a copy that counts. */
export interface Placed {
  readonly original: Dep;
  /** Where it is held, the one that is shown first. */
  readonly places: readonly [Place, ...Place[]];
}

/** The messages of a topic that stand in several places, or elsewhere than they were written. */
export interface Places {
  readonly isEmpty: boolean;
  readonly all: readonly Placed[];
  /** The message of which the entry is the original or a copy. */
  of(entry: Pick<Dep, 'log' | 'seq'>): Placed | undefined;
  /** The message that has this original. */
  ofOriginal(original: Dep): Placed | undefined;
  /** Whether the entry is there, but shown in another place. */
  isElsewhere(entry: Pick<Dep, 'log' | 'seq'>): boolean;
}

const NONE: Places = {
  isEmpty: true,
  all: [],
  of: () => undefined,
  ofOriginal: () => undefined,
  isElsewhere: () => false,
};

/** Those of one topic, as things stand now. */
export function openPlaces(repository: Repository, topic: TopicId): Places {
  const logs = repository.logsOfTopic(topic).filter(({ copies }) => copies);
  if (logs.length === 0) return NONE;
  const byOriginal = new Map<string, Placed>();
  const byPlace = new Map<string, Placed>();
  for (const [name, { original, copies }] of gather(repository, logs)) {
    const held = originalPlace(repository, original);
    const [first, ...rest] = copies.sort(isShownFirst);
    if (!first || held === 'no message') continue;
    const others = rest.map(({ place }) => place);
    const placed: Placed = { original, places: held ? [held, first.place, ...others] : [first.place, ...others] };
    byOriginal.set(name, placed);
    for (const place of placed.places) byPlace.set(at(place), placed);
  }
  const of = (entry: Pick<Dep, 'log' | 'seq'>): Placed | undefined => byPlace.get(at(entry));
  return {
    isEmpty: byOriginal.size === 0,
    all: [...byOriginal.values()],
    of,
    ofOriginal: (original) => byOriginal.get(nameOf(original)),
    isElsewhere: (entry) => {
      const shown = of(entry)?.places[0];
      return shown !== undefined && (shown.log !== entry.log || shown.seq !== entry.seq);
    },
  };
}

/** Whether the message stood anywhere here with commit number `since`. */
export function wasThere({ places }: Placed, since: number): boolean {
  return places.some(({ arrival }) => arrival <= since);
}

/** Entries that came after commit number `since` and bring no message: it was there, or another of them brings it too. */
export function countAgain(all: readonly Placed[], since: number): number {
  return all.reduce((sum, placed) => {
    const fresh = placed.places.filter(({ arrival }) => arrival > since).length;
    return sum + (wasThere(placed, since) ? fresh : fresh - 1);
  }, 0);
}

/** Where somebody can hold the message of an entry: in any of its places, but those behind a freeze. */
export function deliverable(repository: Repository, entry: Dep): readonly Dep[] {
  const topic = repository.log(entry.log)?.topic;
  const placed = topic && openPlaces(repository, topic).of(entry);
  if (placed) return placed.places.filter(({ isFrozen }) => !isFrozen);
  return entry.seq < frozenAt(repository, entry.log) ? [entry] : [];
}

interface Copy {
  readonly place: Place;
  /** The clock that it sorts by. */
  readonly clock: number;
}

interface Copied {
  readonly original: Dep;
  readonly copies: Copy[];
}

/** The copies that count, by the message that the first of them said again: a copy may be said again itself. */
function gather(repository: Repository, logs: readonly LogSummary[]): Map<string, Copied> {
  const found = new Map<string, Copied>();
  const all = new Map<string, Copy & Pick<Placed, 'original'>>();
  for (const summary of logs) {
    for (const copy of copiesIn(repository, summary)) {
      if (originalPlace(repository, copy.original) !== 'no message') all.set(at(copy.place), copy);
    }
  }
  for (const { original: named, ...copy } of all.values()) {
    const original = firstOf(all, named);
    const name = nameOf(original);
    const known = found.get(name);
    if (known) known.copies.push(copy);
    else found.set(name, { original, copies: [copy] });
  }
  return found;
}

/** What is said again in the end: no id can be part of what it names, so this ends. */
function firstOf(copies: ReadonlyMap<string, Copy & Pick<Placed, 'original'>>, named: Dep): Dep {
  const copy = copies.get(at(named));
  return copy && copy.place.id === named.id ? firstOf(copies, copy.original) : named;
}

/** The copies in a log that name something in another log of the same person and topic. */
function* copiesIn(repository: Repository, summary: LogSummary): Generator<Copy & Pick<Placed, 'original'>> {
  let before = NO_CLOCK;
  for (const run of repository.runs(summary.log)) {
    if (run.copies) yield* copiesOf(repository, summary, run, before);
    if (run.clocks) before = Math.max(before, run.maxClock);
  }
}

function* copiesOf(
  repository: Repository,
  summary: LogSummary,
  run: RunRecord,
  before: number,
): Generator<Copy & Pick<Placed, 'original'>> {
  const frozen = frozenAt(repository, run.log);
  let clock = before;
  for (const entry of entriesWithin(repository, run, run.end)) {
    if (!isMessage(entry)) continue;
    clock = effectiveClock(entry, clock);
    const original = againOf(entry);
    if (!original || !isOfSamePerson(repository, summary, original.log)) continue;
    yield { original, clock, place: placeOf(entry, run, frozen) };
  }
}

function againOf(entry: StoredEntry): Dep | undefined {
  return messageIn(entry)?.again;
}

function isOfSamePerson(repository: Repository, { log, person, topic }: LogSummary, other: LogId): boolean {
  const original = repository.log(other);
  return other !== log && person !== undefined && original?.person === person && original.topic === topic;
}

function originalPlace(repository: Repository, { log, seq, id }: Dep): Place | 'no message' | undefined {
  const [run] = repository.runs(log, seq, seq + 1);
  const entry = run && repository.entry(log, seq);
  if (!run || entry?.id !== id) return undefined;
  return isMessage(entry) ? placeOf(entry, run, frozenAt(repository, log)) : 'no message';
}

function placeOf(entry: StoredEntry, { arrival }: RunRecord, frozen: number): Place {
  const { log, seq } = entry;
  return {
    log,
    seq,
    arrival,
    isFrozen: seq >= frozen,
    // an id costs the hashes of those before it
    get id() {
      return entry.id;
    },
  };
}

/** Those that no freeze concerns, in order; then the others. */
function isShownFirst(a: Copy, b: Copy): number {
  if (a.place.isFrozen !== b.place.isFrozen) return a.place.isFrozen ? 1 : -1;
  if (a.clock !== b.clock) return a.clock - b.clock;
  if (a.place.log !== b.place.log) return a.place.log < b.place.log ? -1 : 1;
  return a.place.seq - b.place.seq;
}

function nameOf({ log, seq, id }: Dep): string {
  return `${log}:${seq}:${id}`;
}

function at({ log, seq }: Pick<Dep, 'log' | 'seq'>): string {
  return `${log}:${seq}`;
}
