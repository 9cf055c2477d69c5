// Messages that are about others: edits, which replace the text of one, and reactions to one (spec/message.md, "Edits",
// "Reactions"). Which of them count depends on what is held, and not on the order in which it came.
import type { EntryId, LogId, PersonId, TopicId } from '../../format/ids.js';
import { REACTION_MAX } from '../../format/limits.js';
import { unicodePattern } from '../../format/unicode-pattern.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { type Dep, type Message, TEXT, textOf } from '../message/message.js';
import { isMessage } from '../order/order.js';
import { messageIn } from '../payload.js';
import { entriesBeforeFreeze, frozenAt } from '../source.js';
import type { Place, Places } from './places.js';
import { openRetractions, type Retractions } from './retracted.js';

const noWord = unicodePattern(String.raw`[\s\p{Cc}]`);

/** A message that is about another. */
export interface Link extends Pick<Place, 'log' | 'seq' | 'id' | 'arrival'> {
  readonly kind: 'edit' | 'reaction';
  readonly person: PersonId;
  /** When it was written, for the order among those about one message: its clock, or the time of one that is said again. */
  readonly when: number;
  readonly time: number;
  /** The new text; of a reaction what it shows, or undefined when it takes the former back. */
  readonly text: string | undefined;
  /** The message it is about, where that is shown. */
  readonly target: Dep;
  /** Where it would be shown itself. */
  readonly shown: At;
}

type At = Pick<Dep, 'log' | 'seq'>;

/** The edits and reactions of a topic that count. */
export interface Links {
  readonly isEmpty: boolean;
  readonly all: readonly Link[];
  /** What the entry is, if it counts; in whatever place it stands. */
  of(entry: At): Link | undefined;
  /** What is about the message of the entry, oldest first. */
  about(entry: At): readonly Link[];
}

const NO_LINKS: readonly Link[] = [];
const NONE: Links = { isEmpty: true, all: [], of: () => undefined, about: () => NO_LINKS };

/** Those of one topic, as things stand now. */
export function openLinks(repository: Repository, topic: TopicId, places: Places): Links {
  const logs = repository.logsOfTopic(topic).filter(({ links }) => links);
  if (logs.length === 0) return NONE;
  const found = new Finder(repository, topic, places).find(logs);
  const byPlace = new Map<string, Link>();
  const byTarget = new Map<string, Link[]>();
  for (const link of found) {
    for (const place of places.of(link)?.places ?? [link]) byPlace.set(at(place), link);
    const others = byTarget.get(at(link.target));
    if (others) others.push(link);
    else byTarget.set(at(link.target), [link]);
  }
  for (const links of byTarget.values()) links.sort(isOlder);
  const shown = (entry: At): At => places.of(entry)?.places[0] ?? entry;
  return {
    isEmpty: found.length === 0,
    all: found,
    of: (entry) => byPlace.get(at(entry)),
    about: (entry) => byTarget.get(at(shown(entry))) ?? NO_LINKS,
  };
}

/** Links that came after commit number `since`: entries that are no messages of their own. */
export function countLinks(links: Links, since: number, isCounted: (log: LogId) => boolean): number {
  return links.all.filter((link) => link.arrival > since && isCounted(link.log)).length;
}

/** Whether the text can be that of a reaction: short, and one word. */
export function isReactionText(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= REACTION_MAX && !noWord().test(text);
}

/** What is said in a place, and by whom. */
interface Located extends At {
  readonly id: EntryId;
  readonly person: PersonId | undefined;
  readonly message: Message;
}

class Finder {
  readonly #repository: Repository;
  readonly #topic: TopicId;
  readonly #places: Places;
  readonly #retractions: Retractions;
  /** Of what was followed already. */
  readonly #roots = new Map<string, Located>();

  constructor(repository: Repository, topic: TopicId, places: Places) {
    this.#repository = repository;
    this.#topic = topic;
    this.#places = places;
    this.#retractions = openRetractions(repository);
  }

  find(logs: readonly LogSummary[]): Link[] {
    const found: Link[] = [];
    for (const { log, person } of logs) {
      if (person === undefined) continue;
      for (const run of this.#repository.runs(log).filter(({ links }) => links))
        for (const link of this.#linksIn(run, person)) found.push(link);
    }
    return found;
  }

  /** Those before the freeze alone: nothing behind it has any effect. */
  *#linksIn(run: RunRecord, person: PersonId): Generator<Link> {
    for (const entry of entriesBeforeFreeze(this.#repository, run)) {
      const message = isMessage(entry) ? messageIn(entry) : undefined;
      const named = message && namedBy(message);
      if (!message || !named || !this.#isFirst(entry)) continue;
      const located = { log: run.log, seq: entry.seq, id: entry.id, person, message };
      const target = this.#targetOf(located, named);
      if (target) yield this.#link(located, person, { target, arrival: run.arrival });
    }
  }

  #link(
    { log, seq, id, message }: Located,
    person: PersonId,
    { target, arrival }: { readonly target: Located; readonly arrival: number },
  ): Link {
    const { time, clock, again, edits } = message;
    const when = again && this.#places.of({ log, seq }) ? time : clock;
    const kind = edits ? 'edit' : 'reaction';
    const places = this.#places.of({ log, seq })?.places ?? [{ log, seq, arrival }];
    const first = places.reduce((least, one) => Math.min(least, one.arrival), arrival);
    const [shown] = places;
    return { log, seq, id, arrival: first, kind, person, when, time, text: textOf(message), target, shown };
  }

  /** Of several places of one link that which counts: the first that no freeze concerns. */
  #isFirst(entry: At): boolean {
    const first = this.#places.of(entry)?.places.find(({ isFrozen }) => !isFrozen);
    return first === undefined || at(first) === at(entry);
  }

  #targetOf(link: Located, named: Dep): Located | undefined {
    if (link.message.edits) {
      const root = this.#rootOf(link);
      return root === link ? undefined : root;
    }
    const target = this.#locate(named);
    return target && this.#asTarget(this.#rootOf(target));
  }

  #asTarget(target: Located): Located | undefined {
    return target.message.reacts ? undefined : target;
  }

  /** The message of which this is an edit, or an edit of one, and so on; itself when it is none that counts. */
  #rootOf(first: Located): Located {
    const passed = new Map<string, Located>();
    let root = this.#roots.get(at(first));
    for (let next = first; root === undefined; ) {
      passed.set(at(next), next);
      const edited = this.#editedBy(next);
      // no id can be part of what it commits to, but one that is said again may edit what edits it
      if (passed.has(at(edited))) root = edited === next ? next : leastOf(passed);
      else root = this.#roots.get(at(edited));
      next = edited;
    }
    for (const name of passed.keys()) this.#roots.set(name, root);
    return root;
  }

  /** What it edits, if that counts; else itself. */
  #editedBy(link: Located): Located {
    const { edits, reacts } = link.message;
    if (!edits || reacts || !namedBy(link.message) || !this.#hasEffect(link)) return link;
    const target = this.#locate(edits);
    const isRight = target && target.person !== undefined && target.person === link.person && isText(target.message);
    return isRight && at(target) !== at(link) ? target : link;
  }

  /** Whether it stands anywhere before a freeze. */
  #hasEffect(entry: At): boolean {
    const places = this.#places.of(entry)?.places;
    return places ? places.some(({ isFrozen }) => !isFrozen) : entry.seq < frozenAt(this.#repository, entry.log);
  }

  /** What is said where a message that is named so is shown, if it is held here. */
  #locate(named: Dep): Located | undefined {
    const placed = this.#places.ofOriginal(named) ?? this.#placedAt(named);
    const { log, seq } = placed?.places[0] ?? named;
    const summary = this.#repository.log(log);
    if (summary?.topic !== this.#topic) return undefined;
    const { person } = summary;
    const entry = this.#repository.entry(log, seq);
    if (entry && isMessage(entry) && (placed || entry.id === named.id)) {
      const message = entry.payload ? messageIn(entry) : GONE;
      return message && { log, seq, id: entry.id, person, message };
    }
    // what was taken back where it is not held takes along what is about it
    return this.#retractions.names(named) ? { ...named, person, message: GONE } : undefined;
  }

  #placedAt(named: Dep): ReturnType<Places['of']> {
    const placed = this.#places.of(named);
    return placed?.places.some((place) => at(place) === at(named) && place.id === named.id) ? placed : undefined;
  }
}

/** In the place of a payload that has gone: it may have been a text. */
const GONE: Message = { time: 0, clock: 0, type: '', deps: [] };

function namedBy({ edits, reacts, type, body, attachments }: Message): Dep | undefined {
  if (type !== TEXT || attachments) return undefined;
  if (edits) return reacts === undefined && body !== undefined ? edits : undefined;
  const isRight = body === undefined || (typeof body === 'string' && isReactionText(body));
  return isRight ? reacts : undefined;
}

function isText(message: Message): boolean {
  return message === GONE || (message.type === TEXT && !message.reacts);
}

function leastOf(all: ReadonlyMap<string, Located>): Located {
  return [...all.values()].reduce((least, one) => (at(one) < at(least) ? one : least));
}

function isOlder(a: Link, b: Link): number {
  if (a.when !== b.when) return a.when - b.when;
  if (a.log !== b.log) return a.log < b.log ? -1 : 1;
  return a.seq - b.seq;
}

function at({ log, seq }: At): string {
  return `${log}:${seq}`;
}
