// Identifiers in memory: branded lower-case hex strings of 64 digits (spec/README.md, "Conventions").
type Brand<T extends string> = string & { readonly __brand: T };

/** A log's verifying key. */
export type LogId = Brand<'log'>;
/** The hash that chains an entry to all before it. */
export type EntryId = Brand<'entry'>;
/** The hash of a person's founding record. */
export type PersonId = Brand<'person'>;
/** A device's verifying key. */
export type DeviceKey = Brand<'device'>;
/** A topic's id: a hash of its name, or random. */
export type TopicId = Brand<'topic'>;
/** An epoch's id: a hash over its two secrets. */
export type EpochId = Brand<'epoch'>;
/** A SHA-256 of some content. */
export type Digest = Brand<'digest'>;
/** The hash of a statement about a private topic. */
export type StatementId = Brand<'statement'>;
/** Any of the identifiers. */
export type AnyId = LogId | EntryId | PersonId | DeviceKey | TopicId | EpochId | Digest | StatementId;

/** The id before a log's first entry: 32 zero bytes. */
export const NO_ENTRY = '0'.repeat(64) as EntryId;

/** The 32 bytes at `offset` as an id. */
export function readId<T extends AnyId>(bytes: Uint8Array, offset = 0): T {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, 32).toString('hex') as T;
}

/** The 32 bytes of an id. */
export function idBytes(id: AnyId): Buffer {
  return Buffer.from(id, 'hex');
}

/** The first ten digits: what people see. */
export function shortId(id: AnyId): string {
  return id.slice(0, 10);
}
