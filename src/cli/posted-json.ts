// What programs are told of a message that was posted (spec/cli.md, "post").
import type { Attachment } from '../topic/attachment.js';
import type { Posted } from '../topic/post.js';
import type { Topic } from '../topic/topics.js';

/** The JSON value; `attachments` only of a message that brings some. */
export function postedJson(
  { id, log, seq }: Pick<Posted, 'id' | 'log' | 'seq'>,
  topic: Topic,
  attachments: readonly Attachment[] = [],
): Record<string, unknown> {
  const files = attachments.map(({ root, size, name, mediaType }) => ({ root, size, name, mediaType }));
  return { id, log, seq, topic: topic.label, topicId: topic.topic, ...(files.length > 0 && { attachments: files }) };
}
