// The items that a bundle is made of, as `inspect --text` tells them one after the other (spec/cli.md, "inspect --text").
import type { DeviceKey, Digest, EntryId, LogId, PersonId, TopicId } from '../../format/ids.js';
import type { Continuation } from '../../format/log/introduction.js';
import type { Meta, Range } from '../../format/log/meta.js';
import type { Attachment } from '../../topic/message/attachment.js';
import type { Cited } from '../../topic/message/message.js';

/** One item; all of them together hold every bit of the bundle that is not given by the others. */
export type Item =
  | { readonly type: 'member'; readonly name: string; readonly size: number }
  | { readonly type: 'manifest'; readonly text: string; readonly signature: string }
  | FrontierItem
  | WantItem
  | { readonly type: 'proof'; readonly log: LogId; readonly length: number }
  | SegmentItem
  | IntroductionItem
  | EntryItem
  | HeadItem
  | RefusedItem
  | BlobItem
  | { readonly type: 'bytes'; readonly of: string; readonly offset: number; readonly hex: string };

/** What the maker says it holds of a log; `end` is null for "send me no more". */
export interface FrontierItem {
  readonly type: 'frontier';
  readonly log: LogId;
  readonly ranges: readonly { readonly from: number; readonly end: number | null; readonly id: EntryId }[];
}

/** What the maker lacks of a blob: ranges of chunks, or null for all of it; `root` is null for more that is not told. */
export interface WantItem {
  readonly type: 'want';
  readonly root: Digest | null;
  readonly chunks: readonly Range[] | null;
}

/** A run of entries; its entries follow, then its heads. */
export interface SegmentItem {
  readonly type: 'segment';
  readonly log: LogId;
  readonly from: number;
  readonly to: number;
  /** Id of the entry before it. */
  readonly previous: EntryId;
  readonly codec: 'none' | 'brotli';
  /** Bytes as stored, and of the body after decompression. */
  readonly size: number;
  readonly raw: number;
}

/** What every entry has. */
export interface EntryPlace {
  readonly log: LogId;
  readonly seq: number;
  readonly id: EntryId;
  /** Clear metadata as understood. */
  readonly meta: Meta;
  /** The metadata as hex, when that is not all of it. */
  readonly metaHex: string | null;
  /** A critical key says that a later version is needed to understand it. */
  readonly needsNewer: boolean;
}

/** Entry 0, when it is a valid introduction. */
export interface IntroductionItem extends EntryPlace {
  readonly type: 'introduction';
  readonly topic: TopicId;
  readonly label: string;
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** Self-chosen. */
  readonly name: string;
  readonly card: string;
  readonly after: Continuation | null;
  readonly signature: string;
  /** The whole payload, when it holds more than that. */
  readonly rest: Content | null;
}

/** Any other entry. */
export interface EntryItem extends EntryPlace {
  readonly type: 'entry';
  /** Bytes of the payload. */
  readonly size: number;
  /** SHA-256 of the payload, when it was dropped. */
  readonly dropped: string | null;
  /** What it is, where what it says is sealed for the members of a private topic. */
  readonly sealed: 'introduction' | 'message' | 'control' | 'acknowledgement' | null;
  readonly message: MessageInside | null;
  /** The whole payload, when the message does not say all of it. */
  readonly rest: Content | null;
}

/** A payload that is a message. */
export interface MessageInside {
  /** ISO 8601, or null for a time that no calendar has. */
  readonly time: string | null;
  readonly clock: number;
  readonly type: string;
  readonly text: string | null;
  readonly deps: readonly Cited[];
  /** Index in `deps` of the message it replies to. */
  readonly reply: number | null;
  readonly attachments: readonly Attachment[];
  readonly key: string | null;
  readonly salt: string | null;
}

/** A statement signed by the log's key, and whether it is. */
export interface HeadItem {
  readonly type: 'head';
  readonly log: LogId;
  readonly length: number;
  readonly signature: string;
  readonly valid: boolean;
}

/** A segment or proof that is not valid by itself; its bytes follow. */
interface RefusedItem {
  readonly type: 'refused';
  readonly log: LogId;
  readonly code: string;
  readonly message: string;
}

/** A chunk of an attachment, or a list of chunks. */
interface BlobItem {
  readonly type: 'blob';
  readonly digest: Digest;
  readonly size: number;
  /** For a chunk list, the size of the attachment whose root is `digest`; a chunk can look like one. */
  readonly lists: number | null;
  readonly content: Content;
}

/** Bytes as text where they are text, as CBOR notation where they are CBOR, else as hex. */
export interface Content {
  readonly form: 'text' | 'cbor' | 'hex';
  readonly value: string;
}
