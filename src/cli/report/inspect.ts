// Everything that is in a bundle, item by item and nothing left out, so that a guard can judge what crosses
// (spec/cli.md, "inspect --text"). Memory does not grow with the bundle.

import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { Frontier } from '../../format/bundle/frontier.js';
import { signatureOffset } from '../../format/bundle/members.js';
import { type Bundle, memberOf, openBundle } from '../../format/bundle/reader.js';
import { TAR_BLOCK } from '../../format/bundle/tar.js';
import type { Wants } from '../../format/bundle/wants.js';
import type { EntryId } from '../../format/ids.js';
import { decodeChunkList } from '../../format/log/blob.js';
import { verifyHead } from '../../format/log/head.js';
import { isIntroductionAlone } from '../../format/log/introduction.js';
import { CODEC_NONE, type Segment, walkSegment } from '../../format/log/segment.js';
import { type ByteSource, readExactly } from '../../format/source.js';
import { type BundleDocument, listMembers, summarizeBundle } from './bundle-summary.js';
import { contentOf, entryItem } from './inspect-entry.js';
import type { Item } from './inspect-item.js';

type Emit = (item: Item) => void;

const STEP = 4_096;
const SIGNATURE_SIZE = 64;

/**
 * Emits all items while it verifies the bundle, and says at the end what `verify` says.
 * @throws SatchelError as `verifyBundle`; what was emitted before came from segments that are valid by themselves
 */
export function inspectBundle(source: ByteSource, emit: Emit): BundleDocument {
  const bundle = openBundle(source);
  emitFront(bundle, emit);
  const emitProofs = once(() => emitMember(bundle, 'proofs', emit));
  return summarizeBundle(source, {
    frontier: (frontier) => emitFrontier(frontier, emit),
    wants: (wants) => emitWants(wants, emit),
    proof: ({ log, length }) => {
      emitProofs();
      emit({ type: 'proof', log, length });
    },
    segment: (segment) => emitSegment(segment, emit),
    refused: ({ log, code, message }, record) => {
      if (!record) emitProofs();
      emit({ type: 'refused', log, code, message });
      if (record) emitRecord(bundle, record, emit);
    },
    blob: (digest, bytes) => {
      const lists = decodeChunkList(bytes)?.size ?? null;
      emit({ type: 'blob', digest, size: bytes.length, lists, content: contentOf(bytes) });
    },
  });
}

function emitFront({ source, manifest }: Bundle, emit: Emit): void {
  const members = listMembers(source, manifest.members);
  for (const { name, size } of members) emit({ type: 'member', name, size });
  const size = members[0]?.size ?? 0;
  const text = readExactly(source, TAR_BLOCK, size).toString('utf8').trimEnd();
  const signature = readExactly(source, signatureOffset(size), SIGNATURE_SIZE).toString('hex');
  emit({ type: 'manifest', text, signature });
}

function emitFrontier(frontier: Frontier, emit: Emit): void {
  for (const [log, ranges] of frontier) {
    const listed = ranges.map(({ from, end, id }) => ({ from, end: Number.isFinite(end) ? end : null, id }));
    emit({ type: 'frontier', log, ranges: listed });
  }
}

function emitWants({ blobs, isCut }: Wants, emit: Emit): void {
  for (const [root, missing] of blobs) emit({ type: 'want', root, chunks: missing.length > 0 ? missing : null });
  if (isCut) emit({ type: 'want', root: null, chunks: null });
}

function emitSegment(segment: Segment, emit: Emit): void {
  const { log, first, count, previous, codec, length, rawLength } = segment;
  const words = { codec: codec === CODEC_NONE ? 'none' : 'brotli', size: length, raw: rawLength } as const;
  emit({ type: 'segment', log, from: first, to: first + count, previous, ...words });
  const isAlone = isIntroductionAlone(segment);
  const lengths = new Set(segment.heads.map((head) => head.length));
  const ids = new Map<number, EntryId>();
  walkSegment(segment, (seq, entry, { id }) => {
    emit(entryItem({ log, seq, id, isAlone }, entry));
    if (lengths.has(seq + 1)) ids.set(seq + 1, id);
  });
  for (const head of segment.heads) {
    const id = ids.get(head.length);
    const valid = id !== undefined && verifyHead(log, head, id);
    emit({ type: 'head', log, length: head.length, signature: head.signature.toString('hex'), valid });
  }
}

/** The bytes of a segment that is not valid, or not understood: they cross all the same. */
function emitRecord(bundle: Bundle, record: ContentsRecord, emit: Emit): void {
  const at = (memberOf(bundle, 'segments')?.offset ?? 0) + record.offset;
  emitBytes(bundle.source, { of: `refused segment of log ${record.log}`, at, size: record.length }, emit);
}

function emitMember(bundle: Bundle, name: string, emit: Emit): void {
  const member = memberOf(bundle, name);
  if (member) emitBytes(bundle.source, { of: `member ${name}`, at: member.offset, size: member.size }, emit);
}

function emitBytes(source: ByteSource, place: { of: string; at: number; size: number }, emit: Emit): void {
  for (let offset = 0; offset < place.size; offset += STEP) {
    const bytes = readExactly(source, place.at + offset, Math.min(STEP, place.size - offset));
    emit({ type: 'bytes', of: place.of, offset, hex: bytes.toString('hex') });
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
