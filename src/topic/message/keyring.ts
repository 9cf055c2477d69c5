// The keys of private topics that are here: what opens veiled logs (spec/epochs.md, "Keys of topics").
import type { EpochId, TopicId } from '../../format/ids.js';
import { type CreateStatement, decodeCreateStatement } from '../../format/private/create-statement.js';
import { type EpochKeys, mergedEpochs } from '../../format/private/epoch.js';
import type { Signed } from '../../format/private/signed.js';
import { mergedTopicKeys, type TopicKeys } from '../../format/private/topic-keys.js';
import type { TopicSecrets } from './opener.js';

/** Which keys of private topics are here. */
export interface TopicKeyring {
  /** What is tried on what is sealed; of a topic the same list as long as there is nothing else to try. */
  readonly secrets: TopicSecrets;
  /** There are more, under a passphrase that nobody gave. */
  readonly isLocked: boolean;
}

/** Why keys are only tried: links alone told them, or no statement here names their epoch. */
export type TriedBecause = 'linked' | 'unstated';

/** The keyring of one process: keys come while it runs. */
export class LiveKeyring implements TopicKeyring {
  isLocked: boolean;
  readonly #topics = new Map<TopicId, TopicKeys>();
  readonly #creates = new Map<TopicId, CreateStatement>();
  /** Keys that are proven to be of their epochs, the first that came in front. */
  readonly #proven = new Map<TopicId, ReadonlyMap<EpochId, EpochKeys>>();
  readonly #tried: Readonly<Record<TriedBecause, Map<TopicId, readonly EpochKeys[]>>> = {
    linked: new Map(),
    unstated: new Map(),
  };
  readonly #heard = new Map<TopicId, readonly Signed[]>();
  readonly #secrets = new Map<TopicId, readonly EpochKeys[]>();
  readonly #versions = new Map<TopicId, number>();

  constructor(isLocked = false) {
    this.isLocked = isLocked;
  }

  /** Grows with everything that comes of the topic. */
  versionOf(topic: TopicId): number {
    return this.#versions.get(topic) ?? 0;
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

  /** Statements that came with letters: those that are kept, and those that were only heard. */
  statementsOf(topic: TopicId): readonly Signed[] {
    return [...(this.#topics.get(topic)?.statements ?? []), ...(this.#heard.get(topic) ?? [])];
  }

  /** From now on what letters say of the topic that are kept elsewhere, instead of what was heard before. */
  hear(topic: TopicId, statements: readonly Signed[]): void {
    const before = this.#heard.get(topic) ?? [];
    const isSame = before.length === statements.length && before.every((one, i) => isSameSigned(one, statements[i]));
    if (isSame) return;
    this.#heard.set(topic, statements);
    this.#note(topic);
  }

  /** What is had of an epoch, and proven to be its: never what is only tried. */
  epoch(topic: TopicId, id: EpochId): EpochKeys | undefined {
    return this.#proven.get(topic)?.get(id);
  }

  /** Whether any keys of the topic are only tried. */
  isTrying(topic: TopicId): boolean {
    const { linked, unstated } = this.#tried;
    return [linked, unstated].some((tried) => (tried.get(topic)?.length ?? 0) > 0);
  }

  /** Takes in keys as they are kept. */
  take(all: readonly TopicKeys[]): void {
    for (const keys of all) {
      const create = decodeCreateStatement(keys.statement);
      const { topic } = create;
      const [merged] = mergedTopicKeys([this.#topics.get(topic) ?? keys], [keys]);
      if (merged) this.#topics.set(topic, merged);
      this.#creates.set(topic, create);
      this.#prove(topic, keys.epochs);
      this.#note(topic);
    }
  }

  /**
   * From now on these keys are tried besides on what is sealed in the topic, and are good for nothing else; whether that makes a
   * difference. Those that were tried for the same reason before and are not among them are not any more.
   */
  tryOut(topic: TopicId, because: TriedBecause, epochs: readonly EpochKeys[]): boolean {
    const before = new Map((this.#tried[because].get(topic) ?? []).map((one) => [nameOf(one), one]));
    const proven = this.#proven.get(topic);
    const wanted = epochs.filter((one) => !isCovered(one, proven?.get(one.id)));
    const after = new Map(wanted.map((one) => [nameOf(one), before.get(nameOf(one)) ?? one]));
    if (after.size === before.size && [...after.keys()].every((name) => before.has(name))) return false;
    this.#tried[because].set(topic, [...after.values()]);
    this.#note(topic);
    return true;
  }

  #prove(topic: TopicId, epochs: readonly EpochKeys[]): void {
    const proven = epochs.filter(({ dataHash }) => dataHash !== undefined);
    const merged = mergedEpochs([...(this.#proven.get(topic)?.values() ?? [])], proven);
    this.#proven.set(topic, new Map(merged.map((one) => [one.id, one])));
  }

  #note(topic: TopicId): void {
    const before = this.#secrets.get(topic) ?? [];
    const newestFirst = [...(this.#proven.get(topic)?.values() ?? [])].reverse();
    const { linked, unstated } = this.#tried;
    const after = [...newestFirst, ...(linked.get(topic) ?? []), ...(unstated.get(topic) ?? [])];
    const isSame = after.length === before.length && after.every((one, i) => one === before[i]);
    if (!isSame) this.#secrets.set(topic, after);
    this.#versions.set(topic, this.versionOf(topic) + 1);
  }
}

function isSameSigned(a: Signed, b: Signed | undefined): boolean {
  return b !== undefined && a.bytes.equals(b.bytes) && a.signature.equals(b.signature);
}

/** Whether what is proven of the epoch says as much: then there is nothing to try. */
function isCovered({ data }: EpochKeys, proven: EpochKeys | undefined): boolean {
  return proven !== undefined && (data === undefined || proven.data !== undefined);
}

function nameOf({ id, control, data }: EpochKeys): string {
  return `${id}${control.toString('latin1')}${data ? 'D' : ''}`;
}
