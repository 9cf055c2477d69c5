// What programs are told of a message that was posted (spec/cli.md, "post").
import type { Posted } from '../topic/post.js';
import type { Topic } from '../topic/topics.js';

/** The JSON value. */
export function postedJson(
  { id, log, seq }: Pick<Posted, 'id' | 'log' | 'seq'>,
  topic: Topic,
): Record<string, unknown> {
  return { id, log, seq, topic: topic.label, topicId: topic.topic };
}
