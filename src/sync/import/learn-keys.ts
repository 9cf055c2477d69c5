// Taking in keys of private topics: those in letters and wraps, and those that links lead to (spec/epochs.md, "Letters", "Wraps",
// "Links").
import type { EpochId, TopicId } from '../../format/ids.js';
import { UNSTATED_EPOCHS_MAX } from '../../format/limits.js';
import { type EpochKeys, mergedEpochs } from '../../format/private/epoch.js';
import type { Signed } from '../../format/private/signed.js';
import { statementId } from '../../format/private/statement.js';
import type { TopicKeys } from '../../format/private/topic-keys.js';
import type { FileKeys } from '../../identity/file-keys.js';
import type { Keyring } from '../../identity/keyring.js';
import type { Letter } from '../../identity/letter.js';
import { keepTopicKeys } from '../../identity/topic-keys.js';
import { openWrap } from '../../identity/wraps.js';
import { keyringOf } from '../../topic/message/interpret.js';
import { LiveKeyring } from '../../topic/message/keyring.js';
import { followLinks } from '../../topic/private/linked-keys.js';
import { type TopicView, viewTopic } from '../../topic/private/topic-view.js';
import type { Session } from '../session.js';
import type { ReadLetter } from './letters.js';
import { TriedWraps } from './tried-wraps.js';

/** What keys are found in, besides what is here of topics. */
export interface KeySources {
  /** What opens wraps. */
  readonly keys: FileKeys;
  /** Letters that were taken in, of each device the newest first. */
  readonly letters: readonly ReadLetter[];
}

/** Learns keys of topics by what their logs show; what is learned may show more. */
export class KeysLearning {
  readonly #session: Session;
  readonly #keyring: Keyring;
  readonly #live: LiveKeyring;
  readonly #keys: FileKeys;
  readonly #letters: ReadonlyMap<TopicId, readonly Letter[]>;
  /** What was in wraps, by where they stand: some are looked into in each round. */
  readonly #opened = new Map<string, readonly EpochKeys[]>();

  constructor(session: Session, keyring: Keyring, live: LiveKeyring, { keys, letters }: KeySources) {
    this.#session = session;
    this.#keyring = keyring;
    this.#live = live;
    this.#keys = keys;
    this.#letters = byTopic(letters);
    for (const topic of live.topics) {
      live.hear(
        topic,
        (this.#letters.get(topic) ?? []).flatMap(({ statements }) => statements),
      );
    }
  }

  /**
   * Takes in what letters and wraps of the topic bring and all that links lead to, and keeps it durably as far as a statement here
   * names the epoch; what else they bring is tried.
   */
  async learn(topic: TopicId): Promise<void> {
    const view = viewTopic(this.#session.repository, topic);
    if (!view) return;
    const stated = statedIn(view);
    const given = new GivenKeys((epoch) => stated.has(epoch));
    for (const { card, epochs } of this.#letters.get(topic) ?? []) given.take(card.device, epochs);
    const tried = await TriedWraps.of(this.#session.repository, this.#keyring, topic);
    await this.#openWraps(view, { given, tried });
    const news = mergedEpochs(
      [],
      given.stated.filter((keys) => isNewsTo(this.#live.epoch(topic, keys.id), keys)),
    );
    const byId = new Map(news.map((one) => [one.id, one]));
    const { proven } = followLinks(view.resolution, (epoch) => byId.get(epoch) ?? this.#live.epoch(topic, epoch));
    const found = { epochs: mergedEpochs(news, proven), statements: this.#statementsToKeep(view) };
    const isFound = found.epochs.length + found.statements.length > 0;
    if (isFound) await keepKeys(this.#session, this.#keyring, { statement: view.create.bytes, ...found });
    tried.save(view.controls.flatMap(({ wrap }) => wrap ?? []));
    this.#live.tryOut(topic, 'unstated', given.unstated);
  }

  /** Those of letters that stand in no log here, and are held with all that they cite. */
  #statementsToKeep({ topic, held, controls }: TopicView): readonly Signed[] {
    const heard = (this.#letters.get(topic) ?? []).flatMap(({ statements }) => statements);
    if (heard.length === 0) return [];
    const known = [
      ...(this.#live.keysOf(topic)?.statements ?? []),
      ...controls.flatMap(({ body }) => body?.statements ?? []),
    ];
    const ids = new Set(known.map(({ bytes }) => statementId(bytes)));
    return heard.filter(({ bytes }) => held.graph.get(statementId(bytes)) && !ids.has(statementId(bytes)));
  }

  /** Each is tried once, unless it brings keys that nobody has stated yet; where a log counts no longer, none. */
  async #openWraps(
    { topic, controls, endOf }: TopicView,
    { given, tried }: { readonly given: GivenKeys; readonly tried: TriedWraps },
  ): Promise<void> {
    const had = (epoch: EpochId): EpochKeys | undefined => this.#live.epoch(topic, epoch);
    for (const { wrap, log, seq, frozen } of [...controls].reverse()) {
      if (!wrap || frozen || seq >= (endOf(log) ?? Number.POSITIVE_INFINITY)) continue;
      if (given.isFull(log) || tried.isDone(wrap, had)) continue;
      const epochs = await this.#inWrap(topic, { wrap, name: `${log}:${seq}` });
      if (given.take(log, epochs)) tried.note(wrap, epochs);
    }
  }

  async #inWrap(
    topic: TopicId,
    { wrap, name }: { readonly wrap: Buffer; readonly name: string },
  ): Promise<readonly EpochKeys[]> {
    const epochs = this.#opened.get(name) ?? (await openWrap(wrap, topic, this.#keys)) ?? [];
    this.#opened.set(name, epochs);
    return epochs;
  }
}

/** Keys that somebody gave away, by whether a statement here names their epoch. */
class GivenKeys {
  readonly stated: EpochKeys[] = [];
  readonly unstated: EpochKeys[] = [];
  readonly #isStated: (epoch: EpochId) => boolean;
  readonly #counts = new Map<string, number>();

  constructor(isStated: (epoch: EpochId) => boolean) {
    this.#isStated = isStated;
  }

  /** Whether so much of this giver is stated by nobody that no more of it is tried. */
  isFull(giver: string): boolean {
    return this.#count(giver) >= UNSTATED_EPOCHS_MAX;
  }

  /** Takes in what a log or device gives; whether all of it is stated. */
  take(giver: string, epochs: readonly EpochKeys[]): boolean {
    this.stated.push(...epochs.filter(({ id }) => this.#isStated(id)));
    const others = epochs.filter(({ id }) => !this.#isStated(id)).slice(0, UNSTATED_EPOCHS_MAX - this.#count(giver));
    this.unstated.push(...others);
    this.#counts.set(giver, this.#count(giver) + others.length);
    return epochs.every(({ id }) => this.#isStated(id));
  }

  #count(giver: string): number {
    return this.#counts.get(giver) ?? 0;
  }
}

/** The epochs that statements here name, but for those that are discarded for good. */
function statedIn({ signed, held }: TopicView): ReadonlySet<EpochId> {
  const stated = [...signed.values()].filter(({ id }) => !held.isDiscarded(id));
  return new Set(stated.flatMap(({ says }) => (says.kind === 'epoch' ? [says.epoch] : [])));
}

function byTopic(letters: readonly ReadLetter[]): ReadonlyMap<TopicId, readonly Letter[]> {
  const found = new Map<TopicId, Letter[]>();
  for (const { letter, create } of letters) found.set(create.topic, [...(found.get(create.topic) ?? []), letter]);
  return found;
}

/** Keeps all that a letter brings by which its reader joins: its keys and statements. Only under the repository's lock. */
export async function keepLetter(
  session: Session,
  keyring: Keyring,
  { statement, epochs, statements }: Letter,
): Promise<void> {
  await keepKeys(session, keyring, { statement, epochs, statements });
}

/** Keeps keys of a topic durably, and opens with them from now on. Only under the repository's lock. */
export async function keepKeys({ repository }: Session, keyring: Keyring, keys: TopicKeys): Promise<void> {
  const random = (size: number): Buffer => repository.world.random(size);
  await keepTopicKeys(keyring, [keys], { random });
  const live = keyringOf(repository);
  if (live instanceof LiveKeyring) live.take([keys]);
}

/** Whether keys that are proven say more of their epoch. */
function isNewsTo(known: EpochKeys | undefined, { data }: EpochKeys): boolean {
  return !known || (data !== undefined && !known.data);
}
