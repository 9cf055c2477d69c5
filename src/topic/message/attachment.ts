// What a message says of its attachments, and what counts of it (spec/message.md, "Attachments").
import { asBytes, asInteger, asList, asText, type Cbor } from '../../format/cbor/cbor.js';
import { type Digest, idBytes, readId } from '../../format/ids.js';
import { ATTACHMENTS_MAX, BLOB_MAX, FILE_NAME_MAX, MEDIA_TYPE_MAX } from '../../format/limits.js';
import type { BlobRef } from '../../format/log/meta.js';
import { type BlobSecret, sealedBlobSize } from '../../format/private/sealed-blob.js';

/** An attachment as the message's author describes it. */
export interface Attachment extends BlobRef {
  /** What the author called the file: 1 to 255 bytes of any text, not to be used as a path. */
  readonly name: string;
  /** Empty when the author did not say. */
  readonly mediaType: string;
  /** In a private topic: what the blob, whose size is a padded one, is encrypted with, and how long the file is. */
  readonly secret?: BlobSecret;
}

/** The value of a message's key 7. */
export function attachmentItems(attachments: readonly Attachment[]): Cbor {
  return attachments.map(({ root, size, name, mediaType, secret }) => [
    ...[idBytes(root), size, name, mediaType],
    ...(secret ? [secret.key, secret.size] : []),
  ]);
}

/** The attachments that a message's key 7 lists; undefined when it is not there, or in another form. */
export function attachmentsOf(value: Cbor | undefined): readonly Attachment[] | undefined {
  return allOf(value, (item) => attachmentOf(asList(item) ?? []));
}

/** The same of a private topic, whose items have two more parts. */
export function sealedAttachmentsOf(value: Cbor | undefined): readonly Attachment[] | undefined {
  return allOf(value, sealedAttachmentOf);
}

function allOf(
  value: Cbor | undefined,
  read: (item: Cbor) => Attachment | undefined,
): readonly Attachment[] | undefined {
  const items = asList(value);
  if (!items || items.length === 0 || items.length > ATTACHMENTS_MAX) return undefined;
  const attachments = items.map(read);
  return attachments.every((one) => one !== undefined) ? (attachments as Attachment[]) : undefined;
}

/** Those of a message's attachments that its clear metadata names too, at the same place: no others have ever travelled. */
export function countingAttachments(
  said: readonly Attachment[] | undefined,
  blobs: readonly BlobRef[] | undefined,
): readonly Attachment[] {
  if (!said || !blobs) return [];
  return said.filter(({ root, size }, i) => blobs[i]?.root === root && blobs[i]?.size === size);
}

function sealedAttachmentOf(item: Cbor): Attachment | undefined {
  const fields = asList(item) ?? [];
  const attachment = attachmentOf(fields.slice(0, -2));
  const key = asBytes(fields[4], 32);
  const size = asInteger(fields[5]);
  if (!attachment || !key || size === undefined || sealedBlobSize(size) !== attachment.size) return undefined;
  return { ...attachment, secret: { key: Buffer.from(key), size } };
}

function attachmentOf(fields: readonly Cbor[]): Attachment | undefined {
  const root = asBytes(fields[0], 32);
  const size = asInteger(fields[1]);
  const name = textUpTo(fields[2], FILE_NAME_MAX);
  const mediaType = textUpTo(fields[3], MEDIA_TYPE_MAX);
  if (fields.length !== 4 || !root || size === undefined || size > BLOB_MAX) return undefined;
  if (!name || mediaType === undefined) return undefined;
  return { root: readId<Digest>(root), size, name, mediaType };
}

function textUpTo(item: Cbor | undefined, most: number): string | undefined {
  const text = asText(item);
  return text !== undefined && Buffer.byteLength(text) <= most ? text : undefined;
}
