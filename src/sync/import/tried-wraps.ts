// Which wraps of a topic were looked into, and what for (spec/repository.md, "Wraps"): each costs an exchange of keys for every
// device it is for. It may be lost; then they are looked into again.
import type { EpochId, TopicId } from '../../format/ids.js';
import { sha256 } from '../../format/platform.js';
import type { EpochKeys } from '../../format/private/epoch.js';
import { recipientOf } from '../../identity/age.js';
import type { Keyring } from '../../identity/keyring.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';

/** What a wrap brings: an epoch, and whether D is among it. */
type Brought = readonly [EpochId, boolean];

/** Looking into the wraps of one topic. */
export class TriedWraps {
  readonly #repository: Repository;
  readonly #topic: TopicId;
  readonly #keys: readonly string[];
  readonly #tried: Map<string, readonly Brought[]>;
  #isNews = false;

  private constructor(
    repository: Repository,
    topic: TopicId,
    keys: readonly string[],
    tried: Iterable<readonly [string, readonly Brought[]]>,
  ) {
    this.#repository = repository;
    this.#topic = topic;
    this.#keys = keys;
    this.#tried = new Map(tried);
  }

  /** What is noted of a topic, as far as no key is here now that these wraps may be for and that was not when they were tried. */
  static async of(repository: Repository, keyring: Keyring, topic: TopicId): Promise<TriedWraps> {
    const noted = readState(repository.layout, 'wraps', topic);
    const { recipients } = await keyring.read();
    const own = await Promise.all(
      recipients.map(async ({ key, from }) => ({ from, recipient: (await recipientOf(key)).toString('hex') })),
    );
    // nobody can have sealed to a key that was made later
    const isCovered = own.every(({ recipient, from }) => noted?.keys.includes(recipient) || from > (noted?.at ?? 0));
    const keys = own.map(({ recipient }) => recipient);
    return new TriedWraps(repository, topic, keys, noted && isCovered ? Object.entries(noted.tried) : []);
  }

  /** Whether there is nothing in a wrap, or nothing that is not had already. */
  isDone(wrap: Buffer, had: (epoch: EpochId) => EpochKeys | undefined): boolean {
    const brought = this.#tried.get(nameOf(wrap));
    return brought?.every(([epoch, isWhole]) => (isWhole ? had(epoch)?.data : had(epoch)) !== undefined) === true;
  }

  /** Notes what was in a wrap; nothing where it is for nobody here, or to be ignored. */
  note(wrap: Buffer, epochs: readonly EpochKeys[]): void {
    this.#tried.set(
      nameOf(wrap),
      epochs.map(({ id, data }): Brought => [id, data !== undefined]),
    );
    this.#isNews = true;
  }

  /** Remembers it, of the wraps that are still there. What they brought must be durable. */
  save(present: readonly Buffer[]): void {
    if (!this.#isNews) return;
    const names = new Set(present.map(nameOf));
    const tried = Object.fromEntries([...this.#tried].filter(([name]) => names.has(name)));
    const { layout, world } = this.#repository;
    writeState(layout, 'wraps', { keys: this.#keys, at: world.now(), tried }, this.#topic);
    this.#isNews = false;
  }
}

function nameOf(wrap: Buffer): string {
  return sha256(wrap).slice(0, NAME_DIGITS);
}

const NAME_DIGITS = 32;
