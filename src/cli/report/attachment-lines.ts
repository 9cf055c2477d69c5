// Attachments in words (spec/cli.md, "Reading").
import { fileSizeOf } from '../../topic/message/attached-file.js';
import type { AttachmentView } from '../../topic/reading/view.js';
import { escapeName } from '../terminal/escape.js';
import { formatSize } from '../terminal/size.js';

/** One line for each; numbered when there are several, as `get --attachment` counts them. */
export function attachmentLines(attachments: readonly AttachmentView[]): string[] {
  const number = (i: number): string => (attachments.length > 1 ? ` ${i + 1}` : '');
  return attachments.map((attachment, i) => `attached${number(i)}: ${attachmentLine(attachment)}`);
}

/** Name, size, type, and how much of it is here. */
export function attachmentLine(attachment: AttachmentView): string {
  const { name, mediaType } = attachment;
  const what = [formatSize(fileSizeOf(attachment)), ...(mediaType === '' ? [] : [escapeName(mediaType)])].join(', ');
  return `${escapeName(name)} (${what}), ${progressText(attachment)}`;
}

/** How much of it is here. */
export function progressText({ state, chunks, held }: Pick<AttachmentView, 'state' | 'chunks' | 'held'>): string {
  if (state === 'complete') return 'here';
  if (state === 'partial') return `${held} of ${chunks} chunks here, the rest is still to come`;
  return state === 'unlisted' ? 'still to come' : 'not what its author said: it will never be complete';
}
