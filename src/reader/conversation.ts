// The conversations on the shelf: which there are, and the messages of one in order, any of them at once (spec/message.md,
// "Order").
import type { LogId, PersonId, TopicId } from '../format/ids.js';
import { placementOf } from '../repository/placement.js';
import { inOrder, NO_CLOCK } from '../topic/order/order.js';
import { countMessages } from '../topic/reading/counts.js';
import type { CitedView, MessageView, Snippet } from '../topic/reading/view.js';
import { openViewer } from '../topic/reading/viewer.js';
import type { Shelf } from './shelf.js';

/** A conversation as it stands in a list. */
export interface ConversationName {
  readonly topic: TopicId;
  /** As one of its logs says. */
  readonly label: string;
  readonly messages: number;
}

/** A conversation that is shown. */
export interface Conversation extends ConversationName {
  /** Messages in it that are shown. */
  readonly count: number;
  /** The message at a place in the order, from 0. */
  at(place: number): MessageView | undefined;
  /** The place of an entry, if it is shown. */
  placeOf(cited: Pick<CitedView, 'log' | 'seq'>): number | undefined;
  /** The place of the first message whose clock says that time, ms, or a later one. */
  firstFrom(time: number): number;
  /** What is cited, if exactly that is here. */
  find(cited: CitedView): Snippet | undefined;
  /** Everybody who writes in it, by the one who began first. */
  readonly authors: readonly PersonId[];
}

/** The conversations, the one with the newest message first. */
export function conversationsOn({ around: { repository } }: Shelf): ConversationName[] {
  const found = repository.topics().map((topic) => {
    const logs = repository.logsOfTopic(topic);
    const newest = Math.max(NO_CLOCK, ...logs.map(({ maxClock }) => maxClock));
    const label = logs.map(({ log }) => placementOf(repository, log)?.label).find((one) => one !== undefined);
    return { topic, label: label ?? '', messages: countMessages(repository, topic), newest };
  });
  return found.sort((a, b) => b.newest - a.newest).map(({ newest: _, ...name }) => name);
}

/** Entries of logs whose introduction is not here: nobody can tell who wrote them, or where they belong. */
export function unplacedOn({ around: { repository } }: Shelf): number {
  return [...repository.logs()].reduce((sum, { topic, entries }) => sum + (topic === undefined ? entries : 0), 0);
}

/**
 * The conversation as things stand now. `everything`: also what is retracted, expired, or whose text is not here, which is
 * left out otherwise.
 */
export function openConversation(
  { around }: Shelf,
  name: ConversationName,
  options: { readonly everything: boolean },
): Conversation {
  const { repository } = around;
  const viewer = openViewer(around, name);
  const logs = repository.logsOfTopic(name.topic);
  const isHidden = (entry: Parameters<typeof viewer.visibility.ofEntry>[0]): boolean =>
    !options.everything && viewer.visibility.ofEntry(entry) !== undefined;
  const order = new Order(logs.map(({ log }) => log));
  for (const { entry, clock, afterGap } of inOrder(repository, logs, { isHidden })) {
    order.add({ log: entry.log, seq: entry.seq, clock, afterGap });
  }
  return {
    ...name,
    count: order.length,
    at(place) {
      const found = order.at(place);
      const entry = found && repository.entry(found.log, found.seq);
      return entry && viewer.view({ entry, clock: found.clock, afterGap: found.afterGap });
    },
    placeOf: (cited) => order.placeOf(cited),
    firstFrom: (time) => order.firstFrom(time),
    find: viewer.at,
    authors: [...new Set(logs.flatMap(({ person }) => person ?? []))],
  };
}

interface Ordered {
  readonly log: LogId;
  readonly seq: number;
  readonly clock: number;
  readonly afterGap: boolean;
}

/** Where each message stands, in few bytes: a conversation may have a million. */
class Order {
  readonly #logs: readonly LogId[];
  readonly #numbers: ReadonlyMap<LogId, number>;
  readonly #log: number[] = [];
  readonly #seq: number[] = [];
  readonly #clock: number[] = [];
  readonly #gaps = new Set<number>();
  #places: Map<string, number> | undefined;

  constructor(logs: readonly LogId[]) {
    this.#logs = logs;
    this.#numbers = new Map(logs.map((log, number) => [log, number]));
  }

  get length(): number {
    return this.#seq.length;
  }

  add({ log, seq, clock, afterGap }: Ordered): void {
    if (afterGap) this.#gaps.add(this.length);
    this.#log.push(this.#numbers.get(log) ?? 0);
    this.#seq.push(seq);
    this.#clock.push(clock);
  }

  at(place: number): Ordered | undefined {
    const log = this.#logs[this.#log[place] ?? -1];
    const seq = this.#seq[place];
    if (log === undefined || seq === undefined) return undefined;
    return { log, seq, clock: this.#clock[place] ?? NO_CLOCK, afterGap: this.#gaps.has(place) };
  }

  firstFrom(time: number): number {
    let first = 0;
    let end = this.length;
    while (first < end) {
      const middle = (first + end) >> 1;
      if ((this.#clock[middle] ?? 0) < time) first = middle + 1;
      else end = middle;
    }
    return first;
  }

  placeOf({ log, seq }: Pick<Ordered, 'log' | 'seq'>): number | undefined {
    this.#places ??= new Map(this.#seq.map((each, place) => [`${this.#log[place]}:${each}`, place]));
    return this.#places.get(`${this.#numbers.get(log)}:${seq}`);
  }
}
