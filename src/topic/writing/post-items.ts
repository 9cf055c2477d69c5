// Posting what a script hands over: each item becomes one message, unless its key was posted before or it can't be one
// (spec/message.md, "Keys"). What is known under a key is decided under the lock, so two scripts can't both post it.
import { type ErrorCode, SatchelError } from '../../format/error.js';
import { PAYLOAD_MAX } from '../../format/limits.js';
import type { Meta } from '../../format/log/meta.js';
import type { Repository } from '../../repository/repository.js';
import type { Attachment } from '../message/attachment.js';
import type { Citable } from '../order/deps.js';
import { isPrivateTopic } from '../private/private-topics.js';
import type { Keys } from './keys.js';
import type { Author, TopicPlace } from './own-log.js';
import { type Draft, type Posted, type PostReport, postLocked } from './post.js';

/** One message as a script wants it. */
export interface Item {
  /** Absent for a message that only brings files. */
  readonly text: string | undefined;
  readonly type?: string | undefined;
  readonly key?: string | undefined;
  readonly time?: number | undefined;
  /** The key of an earlier message, or a message's id. */
  readonly reply?: string | undefined;
  /** Files it brings; their chunks are stored. */
  readonly attachments?: readonly Attachment[] | undefined;
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

/** What came of a call; `outcomes` are in the items' order. */
export interface ItemsReport extends Omit<PostReport, 'posted'> {
  readonly outcomes: readonly Outcome[];
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
): Promise<ItemsReport> {
  return repository.lockedAsync(async () => {
    const batch = new Batch(repository, author, place, options);
    options.keys?.catchUp();
    for (const item of items) {
      // awaiting each of a hundred thousand items would cost more than posting them
      if (batch.mustCommitBefore(item)) await batch.commit();
      batch.add(item);
      if (isLong(item)) await batch.commitAlone();
    }
    await batch.commit();
    return { outcomes: batch.outcomes, author: batch.author, renewed: batch.renewed };
  });
}

/** Items on their way into one commit. */
class Batch {
  readonly outcomes: Outcome[] = [];
  author: Author;
  renewed = false;
  readonly #repository: Repository;
  readonly #place: TopicPlace;
  readonly #options: ItemOptions;
  readonly #isPrivate: boolean;
  #drafts: Draft[] = [];
  /** Where the outcome of each draft goes. */
  #slots: number[] = [];
  readonly #waiting = new Set<string>();

  constructor(repository: Repository, author: Author, place: TopicPlace, options: ItemOptions) {
    this.#repository = repository;
    this.author = author;
    this.#place = place;
    this.#options = options;
    this.#isPrivate = isPrivateTopic(repository, place.topic);
  }

  /** Whether what has gathered has to be durable first: to be asked for the item's key, or kept apart from it. */
  mustCommitBefore(item: Item): boolean {
    return isLong(item) || (item.key !== undefined && this.#waiting.has(item.key));
  }

  /** Adds an item; what is wrong with it stops no other. */
  add(item: Item): void {
    const { keys } = this.#options;
    if (item.key !== undefined && this.#isPrivate) {
      this.outcomes.push({ kind: 'refused', error: keyInPrivate() });
      return;
    }
    const known = item.key === undefined ? undefined : keys?.find(item.key);
    if (known) this.outcomes.push({ kind: 'known', message: known });
    else this.#addNew(item);
  }

  /** Makes a single item durable that may be refused. */
  async commitAlone(): Promise<void> {
    try {
      await this.commit();
    } catch (error) {
      this.outcomes[this.outcomes.length - 1] = refusal(error);
    }
  }

  /** Makes what has gathered durable. */
  async commit(): Promise<void> {
    const drafts = this.#drafts;
    const slots = this.#slots;
    if (drafts.length === 0) return;
    [this.#drafts, this.#slots] = [[], []];
    this.#waiting.clear();
    const report: PostReport = await postLocked(this.#repository, this.author, this.#place, drafts);
    this.author = report.author;
    this.renewed ||= report.renewed;
    this.#options.keys?.note(report.posted);
    report.posted.forEach((message, i) => {
      this.outcomes[slots[i] ?? 0] = { kind: 'posted', message };
    });
  }

  #addNew(item: Item): void {
    try {
      this.#drafts.push(this.#draftOf(item));
      this.#slots.push(this.outcomes.length);
      this.outcomes.push(NOT_YET);
      if (item.key !== undefined) this.#waiting.add(item.key);
    } catch (error) {
      this.outcomes.push(refusal(error));
    }
  }

  #draftOf({ text, type, key, time, reply, attachments }: Item): Draft {
    const { meta, keys, findReply } = this.#options;
    const draft = { body: text, type, key, time, meta, attachments };
    if (reply === undefined) return draft;
    if (this.#waiting.has(reply)) return { ...draft, reply: { key: reply } };
    return { ...draft, reply: keys?.find(reply) ?? findReply(reply) };
  }
}

/** Keys are kept in the clear, and would tell of what is sealed. */
function keyInPrivate(): SatchelError {
  return new SatchelError('usage', 'a message of a private topic has no key', { hint: 'leave "key" out' });
}

const NOT_YET: Outcome = { kind: 'refused', error: new SatchelError('internal', 'not committed') };
const REFUSALS: readonly ErrorCode[] = ['too-large', 'not-found', 'ambiguous', 'usage', 'contradiction'];

function refusal(error: unknown): Outcome {
  if (error instanceof SatchelError && REFUSALS.includes(error.code)) return { kind: 'refused', error };
  throw error;
}

function isLong({ text = '' }: Item): boolean {
  return text.length > SURELY_FITS / 4 && Buffer.byteLength(text) > SURELY_FITS;
}
