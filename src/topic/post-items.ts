// Posting what a script hands over: each item becomes one message, unless its key was posted before or it can't be one
// (spec/message.md, "Keys"). What is known under a key is decided under the lock, so two scripts can't both post it.
import { type ErrorCode, SatchelError } from '../format/error.js';
import { PAYLOAD_MAX } from '../format/limits.js';
import type { Meta } from '../format/meta.js';
import type { Repository } from '../repository/repository.js';
import type { Citable } from './deps.js';
import type { Keys } from './keys.js';
import type { Author, TopicPlace } from './own-log.js';
import { type Draft, type Posted, type PostReport, postLocked } from './post.js';

/** One message as a script wants it. */
export interface Item {
  readonly text: string;
  readonly type?: string | undefined;
  readonly key?: string | undefined;
  readonly time?: number | undefined;
  /** The key of an earlier message, or a message's id. */
  readonly reply?: string | undefined;
}

/** What became of an item. */
export type Outcome =
  | { readonly kind: 'posted' | 'known'; readonly message: Pick<Posted, 'id' | 'log' | 'seq'> }
  | { readonly kind: 'refused'; readonly error: SatchelError };

/** What items are posted with. */
export interface ItemOptions {
  /** Needed when items have keys or replies. */
  readonly keys?: Keys | undefined;
  readonly meta?: Meta | undefined;
  /** Finds what a reply names when it is no key. @throws SatchelError when there is no such message in the topic */
  findReply(id: string): Citable;
}

/** Clear of this, a message fits into an entry whatever it cites. */
const SURELY_FITS = PAYLOAD_MAX - 4_096;

/**
 * Posts the items in order, as one commit but for messages that may turn out to be too large; outcomes in the items' order.
 * @throws SatchelError `busy`, `io`, `no-space`; then only items before those of the failed commit are posted
 */
export function postItems(
  repository: Repository,
  author: Author,
  place: TopicPlace,
  items: readonly Item[],
  options: ItemOptions,
): Promise<{ outcomes: readonly Outcome[]; author: Author }> {
  return repository.lockedAsync(async () => {
    const batch = new Batch(repository, author, place, options);
    options.keys?.catchUp();
    for (const item of items) await batch.add(item);
    await batch.commit();
    return { outcomes: batch.outcomes, author: batch.author };
  });
}

/** Items on their way into one commit. */
class Batch {
  readonly outcomes: Outcome[] = [];
  author: Author;
  readonly #repository: Repository;
  readonly #place: TopicPlace;
  readonly #options: ItemOptions;
  #drafts: Draft[] = [];
  /** Where the outcome of each draft goes. */
  #slots: number[] = [];
  readonly #waiting = new Set<string>();

  constructor(repository: Repository, author: Author, place: TopicPlace, options: ItemOptions) {
    this.#repository = repository;
    this.author = author;
    this.#place = place;
    this.#options = options;
  }

  async add(item: Item): Promise<void> {
    const { keys } = this.#options;
    if (item.key !== undefined && this.#waiting.has(item.key)) await this.commit();
    const known = item.key === undefined ? undefined : keys?.find(item.key);
    const slot = this.outcomes.length;
    if (known) this.outcomes.push({ kind: 'known', message: known });
    else await this.#refusing(slot, () => this.#addNew(item, slot));
  }

  /** Makes what has gathered durable. */
  async commit(): Promise<void> {
    const [drafts, slots] = [this.#drafts, this.#slots];
    if (drafts.length === 0) return;
    [this.#drafts, this.#slots] = [[], []];
    this.#waiting.clear();
    const report: PostReport = await postLocked(this.#repository, this.author, this.#place, drafts);
    this.author = report.author;
    this.#options.keys?.note(report.posted);
    for (const [i, message] of report.posted.entries()) this.outcomes[slots[i] ?? 0] = { kind: 'posted', message };
  }

  async #addNew(item: Item, slot: number): Promise<void> {
    const draft = this.#draftOf(item);
    const isAlone = Buffer.byteLength(item.text) > SURELY_FITS;
    if (isAlone) await this.commit();
    this.#drafts.push(draft);
    this.#slots.push(slot);
    if (item.key !== undefined) this.#waiting.add(item.key);
    if (isAlone) await this.commit();
  }

  #draftOf({ text, type, key, time, reply }: Item): Draft {
    const { meta, keys, findReply } = this.#options;
    const draft = { body: text, type, key, time, meta };
    if (reply === undefined) return draft;
    if (this.#waiting.has(reply)) return { ...draft, reply: { key: reply } };
    return { ...draft, reply: keys?.find(reply) ?? findReply(reply) };
  }

  /** What is wrong with one item stops no other. */
  async #refusing(slot: number, work: () => Promise<void>): Promise<void> {
    try {
      this.outcomes.length = slot + 1;
      await work();
    } catch (error) {
      if (!(error instanceof SatchelError) || !REFUSALS.has(error.code)) throw error;
      this.outcomes[slot] = { kind: 'refused', error };
    }
  }
}

const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>([
  'too-large',
  'not-found',
  'ambiguous',
  'usage',
  'contradiction',
]);
