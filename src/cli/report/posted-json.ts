// What programs are told of a message that was posted (spec/cli.md, "post").
import { fileSizeOf } from '../../topic/message/attached-file.js';
import type { Attachment } from '../../topic/message/attachment.js';
import type { Topic } from '../../topic/topics.js';
import type { Posted } from '../../topic/writing/post.js';

/** What else there is to tell of it. */
interface PostedDetails {
  readonly attachments?: readonly Attachment[] | undefined;
  readonly isExpired?: boolean;
}

/** The JSON value; `attachments` only of a message that brings some, `expired` only of one that will have when it arrives. */
export function postedJson(
  { id, log, seq }: Pick<Posted, 'id' | 'log' | 'seq'>,
  topic: Topic,
  { attachments = [], isExpired = false }: PostedDetails = {},
): Record<string, unknown> {
  const files = attachments.map((one) => ({
    root: one.root,
    size: fileSizeOf(one),
    name: one.name,
    mediaType: one.mediaType,
  }));
  const more = { ...(files.length > 0 && { attachments: files }), ...(isExpired && { expired: true }) };
  return { id, log, seq, topic: topic.label, topicId: topic.topic, ...more };
}
