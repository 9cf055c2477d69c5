// The attachments of a conversation that is written out (spec/cli.md, "Reading elsewhere"): they are saved before the text
// names them, and what is not here is told.
import { SatchelError } from '../../../format/error.js';
import type { EntryId } from '../../../format/ids.js';
import type { Repository } from '../../../repository/repository.js';
import { fileChunks } from '../../../topic/message/attached-file.js';
import type { AttachmentView, MessageView } from '../../../topic/reading/view.js';
import type { Conversation, Surroundings } from '../../readable/readable.js';
import { safeFileName } from './file-name.js';
import { saveFile } from './save-file.js';
import type { Place } from './write-out-place.js';

/** An attachment that is not written out. */
export interface Lacking {
  readonly id: EntryId;
  readonly attachment: AttachmentView;
}

/** What was written out, and what the text may name. */
export interface Attached extends Pick<Surroundings, 'fileOf' | 'contentOf'> {
  readonly saved: number;
  readonly lacking: readonly Lacking[];
}

/** What a browser would run when somebody looks at it gets a name by which it is shown. */
const ACTIVE = /\.(x?html?|shtml|svgz?|xml|xsl|xslt|mht|mhtml|m?js)$/i;
const ID_DIGITS = 20;

/**
 * Saves what is here to where the place has attachments; undefined when it was stopped.
 * @throws SatchelError `io`, `no-space`
 */
export async function saveAttachments(
  { blobs }: Repository,
  conversations: readonly Conversation[],
  place: Place,
  isStopped: () => boolean,
): Promise<Attached | undefined> {
  const lacking = new Map<string, Lacking>();
  let saved = 0;
  for (const { view, number, attachment } of attachmentsOf(place.attachments === 'nowhere' ? [] : conversations)) {
    if (isStopped()) return undefined;
    const isHere = attachment.state === 'complete' && (await save(blobs, place, { view, number, attachment }));
    if (isHere) saved++;
    else lacking.set(keyOf(view, number), { id: view.id, attachment });
  }
  const isLacking = (view: MessageView, number: number): boolean => lacking.has(keyOf(view, number));
  return {
    saved,
    lacking: [...lacking.values()],
    fileOf(view, number) {
      if (place.attachments !== 'beside' || isLacking(view, number)) return undefined;
      return `${place.folder}/${savedName(view, number)}`;
    },
    contentOf(view, number) {
      const attachment = view.attachments[number - 1];
      if (!attachment || place.attachments !== 'within' || isLacking(view, number)) return undefined;
      return fileChunks(blobs, attachment);
    },
  };
}

function keyOf({ id }: MessageView, number: number): string {
  return `${id} ${number}`;
}

interface Numbered {
  readonly view: MessageView;
  readonly number: number;
  readonly attachment: AttachmentView;
}

function* attachmentsOf(conversations: readonly Conversation[]): Generator<Numbered> {
  for (const { viewer, messages } of conversations) {
    for (const ordered of messages()) {
      if (viewer.attachedTo(ordered.entry).length === 0) continue;
      const view = viewer.view(ordered);
      for (const [at, attachment] of view.attachments.entries()) yield { view, number: at + 1, attachment };
    }
  }
}

/** Whether it is there now; false of one that has rotten. What becomes part of the text is read once before. */
async function save(
  blobs: Repository['blobs'],
  place: Place,
  { view, number, attachment }: Numbered,
): Promise<boolean> {
  try {
    if (place.attachments === 'within') {
      for (const _ of fileChunks(blobs, attachment));
      return true;
    }
    await saveFile({
      directory: place.attachmentsIn(),
      name: savedName(view, number),
      chunks: fileChunks(blobs, attachment),
      compare: () => [false],
      isStopped: () => false,
    });
    return true;
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'damaged') return false;
    throw error;
  }
}

/** Its own name behind digits that no other has. */
function savedName({ id, attachments }: MessageView, number: number): string {
  const name = safeFileName(attachments[number - 1]?.name ?? '');
  const before = attachments.length > 1 ? `${id.slice(0, ID_DIGITS)}-${number}` : id.slice(0, ID_DIGITS);
  return `${before}-${name}${ACTIVE.test(name) ? '.txt' : ''}`;
}
