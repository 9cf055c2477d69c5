// An attachment as a file for the browser to save: when all of it is here and every chunk has its hash, under a name that is
// harmless on any system, and of no type that a browser would open by itself.
import { safeFileName } from '../../cli/commands/conversation/file-name.js';
import type { Repository } from '../../repository/repository.js';
import { blobChunks } from '../../repository/store/store-blob.js';
import type { AttachmentView } from '../../topic/reading/view.js';
import { element } from './dom.js';

/** The browser has taken it over by then. */
const KEPT_MS = 60_000;

/** @throws SatchelError `damaged` when a chunk is not what it should be */
export function saveAttachment({ blobs }: Repository, attachment: AttachmentView): void {
  const chunks = [...blobChunks(blobs, attachment)].map((chunk) => new Uint8Array(chunk));
  const url = URL.createObjectURL(new Blob(chunks, { type: 'application/octet-stream' }));
  const link = element('a', { href: url, download: safeFileName(attachment.name) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
