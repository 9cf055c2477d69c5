// A held message as the target of a reply or a retraction.
import { SatchelError } from '../../format/error.js';
import { shortId, type TopicId } from '../../format/ids.js';
import type { EntryPlace } from '../../repository/index/find.js';
import type { Repository } from '../../repository/repository.js';
import type { Citable } from '../order/deps.js';
import { isMessage, NO_CLOCK } from '../order/order.js';
import { clockIn } from '../payload.js';

/** A message that can be cited, and the topic it is in. */
export interface Target extends Citable {
  readonly topic: TopicId;
}

/**
 * The message at a place.
 * @throws SatchelError `usage` when the entry there is no message
 */
export function targetAt(repository: Repository, place: EntryPlace): Target {
  const { log, seq, id } = place;
  const entry = repository.entry(log, seq);
  const topic = repository.log(log)?.topic;
  if (!entry || !topic || !isMessage(entry)) throw new SatchelError('usage', `${shortId(id)} is no message`);
  return { log, seq, id, topic, clock: clockIn(entry) ?? NO_CLOCK };
}
