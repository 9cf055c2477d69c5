// satchel live: hints through a broker, beside the logs (spec/cli.md, "live").
import { SatchelError } from '../../../format/error.js';
import type { TopicId } from '../../../format/ids.js';
import { readContacts } from '../../../identity/contacts.js';
import { readSelf } from '../../../identity/self.js';
import { topicKeysDirectory } from '../../../identity/topic-keys-there.js';
import { Broker } from '../../../sync/live/broker.js';
import { type Elsewhere, Live, type LiveCounts } from '../../../sync/live/live.js';
import { openSession } from '../../../sync/session.js';
import type { Desk } from '../../../sync/stream/desk.js';
import { SYSTEM_CLOCK } from '../../../sync/stream/stream-clock.js';
import { withSmallScheme } from '../../../sync/stream/stream-url.js';
import { readArrived } from '../../../topic/reading/reading.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import type { Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { type Display, openDisplay } from '../../report/display.js';
import { escapeLine, jsonText } from '../../terminal/escape.js';
import { piecesOf, plural } from '../../terminal/size.js';
import { writeText } from '../../terminal/write-text.js';
import { nextChange } from '../conversation/next-change.js';
import { topicsToRead } from '../topics/topic-choice.js';
import { openKeyRenewal, openTopicKeys, topicKeysLocked } from '../topics/topic-keys.js';
import { deskOf, settledAfter, untilEnd } from './over-stream.js';

/** Tells and hears until it is interrupted, or its time is up. */
export async function run(context: Context, args: Args<'live'>): Promise<number> {
  const config = await context.config();
  const url = withSmallScheme(args.url ?? config['live.channel']);
  if (url === NO_CHANNEL)
    throw new SatchelError('usage', 'live needs a broker', {
      hint: 'satchel config set live.channel mqtts://HOST:8883; docs/live.md says how one is run',
    });
  const repository = await context.repository();
  const topics = await topicsToRead(openSession(repository), args.topic, args.allTopics);
  if (!(await openTopicKeys(context, topics, 'ask'))) throw topicKeysLocked();
  const desk = await deskOf(context);
  const failing = new AbortController();
  const signal = AbortSignal.any([untilEnd(context, args), failing.signal]);
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
    this.#tell({ state: 'connected' }, 'connected to the broker');
  }

  disconnected(why: string): void {
    this.#tell(
      { state: 'disconnected', why },
      `not connected: ${why}; what is written meanwhile goes with the next sync`,
    );
  }

  message(name: string, payload: Buffer): void {
    // who floods loses messages: what is lost comes with the next sync
    if (this.#heard.length >= HEARD_MAX) return;
    this.#heard.push({ name, payload });
    this.#wake();
  }

  async run(broker: Broker): Promise<void> {
    const { repository } = this.#desk;
    const look = (topic: TopicId, what: Elsewhere): void => this.#tellElsewhere(topic, what);
    const live = new Live({ desk: this.#desk, topics: this.#topics, channel: broker, look });
    const renewKeys = openKeyRenewal(this.#context);
    while (!this.#signal.aborted) {
      await renewKeys();
      live.subscribe();
      await live.tell();
      await this.#hear(live);
      this.#show();
      if (this.#heard.length > 0) continue;
      const wake = new AbortController();
      this.#wake = () => wake.abort();
      await nextChange(
        [repository.layout.packs, topicKeysDirectory(repository.directory)],
        AbortSignal.any([this.#signal, wake.signal]),
      );
    }
    this.#tellEnd(live.counts);
  }

  /** Takes what has come, as long as it is not interrupted: who sends much keeps nobody from ending it. */
  async #hear(live: Live): Promise<void> {
    const { repository } = this.#desk;
    const before = repository.lastArrival;
    let isNews = false;
    for (let one = this.#heard.shift(); one && !this.#signal.aborted; one = this.#heard.shift()) {
      isNews = (await live.hear(one.name, one.payload)) || isNews;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (isNews) await this.#desk.turn(() => settledAfter(this.#context, repository, before));
  }

  #tellEnd(counts: LiveCounts): void {
    const { sent, lost, fresh, ignored } = counts;
    const went = lost > 0 ? `${plural(sent, 'hint')} sent, ${lost} lost` : `${plural(sent, 'hint')} sent`;
    const passedOver = ignored > 0 ? `; ${plural(ignored, 'hint')} passed over: too many` : '';
    const came = fresh > 0 ? piecesOf(fresh, 'new') : 'nothing new';
    this.#tell({ state: 'ended', ...counts }, `${went}; ${came} came${passedOver}`);
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
  #tellElsewhere(topic: TopicId, what: Elsewhere): void {
    if (this.#elsewhere.has(topic)) return;
    this.#elsewhere.add(topic);
    const label = this.#topics.find((one) => one.topic === topic)?.label ?? '';
    this.#tell(
      { state: 'elsewhere', topic: label, topicId: topic, what },
      `${IN_WORDS[what]} in ${label}: satchel sync`,
    );
  }

  /** On standard error, also for programs. */
  #tell(state: { readonly state: string; readonly [field: string]: unknown }, words: string): void {
    const { json, quiet, stdout, stderr } = this.#context;
    if (quiet || (this.#signal.aborted && state.state !== 'ended')) return;
    stdout.flush();
    writeText(stderr, `${json ? jsonText({ type: 'live', ...state }) : escapeLine(words)}\n`);
    stderr.flush();
  }
}

const IN_WORDS: Readonly<Record<Elsewhere, string>> = {
  more: 'there is more than a hint can hold',
  unknown: 'somebody writes whose log is not here yet',
};
/** What the setting says when it names no broker. */
const NO_CHANNEL = 'none';
/** Messages of the broker that wait, at most. */
const HEARD_MAX = 1_024;
