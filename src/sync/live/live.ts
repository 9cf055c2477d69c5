// Hints over a broker: what this device writes is told at once, and what others tell is taken (spec/live.md).
import { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import { HINTS_A_SECOND, HINTS_PAUSE, HINTS_WASTED } from '../../format/limits.js';
import { dayOf, fitsHint, type Hint, hintName, type LiveKeys, openHint, sealHint } from '../../format/live/hint.js';
import type { Topic } from '../../topic/topics.js';
import type { Desk } from '../stream/desk.js';
import { type FreshSegment, OwnEnds } from './fresh.js';
import { isTooMuch, takeHinted } from './take.js';
import { liveKeysFor, liveKeysOf } from './topics.js';

/** What went and came by hints. */
export interface LiveCounts {
  /** Hints that were handed to the broker, and that were not: it was not there. */
  readonly sent: number;
  readonly lost: number;
  /** New entries that hints of others brought. */
  readonly fresh: number;
  /** Hints that were passed over, as there were too many. */
  readonly ignored: number;
}

/** What hints go through. */
export interface Channel {
  subscribe(names: ReadonlySet<string>): void;
  /** False when it is lost at once. */
  publish(name: string, payload: Buffer): boolean;
}

/** What is live, and who hears of it. */
export interface LiveOptions {
  readonly desk: Desk;
  readonly topics: readonly Topic[];
  readonly channel: Channel;
  /** Something newer is elsewhere. */
  look?(topic: TopicId, what: Elsewhere): void;
}

/** More than a hint can hold, or something of somebody whose log is not here. */
export type Elsewhere = 'more' | 'unknown';

/** The hints of some topics, over one broker. */
export class Live {
  readonly #options: LiveOptions;
  readonly #ends: OwnEnds;
  readonly #paces = new Map<TopicId, Pace>();
  /** Whose hints have this name. */
  #named: ReadonlyMap<string, Named> = new Map();
  #counts = { sent: 0, lost: 0, fresh: 0, ignored: 0 };

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#ends = new OwnEnds(
      options.desk.session(),
      options.topics.map(({ topic }) => topic),
    );
  }

  get counts(): LiveCounts {
    return { ...this.#counts };
  }

  /** Names what is to be heard: again at the latest when a day or a key is another one. */
  subscribe(): void {
    const { desk, topics, channel } = this.#options;
    const { repository } = desk;
    const today = dayOf(repository.world.now());
    const named = new Map<string, Named>();
    for (const topic of topics)
      for (const keys of liveKeysOf(repository, topic))
        for (const day of [today - 1, today, today + 1]) named.set(hintName(keys, day), { topic: topic.topic, keys });
    this.#named = named;
    channel.subscribe(new Set(named.keys()));
  }

  /** Tells what was written here since the last time, whichever command wrote it. @throws SatchelError `io`, `damaged` */
  async tell(): Promise<void> {
    const { desk, topics, channel } = this.#options;
    const { repository } = desk;
    const hints = await desk.turn(async () => {
      repository.refresh();
      const session = desk.session();
      return topics.flatMap((topic) =>
        this.#ends.fresh(session, topic.topic).flatMap(({ log, segments }) => {
          const keys = liveKeysFor(repository, topic, log);
          return keys ? hintsOf(segments).map((hint) => ({ keys, hint })) : [];
        }),
      );
    });
    const today = dayOf(repository.world.now());
    for (const { keys, hint } of hints) {
      const isGone = channel.publish(hintName(keys, today), sealHint(keys, hint, repository.world.random(NONCE)));
      this.#counts[isGone ? 'sent' : 'lost']++;
    }
  }

  /** Takes what a broker brings under a name. Comes back with whether anything is new. @throws SatchelError as an import does */
  async hear(name: string, payload: Buffer): Promise<boolean> {
    const named = this.#named.get(name);
    if (!named) return false;
    const pace = this.#paceOf(named.topic);
    const begun = performance.now();
    if (!pace.allows(begun)) {
      this.#counts.ignored++;
      return false;
    }
    const fresh = await this.#take(named, payload);
    if (fresh === 0) pace.waste(performance.now() - begun);
    this.#counts.fresh += fresh;
    return fresh > 0;
  }

  /** The number of new entries. */
  async #take({ topic, keys }: Named, payload: Buffer): Promise<number> {
    const { desk, look } = this.#options;
    const hint = openHint(keys, payload);
    if (!hint) return 0;
    if (hint === 'look') {
      look?.(topic, 'more');
      return 0;
    }
    try {
      const { fresh, isOfUnknown } = await desk.turn(async () => takeHinted(desk.session(), topic, hint.segments));
      if (isOfUnknown) look?.(topic, 'unknown');
      return fresh;
    } catch (error) {
      // what comes while another command writes for long is lost as on the way
      if (!(error instanceof SatchelError) || error.code !== 'busy') throw error;
      return 0;
    }
  }

  #paceOf(topic: TopicId): Pace {
    const pace = this.#paces.get(topic) ?? new Pace();
    this.#paces.set(topic, pace);
    return pace;
  }
}

interface Named {
  readonly topic: TopicId;
  readonly keys: LiveKeys;
}

/** As many hints as these segments need; where one of them is too large for any, only that there is something. */
function hintsOf(segments: readonly FreshSegment[]): readonly Hint[] {
  const hints: FreshSegment[][] = [];
  for (const segment of segments) {
    if (!fits([segment])) return ['look'];
    const last = hints.at(-1);
    if (last && fits([...last, segment])) last.push(segment);
    else hints.push([segment]);
  }
  if (hints.length > HINTS_AT_ONCE) return ['look'];
  return hints.map((one) => ({ segments: one.map(({ bytes }) => bytes) }));
}

function fits(segments: readonly FreshSegment[]): boolean {
  return fitsHint(segments.map(({ bytes }) => bytes)) && !isTooMuch(segments);
}

/** How many hints of a topic come, and what they cost, so that nobody keeps this computer busy. */
class Pace {
  #since = Number.NEGATIVE_INFINITY;
  #count = 0;
  #wasted = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** Whether one more is looked at, at this time, ms of a clock that only goes on. */
  allows(now: number): boolean {
    if (now < this.#until) return false;
    if (now - this.#since >= SECOND_MS) {
      this.#since = now;
      this.#count = 0;
      this.#wasted = 0;
    }
    if (++this.#count <= HINTS_A_SECOND && this.#wasted <= HINTS_WASTED) return true;
    this.#until = now + HINTS_PAUSE;
    return false;
  }

  /** So many ms went into one that brought nothing. */
  waste(ms: number): void {
    this.#wasted += ms;
  }
}

const NONCE = 12;
const SECOND_MS = 1_000;
/** Of more it is only said that they are there. */
const HINTS_AT_ONCE = 16;
