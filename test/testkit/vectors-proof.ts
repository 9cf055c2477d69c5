// Vectors of proofs of a contradiction (spec/bundle.md, "Proofs"): what is one, and what freezes nothing.
import type { ErrorCode } from '../../src/format/error.js';
import { forkedLogs } from './cast.js';
import { compact } from './compact.js';
import type { BytesVector } from './vector.js';
import { bytesOf, flip, join, patch, sha256, u16, u32, wireKey, ZERO_ID } from './wire.js';
import { chainOf, type WireLog } from './wire-segment.js';
import { branch, proof, type WireBranch } from './wire-statement.js';

/** A proof; when it can be read, whether it proves anything, and what. */
export interface ProofVector extends BytesVector {
  readonly valid?: boolean;
  readonly log?: string;
  /** The length at which there are two ids; entries from one below it on are frozen. */
  readonly length?: number;
  readonly ids?: readonly [string, string];
  /** Entries between the two ids and their heads. */
  readonly links?: readonly [number, number];
}

/** All of them. */
export function proofVectors(): ProofVector[] {
  return [...provingVectors(), ...emptyVectors(), ...malformedVectors(), ...limitVectors()];
}

/** An honest proof that the log of `key` forked at length `s`. */
export function forkProof(label: string, s: number): Buffer {
  const [left, right] = forkedLogs(wireKey(label), s - 1);
  return proof(left.key.id, s, [branch(sideOf(left, s)), branch(sideOf(right, s))]);
}

function provingVectors(): ProofVector[] {
  const odd = { ...sideOf(LONG, 3), links: [{ payload: bytesOf(65_536), meta: bytesOf(512, 1) }] };
  return [
    proves('two-heads', 'a head at the very place on both sides', 3, [sideOf(LEFT, 3), sideOf(RIGHT, 3)]),
    proves('links-on-one-side', 'one past is longer', 3, [sideOf(LEFT, 3), sideOf(LONG, 3)]),
    proves('links-on-both-sides', 'both go on', 3, [sideOf(LONGER, 3), sideOf(LONG, 3)]),
    proves('other-order', 'the sides are not ordered', 3, [sideOf(LONG, 3), sideOf(LEFT, 3)]),
    proves('first-entry', 'two introductions: frozen from the start', 1, [sideOf(NEW, 1), sideOf(OTHER, 1)]),
    proves('highest', 'at the length 2^48 - 1', TOP, [far('left'), far('right')]),
    proves('largest-link', 'payload and metadata at their limits', 3, [sideOf(LEFT, 3), odd]),
    proves('not-the-lowest', 'they differ before too: frozen at what is proven', 4, [
      sideOf(LONG, 4),
      sideOf(LONGER, 4),
    ]),
  ];
}

function emptyVectors(): ProofVector[] {
  const stranger = wireKey('somebody else');
  const left = sideOf(LEFT, 3);
  const right = sideOf(RIGHT, 3);
  const signed = branch(left).subarray(-64);
  const short = { ...sideOf(LONG, 3), links: sideOf(LONG, 3).links?.slice(1) ?? [] };
  const longSignature = branch(sideOf(LONG, 3)).subarray(-64);
  return [
    fails('same-side-twice', 'no contradiction', 3, [left, left]),
    fails('prefix', 'one past continues the other', 3, [sideOf(LONG, 3), { ...sideOf(LONG, 3), links: [] }]),
    fails('other-signer', 'one side signed by another key', 3, [left, { ...right, key: { ...stranger, id: KEY.id } }]),
    fails('unsigned-id', 'an id that the signature is not about', 3, [left, { ...right, signature: signed }]),
    fails('rotten', 'one bit of a signature', 3, [left, { ...right, signature: flip(branch(right).subarray(-64), 9) }]),
    fails('zero-signature', 'no signature', 3, [left, { ...right, signature: bytesOf(64) }]),
    fails('link-missing', 'a head that is one entry further', 3, [left, { ...short, signature: longSignature }]),
    fails('forged-link', 'metadata that the author did not write', 3, [left, forgedLink(longSignature)]),
    failsBytes('other-length', 'the ids stand at another length', 4, proof(KEY.id, 4, [branch(left), branch(right)])),
    failsBytes(
      'other-log',
      "somebody else's log is not frozen by it",
      3,
      proof(stranger.id, 3, [branch(left), branch(right)]),
    ),
  ];
}

function malformedVectors(): ProofVector[] {
  const left = branch(sideOf(LEFT, 3));
  const right = branch(sideOf(LONG, 3));
  const whole = proof(KEY.id, 3, [left, right]);
  const lie = (by: number) => proof(KEY.id, 3, [left, right], { length: whole.length - 4 + by });
  const wide = branch({ ...sideOf(RIGHT, 3), links: [{ meta: bytesOf(300) }] });
  const counted = (count: number) => branch({ ...sideOf(LONG, 3), count });
  return [
    bad('no-bytes', 'nothing at all', Buffer.alloc(0)),
    bad('cut-in-length', 'three bytes', whole.subarray(0, 3)),
    bad('cut-by-one', 'the last byte is missing', whole.subarray(0, -1)),
    bad('one-byte-more', 'one byte behind the second side', join(whole, '\0')),
    bad('length-short', 'says one byte less', lie(-1)),
    bad('length-long', 'says one byte more', lie(1)),
    bad('length-0', 'says it has no bytes', u32(0)),
    bad('one-side', 'half a proof', proof(KEY.id, 3, [left])),
    bad('three-sides', 'two are compared, not three', proof(KEY.id, 3, [left, right, left])),
    bad('links-too-few', 'says one link less', proof(KEY.id, 3, [left, counted(1)])),
    bad('link-cut-off', 'metadata that leaves no room for the second link', stretched(0, 70)),
    bad('link-metadata-cut-off', 'metadata that runs past the proof', stretched(0, 110)),
    bad('signature-cut-off', 'metadata that leaves no room for the signature', stretched(1, 60)),
    bad('second-side-cut-off', 'a second side of 50 bytes', proof(KEY.id, 3, [wide, left.subarray(0, 50)])),
    bad('links-huge', 'says 2^32 - 1 links', proof(KEY.id, 3, [left, counted(2 ** 32 - 1)])),
    bad(
      'at-0',
      'before the first entry there is nothing to differ',
      proof(KEY.id, 0, [left, branch(sideOf(RIGHT, 3))]),
    ),
    bad('at-2-48', 'at a length that no log reaches', proof(KEY.id, TOP + 1, [left, branch(sideOf(RIGHT, 3))])),
    bad('links-beyond-2-48', 'links that lead where no log gets', proof(KEY.id, TOP, [left, right])),
  ];
}

function limitVectors(): ProofVector[] {
  const over = (name: string, comment: string, bytes: Buffer): ProofVector => ({
    name: `proof-${name}`,
    comment,
    bytes: compact(bytes),
    code: 'over-limit' satisfies ErrorCode,
  });
  const whole = proof(KEY.id, 3, [branch(sideOf(LEFT, 3)), branch(sideOf(LONG, 3))]);
  const linkAt = whole.length - 64 - 2 * 38;
  return [
    proves('3145728', 'as large as one can be', 3, [sideOf(LEFT, 3), { ...sideOf(RIGHT, 3), links: filling(0) }]),
    over(
      '3145729',
      'one byte more',
      proof(KEY.id, 3, [branch(sideOf(LEFT, 3)), branch({ ...sideOf(RIGHT, 3), links: filling(1) })]),
    ),
    over('length-huge', 'says it has 2^32 - 1 bytes', join(u32(2 ** 32 - 1), whole.subarray(4))),
    over('payload-65537', 'a link of one byte too many', patch(whole, linkAt, u32(65_537))),
    over('metadata-513', 'a link with one byte too many', longMeta()),
  ];
}

/** A proof whose second side has two links, one of which says it has so much metadata; the bytes stay as they are. */
function stretched(index: number, metaLength: number): Buffer {
  const whole = proof(KEY.id, 3, [branch(sideOf(LEFT, 3)), branch(sideOf(LONG, 3))]);
  return patch(whole, whole.length - 64 - (2 - index) * 38 + 36, u16(metaLength));
}

/** Links that fill a proof up to the limit and `more` bytes beyond. */
function filling(more: number): { meta: Buffer }[] {
  const left = 3_145_728 - (4 + 40 + 2 * 100) + more;
  const full = Math.floor(left / 550) - 1;
  const rest = left - full * 550 - 2 * 38;
  const half = Math.floor(rest / 2);
  const metas = [...Array.from({ length: full }, () => 512), half, rest - half];
  return metas.map((size) => ({ meta: bytesOf(size, 0x6d) }));
}

function longMeta(): Buffer {
  const side = { ...sideOf(LEFT, 3), links: [{ meta: bytesOf(513) }] };
  return proof(KEY.id, 3, [branch(sideOf(RIGHT, 3)), branch(side)]);
}

function forgedLink(signature: Buffer): WireBranch {
  const side = sideOf(LONG, 3);
  return { ...side, links: (side.links ?? []).map((entry) => ({ ...entry, meta: Buffer.of(1) })), signature };
}

function proves(name: string, comment: string, s: number, sides: readonly [WireBranch, WireBranch]): ProofVector {
  const [one, other] = sides;
  return {
    ...failsBytes(name, comment, s, proof(one.key.id, s, [branch(one), branch(other)])),
    valid: true,
    ids: [hex(one.id), hex(other.id)],
    links: [one.links?.length ?? 0, other.links?.length ?? 0],
  };
}

/** Well-formed, and proves nothing. */
function fails(name: string, comment: string, s: number, sides: readonly [WireBranch, WireBranch]): ProofVector {
  return failsBytes(name, comment, s, proof(KEY.id, s, sides.map(branch)));
}

function failsBytes(name: string, comment: string, length: number, bytes: Buffer): ProofVector {
  const log = hex(bytes.subarray(4, 36));
  return { name: `proof-${name}`, comment, bytes: compact(bytes), code: 'ok', valid: false, log, length };
}

function bad(name: string, comment: string, bytes: Buffer): ProofVector {
  return { name: `proof-${name}`, comment, bytes: compact(bytes), code: 'bad-member' };
}

/** What a log says from its length `s` on. */
function sideOf(log: WireLog, s: number): WireBranch {
  return { key: log.key, s, id: log.ids[s - 1] ?? ZERO_ID, links: log.entries.slice(s) };
}

function far(label: string): WireBranch {
  const run = { key: KEY, first: TOP - 1, previous: sha256('before'), entries: [{ payload: Buffer.from(label) }] };
  return { key: KEY, s: TOP, id: chainOf(run)[0] ?? ZERO_ID };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const KEY = wireKey('forked log');
const TOP = 2 ** 48 - 1;
const [LEFT, RIGHT] = forkedLogs(KEY, 2);
const [LONGER, LONG] = forkedLogs(KEY, 2, { left: 2, right: 3 });
const [NEW, OTHER] = forkedLogs(KEY, 0);
