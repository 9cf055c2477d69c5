// Taking in keys of private topics: those in letters and wraps, and those that links lead to (spec/epochs.md, "Letters", "Wraps",
// "Links").
import type { TopicId } from '../../format/ids.js';
import type { EpochKeys } from '../../format/private/epoch.js';
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

/** Learns keys of topics by what their logs show; what is learned may show more. */
export class KeysLearning {
  readonly #session: Session;
  readonly #keyring: Keyring;
  readonly #live: LiveKeyring;
  readonly #keys: FileKeys;

  constructor(session: Session, keyring: Keyring, live: LiveKeyring, keys: FileKeys) {
    this.#session = session;
    this.#keyring = keyring;
    this.#live = live;
    this.#keys = keys;
  }

  /** Takes in what wraps of the topic bring and all that links lead to, and keeps it durably; whether any is news. */
  async learn(topic: TopicId): Promise<boolean> {
    const view = viewTopic(this.#session.repository, topic);
    if (!view) return false;
    const wrapped = await this.#wrappedIn(view);
    const byId = new Map(wrapped.map((one) => [one.id, one]));
    const { proven, unproven } = followLinks(
      view.resolution,
      (epoch) => byId.get(epoch) ?? this.#live.epoch(topic, epoch),
    );
    const found = [...wrapped, ...proven];
    if (found.length > 0) {
      await keepKeys(this.#session, this.#keyring, { statement: view.create.bytes, epochs: found });
    }
    return this.#live.tryOut(topic, unproven) || found.length > 0;
  }

  /** Each is tried once: that it is not for us does not change. */
  async #wrappedIn({ topic, controls }: TopicView): Promise<readonly EpochKeys[]> {
    const tried = triedBy(this.#live);
    const found: EpochKeys[] = [];
    for (const { wrap, log, seq } of controls) {
      const name = `${log}:${seq}`;
      if (!wrap || tried.has(name)) continue;
      tried.add(name);
      found.push(...((await openWrap(wrap, topic, this.#keys)) ?? []));
    }
    return found.filter((keys) => isNewsTo(this.#live.epoch(topic, keys.id), keys));
  }
}

/** Keeps what a letter brings: its keys and statements. Only under the repository's lock. */
export async function keepLetter(
  session: Session,
  keyring: Keyring,
  { statement, epochs, statements }: Letter,
): Promise<void> {
  await keepKeys(session, keyring, { statement, epochs, statements });
}

async function keepKeys({ repository }: Session, keyring: Keyring, keys: TopicKeys): Promise<void> {
  const random = (size: number): Buffer => repository.world.random(size);
  await keepTopicKeys(keyring, [keys], { random });
  const live = keyringOf(repository);
  if (live instanceof LiveKeyring) live.take([keys]);
}

/** Whether keys that are proven say more of their epoch. */
function isNewsTo(known: EpochKeys | undefined, { data }: EpochKeys): boolean {
  return !known || (data !== undefined && !known.data);
}

/** Wraps that were tried in this process. */
const triedWraps = new WeakMap<LiveKeyring, Set<string>>();

function triedBy(live: LiveKeyring): Set<string> {
  const names = triedWraps.get(live) ?? new Set<string>();
  triedWraps.set(live, names);
  return names;
}
