// satchel live: hints through a broker, beside the logs (spec/cli.md, "live").
import { SatchelError } from '../../../format/error.js';
import type { TopicId } from '../../../format/ids.js';
import { readContacts } from '../../../identity/contacts.js';
import { readSelf } from '../../../identity/self.js';
import { Broker } from '../../../sync/live/broker.js';
import { Live } from '../../../sync/live/live.js';
import { openSession } from '../../../sync/session.js';
import type { Desk } from '../../../sync/stream/desk.js';
import { SYSTEM_CLOCK } from '../../../sync/stream/stream-clock.js';
import { readArrived } from '../../../topic/reading/reading.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import type { Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { type Display, openDisplay } from '../../report/display.js';
import { piecesOf, plural } from '../../terminal/size.js';
import { nextChange } from '../conversation/next-change.js';
import { topicsToRead } from '../topics/topic-choice.js';
import { openTopicKeys, topicKeysLocked } from '../topics/topic-keys.js';
import { deskOf } from './over-stream.js';

/** Tells and hears until it is interrupted, or its time is up. */
export async function run(context: Context, args: Args<'live'>): Promise<number> {
  const config = await context.config();
  const url = args.url ?? config['live.channel'];
  if (url === NO_CHANNEL)
    throw new SatchelError('usage', 'live needs a broker', {
      hint: 'satchel config set live.channel mqtts://HOST:8883; docs/live.md says how one is run',
    });
  const repository = await context.repository();
  const topics = await topicsToRead(openSession(repository), args.topic, args.allTopics);
  if (!(await openTopicKeys(context, topics, 'ask'))) throw topicKeysLocked();
  const desk = await deskOf(context);
  const { signal: interrupted } = context.interruption();
  const limit = args.maxDuration === undefined ? [] : [AbortSignal.timeout(args.maxDuration * 1_000)];
  const failing = new AbortController();
  const signal = AbortSignal.any([interrupted, failing.signal, ...limit]);
  const session = new LiveSession(context, desk, topics, signal);
  const broker = new Broker(
    { url, env: context.env, credentials: config['drive.credentials'], clock: SYSTEM_CLOCK, signal },
    session,
  );
  const failed = (error: unknown): never => {
    failing.abort();
    throw error;
  };
  await Promise.all([broker.run().catch(failed), session.run(broker).catch(failed)]);
  return context.interrupted() ?? 0;
}

/** What is heard is taken in its order, and shown with whatever else arrives. */
class LiveSession {
  readonly #context: Context;
  readonly #desk: Desk;
  readonly #topics: readonly Topic[];
  readonly #signal: AbortSignal;
  readonly #display: Display;
  readonly #heard: { readonly name: string; readonly payload: Buffer }[] = [];
  /** Topics of which it was told that there is more. */
  readonly #elsewhere = new Set<TopicId>();
  #shown: number;
  #wake = (): void => {};

  constructor(context: Context, desk: Desk, topics: readonly Topic[], signal: AbortSignal) {
    this.#context = context;
    this.#desk = desk;
    this.#topics = topics;
    this.#signal = signal;
    this.#display = openDisplay(context, { topics: topics.length > 1 });
    this.#shown = desk.repository.lastArrival;
  }

  connected(): void {
    if (!this.#signal.aborted) this.#note('connected to the broker');
  }

  disconnected(why: string): void {
    if (this.#signal.aborted) return;
    this.#note(`not connected: ${why}; what is written meanwhile goes with the next sync`);
  }

  message(name: string, payload: Buffer): void {
    // who floods loses messages: what is lost comes with the next sync
    if (this.#heard.length >= HEARD_MAX) return;
    this.#heard.push({ name, payload });
    this.#wake();
  }

  async run(broker: Broker): Promise<void> {
    const { repository } = this.#desk;
    const look = (topic: TopicId): void => this.#noteElsewhere(topic);
    const live = new Live({ desk: this.#desk, topics: this.#topics, channel: broker, look });
    while (!this.#signal.aborted) {
      live.subscribe();
      await live.tell();
      for (let one = this.#heard.shift(); one; one = this.#heard.shift()) await live.hear(one.name, one.payload);
      this.#show();
      if (this.#heard.length > 0) continue;
      const wake = new AbortController();
      this.#wake = () => wake.abort();
      await nextChange([repository.layout.packs], AbortSignal.any([this.#signal, wake.signal]));
    }
    const { sent, lost, heard, fresh, ignored } = live.counts;
    const went = lost > 0 ? `${plural(sent, 'hint')} sent, ${lost} lost` : `${plural(sent, 'hint')} sent`;
    const passedOver = ignored > 0 ? `, ${ignored} passed over: too many` : '';
    this.#note(`${went}; ${heard} heard${passedOver}, ${fresh > 0 ? piecesOf(fresh, 'new') : 'nothing new'}`);
  }

  #show(): void {
    const { repository } = this.#desk;
    repository.refresh();
    if (repository.lastArrival === this.#shown) return;
    const { directory } = repository;
    const around = { repository, self: readSelf(directory), contacts: readContacts(directory) };
    for (const topic of this.#topics) {
      const viewer = openViewer(around, topic);
      this.#display.show(viewer, readArrived(repository, viewer, {}, this.#shown));
    }
    this.#context.stdout.flush();
    this.#shown = repository.lastArrival;
    this.#elsewhere.clear();
  }

  /** Once until anything new of the topic is here: whoever may publish could say so all day. */
  #noteElsewhere(topic: TopicId): void {
    if (this.#elsewhere.has(topic)) return;
    this.#elsewhere.add(topic);
    const label = this.#topics.find((one) => one.topic === topic)?.label ?? '';
    this.#note(`there is more in ${label} than a hint can hold: sync`);
  }

  #note(text: string): void {
    this.#context.note(text);
  }
}

/** What the setting says when it names no broker. */
const NO_CHANNEL = 'none';
/** Messages of the broker that wait, at most. */
const HEARD_MAX = 1_024;
