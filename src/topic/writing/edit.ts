// What is written about a message: an edit of one's own, a reaction to anybody's (spec/message.md, "Edits", "Reactions").
import type { PersonId } from '../../format/ids.js';
import { decodeMeta } from '../../format/log/meta.js';
import type { Repository } from '../../repository/repository.js';
import type { Dep } from '../message/message.js';
import { openPlaces } from '../reading/places.js';
import type { Target } from '../reading/target.js';
import type { Author } from './own-log.js';
import { type PostReport, post } from './post.js';

/** A new text, and whom it mentions. */
interface NewText {
  readonly text: string;
  readonly mentions: readonly PersonId[];
}

/**
 * Appends an edit of an own message, which expires with it; durable when it returns.
 * @throws SatchelError as `post`
 */
export function edit(
  repository: Repository,
  author: Author,
  { target, label }: About,
  { text, mentions }: NewText,
): Promise<PostReport> {
  const { meta } = repository.entry(target.log, target.seq) ?? {};
  const { expires } = meta?.length ? decodeMeta(meta) : {};
  const edits = originalOf(repository, target);
  const draft = { body: text, edits, reply: target, mentions, ...(expires !== undefined && { meta: { expires } }) };
  return post(repository, author, { topic: target.topic, label }, [draft]);
}

/**
 * Appends a reaction, which replaces the person's former one; without a text that is taken back.
 * @throws SatchelError as `post`
 */
export function react(
  repository: Repository,
  author: Author,
  { target, label }: About,
  text: string | undefined,
): Promise<PostReport> {
  const draft = { body: text, reacts: originalOf(repository, target), reply: target };
  return post(repository, author, { topic: target.topic, label }, [draft]);
}

/** A message, and what its topic is called. */
export interface About {
  readonly target: Target;
  readonly label: string;
}

/** The message by its first place, whatever becomes of the others. */
function originalOf(repository: Repository, target: Target): Dep {
  const { log, seq, id } = openPlaces(repository, target.topic).of(target)?.original ?? target;
  return { log, seq, id };
}
