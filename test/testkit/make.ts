// Segments and bundles with real keys, made by the encoders under test; wire*.ts builds the same without them.
import { hash } from 'node:crypto';
import { type ContentsRecord, encodeContents } from '../../src/format/bundle/contents.js';
import { type ManifestDraft, type MemberBytes, packBundle } from '../../src/format/bundle/layout.js';
import { type DeviceKey, type EntryId, type LogId, NO_ENTRY, readId } from '../../src/format/ids.js';
import type { BodyEntry } from '../../src/format/log/body.js';
import { Chain } from '../../src/format/log/chain.js';
import { type Head, headMessage } from '../../src/format/log/head.js';
import { encodeSegment, runOf, type StoreOptions } from '../../src/format/log/segment-build.js';
import { sha256Latin1 } from '../../src/format/platform.js';
import { publicKeyOf, sign } from '../../src/format/signature/signature.js';

/** A log key and what it signed so far. */
export interface MadeLog {
  readonly log: LogId;
  readonly seed: Buffer;
  /** Ids by length: `ids[n]` is that of entry n-1. */
  readonly ids: readonly EntryId[];
  readonly entries: readonly BodyEntry[];
}

/** A segment with its claim; `offset` counts only from its own log's first segment until it is in a bundle. */
export interface MadeSegment {
  readonly bytes: Buffer;
  readonly record: ContentsRecord;
  readonly rawLength: number;
}

/** 32 bytes that follow from the label. */
export function seedOf(label: string): Buffer {
  return Buffer.from(hash('sha256', `seed of ${label}`), 'hex');
}

/** A log with these payloads. */
export function makeLog(label: string, payloads: readonly (string | Buffer)[]): MadeLog {
  const seed = seedOf(label);
  const log = readId<LogId>(publicKeyOf(seed));
  const entries = payloads.map((payload) => entryOf(Buffer.from(payload as string)));
  const chain = new Chain(log, NO_ENTRY);
  const ids = [NO_ENTRY];
  for (const [seq, { payloadLength, payloadHash, meta }] of entries.entries()) {
    chain.add(seq, payloadLength, payloadHash, meta);
    ids.push(chain.id);
  }
  return { log, seed, ids, entries };
}

/** The log key's head at `length`. */
export function makeHead({ log, seed, ids }: MadeLog, length: number): Head {
  return { length, signature: sign(seed, headMessage(log, length, ids[length] ?? NO_ENTRY)) };
}

/** The entries [first, end) of the log as one segment with one head. */
export function makeSegment(made: MadeLog, first: number, end: number, options: StoreOptions = {}): MadeSegment {
  const { log, ids, entries } = made;
  const previous = ids[first] ?? NO_ENTRY;
  const run = runOf({ log, first, previous }, entries.slice(first, end), [makeHead(made, end)]);
  const bytes = encodeSegment(run, options);
  const id = ids[end] ?? NO_ENTRY;
  return { bytes, record: { log, first, end, id, offset: 0, length: bytes.length }, rawLength: run.raw.length };
}

/** The log cut into segments of so many entries. */
export function makeSegments(made: MadeLog, size: number, options: StoreOptions = {}): MadeSegment[] {
  const segments: MadeSegment[] = [];
  for (let first = 0; first < made.entries.length; first += size) {
    segments.push(makeSegment(made, first, Math.min(first + size, made.entries.length), options));
  }
  return segments;
}

/** The members `contents` and `segments`. */
function segmentMembers(segments: readonly MadeSegment[]): MemberBytes[] {
  if (segments.length === 0) return [];
  return [
    { name: 'contents', bytes: encodeContents(recordsOf(segments)) },
    { name: 'segments', bytes: Buffer.concat(segments.map(({ bytes }) => bytes)) },
  ];
}

/** The records of segments that lie back to back. */
export function recordsOf(segments: readonly MadeSegment[]): ContentsRecord[] {
  let offset = 0;
  return segments.map(({ record }) => {
    const placed = { ...record, offset };
    offset += record.length;
    return placed;
  });
}

/** A chunk as a member. */
export function blobMember(bytes: Buffer): MemberBytes {
  return { name: `blobs/${hash('sha256', bytes)}`, bytes };
}

/** The seed that signs made bundles. */
export const DEVICE_SEED: Buffer = seedOf('device');

/** What the manifest of a bundle with these segments says. */
export function draftOf(segments: readonly MadeSegment[], changes: Partial<ManifestDraft> = {}): ManifestDraft {
  return {
    key: readId<DeviceKey>(publicKeyOf(DEVICE_SEED)),
    epoch: '0123456789abcdef'.repeat(2),
    serial: 7,
    created: Date.UTC(2025, 0, 2, 3, 4, 5, 678),
    for: [],
    logs: new Set(segments.map(({ record }) => record.log)).size,
    segments: segments.length,
    entries: segments.reduce((sum, { record }) => sum + record.end - record.first, 0),
    raw: segments.reduce((sum, { rawLength }) => sum + rawLength, 0),
    ...changes,
  };
}

/** What else goes into a made bundle. */
export interface BundleExtras {
  readonly frontier?: Buffer;
  readonly wants?: Buffer;
  readonly proofs?: Buffer;
  readonly blobs?: readonly Buffer[];
  /** Bytes of padding. */
  readonly padding?: number;
  readonly draft?: Partial<ManifestDraft>;
  /** Signs it, if not the made device; its key has to be that of the draft. */
  readonly seed?: Buffer;
}

/** All members in their order, without the empty ones. */
export function membersOf(segments: readonly MadeSegment[], extras: BundleExtras = {}): MemberBytes[] {
  const [contents, body] = segmentMembers(segments);
  const all: (MemberBytes | undefined)[] = [
    contents,
    { name: 'frontier', bytes: extras.frontier ?? Buffer.alloc(0) },
    { name: 'wants', bytes: extras.wants ?? Buffer.alloc(0) },
    { name: 'proofs', bytes: extras.proofs ?? Buffer.alloc(0) },
    body,
    ...(extras.blobs ?? []).map(blobMember),
    { name: 'padding', bytes: Buffer.alloc(extras.padding ?? 0) },
  ];
  return all.filter((member) => member !== undefined).filter(({ bytes }) => bytes.length > 0);
}

/** A whole bundle. */
export function makeBundle(segments: readonly MadeSegment[], extras: BundleExtras = {}): Buffer {
  return Buffer.concat([
    ...packBundle(draftOf(segments, extras.draft), membersOf(segments, extras), extras.seed ?? DEVICE_SEED),
  ]);
}

function entryOf(payload: Buffer): BodyEntry {
  return { meta: Buffer.alloc(0), payloadLength: payload.length, payload, payloadHash: sha256Latin1(payload) };
}
