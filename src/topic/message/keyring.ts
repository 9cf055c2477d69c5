// The keys of private topics that are here: what opens veiled logs (spec/epochs.md, "Keys of topics").
import type { EpochId, TopicId } from '../../format/ids.js';
import { type CreateStatement, decodeCreateStatement } from '../../format/private/create-statement.js';
import { type EpochKeys, mergedEpochs } from '../../format/private/epoch.js';
import { mergedTopicKeys, type TopicKeys } from '../../format/private/topic-keys.js';
import type { TopicSecrets } from './opener.js';

/** Which keys of private topics are here. */
export interface TopicKeyring {
  readonly secrets: TopicSecrets;
  /** There are more, under a passphrase that nobody gave. */
  readonly isLocked: boolean;
  /** Grows with every key that comes. */
  readonly version?: number;
}

/** The keyring of one process: keys come while it runs. */
export class LiveKeyring implements TopicKeyring {
  isLocked: boolean;
  readonly #topics = new Map<TopicId, TopicKeys>();
  readonly #creates = new Map<TopicId, CreateStatement>();
  readonly #secrets = new Map<TopicId, readonly EpochKeys[]>();
  #version = 0;

  constructor(isLocked = false) {
    this.isLocked = isLocked;
  }

  get version(): number {
    return this.#version;
  }

  get secrets(): TopicSecrets {
    return this.#secrets;
  }

  /** The topics of which anything is had. */
  get topics(): Iterable<TopicId> {
    return this.#topics.keys();
  }

  /** What a topic begins with, if it is known here. */
  create(topic: TopicId): CreateStatement | undefined {
    return this.#creates.get(topic);
  }

  /** What is had of a topic. */
  keysOf(topic: TopicId): TopicKeys | undefined {
    return this.#topics.get(topic);
  }

  /** What is had of an epoch, C by a link alone among it. */
  epoch(topic: TopicId, id: EpochId): EpochKeys | undefined {
    return this.#secrets.get(topic)?.find((one) => one.id === id);
  }

  /** Takes in keys as they are kept. */
  take(all: readonly TopicKeys[]): void {
    for (const keys of all) {
      const create = decodeCreateStatement(keys.statement);
      const [merged] = mergedTopicKeys([this.#topics.get(create.topic) ?? keys], [keys]);
      if (merged) this.#topics.set(create.topic, merged);
      this.#creates.set(create.topic, create);
      this.learn(create.topic, keys.epochs);
      this.#version++;
    }
  }

  /** Takes in keys of a topic's epochs, wherever they come from; whether any is news. */
  learn(topic: TopicId, epochs: readonly EpochKeys[]): boolean {
    const before = [...(this.#secrets.get(topic) ?? [])].reverse();
    const after = mergedEpochs(before, epochs);
    const isNews = after.length > before.length || after.some((one, i) => one !== before[i]);
    if (!isNews) return false;
    this.#secrets.set(topic, after.reverse());
    this.#version++;
    return true;
  }
}
