// Files that a message is to bring: looked at before anything is asked, then stored chunk by chunk (spec/cli.md, "post").

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { ATTACHMENTS_MAX } from '../../../format/limits.js';
import { sealedBlob } from '../../../format/private/sealed-blob.js';
import { disk } from '../../../repository/disk.js';
import type { BlobStore } from '../../../repository/store/blobs.js';
import { assertBlobSize, storingBlob } from '../../../repository/store/store-blob.js';
import { type OpenFile, openFile } from '../../../sync/import/source.js';
import type { Attachment } from '../../../topic/message/attachment.js';
import { Interrupted } from '../../terminal/interrupt.js';
import { attachmentName } from './file-name.js';
import { mediaTypeOf } from './media-type.js';

/** Between two chunks. */
export interface Between {
  /** Told how far a file is. */
  onStored?(file: string, doneBytes: number, sizeBytes: number): void;
  /** For a private topic: encrypted, each under a key of its own. */
  readonly isSealed?: boolean;
  /** Asked whether to go on. */
  readonly signal?: AbortSignal;
}

/**
 * Checks that all of them can be attached, as far as can be told without reading them.
 * @throws SatchelError `usage` for too many, `not-a-file`, `io`, `too-large`
 */
export async function assertAttachable(files: readonly string[]): Promise<void> {
  if (files.length > ATTACHMENTS_MAX) {
    throw new SatchelError('usage', `${files.length} files, a message brings at most ${ATTACHMENTS_MAX}`, {
      hint: 'post several messages, or put the files into an archive',
    });
  }
  for (const file of files) await withFile(file, () => {});
}

/**
 * Stores the files, durably; what is stored already is not written again.
 * @throws SatchelError as {@link assertAttachable}, `changed`, `no-space`; Interrupted when the signal came
 */
export async function storeAttachments(
  store: BlobStore,
  files: readonly string[],
  between: Between = {},
): Promise<readonly Attachment[]> {
  await assertAttachable(files);
  const attachments: Attachment[] = [];
  for (const file of files) attachments.push(await storeFile(store, file, between));
  return attachments;
}

function storeFile(store: BlobStore, file: string, { onStored, signal, isSealed }: Between): Promise<Attachment> {
  return withFile(file, async (source) => {
    const secret = isSealed ? { key: randomBytes(BLOB_KEY), size: source.size } : undefined;
    const steps = storingBlob(store, secret ? sealedBlob(source, secret.key) : source);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      onStored?.(file, step.value, source.size);
      // lets a signal be noticed
      await new Promise(setImmediate);
      if (signal?.aborted) throw new Interrupted();
    }
    if (source.hasChanged()) throw changed();
    const name = attachmentName(path.basename(path.resolve(file)));
    return { ...step.value, name, mediaType: await mediaTypeOf(name), ...(secret && { secret }) };
  });
}

async function withFile<T>(file: string, work: (source: OpenFile) => T | Promise<T>): Promise<T> {
  try {
    const source = openFile(targetOf(file));
    try {
      assertBlobSize(source.size);
      return await work(source);
    } finally {
      source.close();
    }
  } catch (error) {
    throw error instanceof SatchelError ? named(error, file) : error;
  }
}

/** What a link of the user's own leads to. */
function targetOf(file: string): string {
  try {
    return disk.realPath(file);
  } catch {
    return file;
  }
}

function named({ code, message, hint, cause }: SatchelError, file: string): SatchelError {
  const text = message.includes(file) ? message : `${file}: ${message}`;
  return new SatchelError(code, text, { cause, ...(hint !== undefined && { hint }) });
}

function changed(): SatchelError {
  return new SatchelError('changed', 'it changed while it was read', { hint: 'do it again when nobody writes to it' });
}

/** Bytes of the key of an attachment. */
const BLOB_KEY = 32;
