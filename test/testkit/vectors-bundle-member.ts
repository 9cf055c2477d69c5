// Bundles with a member that does not say what it should, listed with its right digest: contents, frontier, wants, proofs,
// padding (spec/bundle.md, "Contents", "Frontier", "Wants", "Proofs").
import { ADA_LOG, BOB_LOG } from './cast.js';
import { type BundleVector, badBundle, CHUNK, FULL, holdingsOf, SMALL } from './vectors-bundle.js';
import { forkProof } from './vectors-proof.js';
import { bytesOf, flip, join, sha256, u32, ZERO_ID } from './wire.js';
import { type BundleLies, bundle, type WireBundle } from './wire-bundle.js';
import { frontier, OPEN_END, type WireRecord, wants } from './wire-statement.js';
import type { WireMember } from './wire-tar.js';

/** All of them. */
export function memberVectors(): BundleVector[] {
  return [...placeVectors(), ...recordVectors(), ...statementVectors(), ...digestVectors(), ...hiddenVectors()];
}

function placeVectors(): BundleVector[] {
  const [first = 0] = (SMALL.segments ?? []).map(({ bytes }) => bytes.length);
  const all = (SMALL.segments ?? []).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return [
    record('offset-gap', 'a byte between two segments', 1, { offset: first + 1 }),
    record('offset-overlap', 'a segment that begins inside the one before', 1, { offset: first - 1 }),
    record('offset-same', 'two records for one place', 1, { offset: 0, length: first }),
    record('offset-not-zero', 'a byte before the first segment', 0, { offset: 1 }),
    record('offset-huge', 'a place of 2^64 - 1', 1, { offset: OPEN_END }),
    record('offset-beyond', 'a place behind the member', 3, { offset: all }),
    record('length-0', 'a segment of no bytes', 1, { length: 0 }),
    record('length-15', 'a segment shorter than any version has', 3, { length: 15 }),
    record('length-huge', 'a length of 2^64 - 1', 1, { length: OPEN_END }),
    record('length-beyond', 'the last segment ends behind the member', 3, { length: all }),
    record('length-short', 'the last segment ends before the member', 3, { length: 100 }),
    contents('order', 'the records in another order than the segments', (records) => records.toReversed()),
    contents('missing-record', 'a segment that has no record', (records) => records.slice(0, -1), {
      segments: 3,
      entries: 7,
    }),
    badBundle('contents-cut-off', 'half a record at the end', 'bad-manifest', {
      members: (members) => members.map((member) => (member.name === 'contents' ? cutBy(member, 48) : member)),
    }),
    badBundle('contents-and-a-half', 'half a record more', 'bad-manifest', {
      members: (members) => members.map((member) => (member.name === 'contents' ? longerBy(member, 48) : member)),
    }),
  ];
}

function recordVectors(): BundleVector[] {
  return [
    record('other-log', "a segment of Ada's told as Bob's", 1, { log: BOB_LOG.key.id }),
    record('other-first', 'a range that begins before', 1, { first: 0 }),
    record('other-end', 'a range that ends later', 1, { end: 7 }, { entries: 10 }),
    record('other-place', 'a range that is moved', 1, { first: 2, end: 7 }),
    record('other-id', 'another id at the end', 1, { id: sha256('another') }),
    record('zero-id', 'no id', 1, { id: ZERO_ID }),
    record('empty-range', 'a range of nothing', 1, { first: 1, end: 1 }),
    record('backwards', 'a range that ends before it begins', 1, { first: 6, end: 1 }),
    record('too-far', 'a range up to 2^48', 1, { end: 2 ** 48 }),
    record('far-beyond', 'a range up to 2^64 - 1', 1, { end: OPEN_END }),
    record('first-beyond', 'a range from 2^64 - 2', 1, { first: OPEN_END - 1n, end: OPEN_END }),
    contents('two-swapped', "two records' logs changed places", (records) => swapLogs(records)),
  ];
}

function statementVectors(): BundleVector[] {
  const held = frontier([{ log: ADA_LOG.key.id, ranges: [[0, 6, sha256('any')]] }]);
  const wanted = wants([{ root: sha256('a blob'), chunks: [[0, 3]] }]);
  const proof = forkProof('forked log', 3);
  const bad = (name: string, comment: string, spec: WireBundle) => badBundle(name, comment, 'bad-member', {}, spec);
  return [
    bad('frontier-cut-off', 'a frontier without its last byte', { frontier: held.subarray(0, -1) }),
    bad('frontier-log-twice', 'a log named twice', { frontier: join(held, held) }),
    bad('wants-cut-off', 'wants without their last byte', { wants: wanted.subarray(0, -1) }),
    bad('wants-blob-twice', 'a blob named twice', { wants: join(wanted, wanted) }),
    bad('proofs-cut-off', 'a proof without its last byte', { proofs: proof.subarray(0, -1) }),
    bad('proofs-cut-in-length', 'two bytes behind a proof', { proofs: join(proof, '\0\0') }),
    bad('proofs-two-sides-short', 'a proof that says it is longer than the member', { proofs: longerProof(proof) }),
    badBundle(
      'proofs-3145729',
      'a proof of more than 3 MiB',
      'over-limit',
      {},
      { proofs: join(u32(3_145_725), bytesOf(400)) },
    ),
    unproven('proofs-rotten', 'a proof whose signature is wrong', flip(proof, -9)),
    unproven('proofs-same-side', 'a proof of nothing: the same side twice', sameSide(proof)),
  ];
}

function digestVectors(): BundleVector[] {
  const other = (name: string) =>
    badBundle(
      `digest-${name}`,
      `${name} with another digest than the manifest lists`,
      'bad-member',
      otherDigest(name),
      FULL,
    );
  return [
    other('contents'),
    other('frontier'),
    other('wants'),
    other('proofs'),
    other('segments'),
    other('padding'),
    badBundle('digest-blob', 'another chunk than its name says', 'bad-member', replaced(/^blobs/, bytesOf(20, 1)), {
      blobs: [CHUNK],
    }),
    badBundle(
      'padding-not-zero',
      'something hidden in the padding',
      'bad-member',
      {
        members: (members) => members.map((member) => (member.name === 'padding' ? dirty(member) : member)),
      },
      FULL,
    ),
    badBundle(
      'padding-not-zero-first',
      'something hidden at the start of the padding',
      'bad-member',
      {
        members: (members) => members.map((member) => (member.name === 'padding' ? dirty(member, 0) : member)),
      },
      FULL,
    ),
    filled('long', 'something hidden at the end of a long padding', (zeros) => flip(zeros, -1)),
    filled('middle', 'something hidden in the middle of a long padding', (zeros) => flip(zeros, 1500)),
    filled('ones', 'a padding of all ones', (zeros) => bytesOf(zeros.length, 1)),
  ];
}

function filled(name: string, comment: string, change: (zeros: Uint8Array) => Uint8Array): BundleVector {
  const members: BundleLies['members'] = (honest) =>
    honest.map((member) => (member.name === 'padding' ? { ...member, content: change(member.content) } : member));
  return badBundle(`padding-not-zero-${name}`, comment, 'bad-member', { members }, { padding: 2000 });
}

/** A chunk may hold any bytes: what looks like a segment inside one is none. */
function hiddenVectors(): BundleVector[] {
  const [segment] = SMALL.segments ?? [];
  const spec = { blobs: [join('look: ', segment?.bytes ?? '')] };
  const bytes = bundle(spec);
  const name = 'good-segment-in-a-blob';
  const comment = 'a chunk with the bytes of a segment in it, which salvage passes over';
  return [{ name, comment, bytes, code: 'ok', holds: holdingsOf(spec, []), segments: [] }];
}

/** One record that lies; totals in the manifest are of the honest ones. */
function record(
  name: string,
  comment: string,
  index: number,
  lie: Partial<WireRecord>,
  totals: object = {},
): BundleVector {
  const change = (records: readonly WireRecord[]) => records.map((it, i) => (i === index ? { ...it, ...lie } : it));
  return contents(name, comment, change, totals);
}

function contents(
  name: string,
  comment: string,
  records: (records: readonly WireRecord[]) => readonly WireRecord[],
  totals: object = {},
): BundleVector {
  const manifest: BundleLies['manifest'] = (honest) => ({ ...honest, ...totals });
  return badBundle(`contents-${name}`, comment, 'bad-member', { records, manifest });
}

/** A bundle that is sound but for a proof that proves nothing. */
function unproven(name: string, comment: string, proofs: Buffer): BundleVector {
  const spec = { ...SMALL, proofs };
  const segments = SMALL.segments ?? [];
  const log = proofs.toString('hex', 4, 36);
  const holds = { ...holdingsOf(spec, segments), refused: [{ log, code: 'bad-chain' as const }] };
  return { name, comment, bytes: bundle(spec), code: 'refused', holds, segments };
}

function swapLogs(records: readonly WireRecord[]): WireRecord[] {
  const logs = records.map(({ log }) => log).toReversed();
  return records.map((it, i) => ({ ...it, log: logs[i] ?? it.log }));
}

function cutBy(member: WireMember, bytes: number): WireMember {
  return { ...member, content: member.content.subarray(0, -bytes) };
}

function longerBy(member: WireMember, bytes: number): WireMember {
  return { ...member, content: join(member.content, bytesOf(bytes)) };
}

function dirty(member: WireMember, at = -1): WireMember {
  return { ...member, content: flip(member.content, at) };
}

function longerProof(proof: Buffer): Buffer {
  return join(u32(proof.length), proof.subarray(4));
}

function sameSide(proof: Buffer): Buffer {
  const side = proof.subarray(44, 144);
  return join(proof.subarray(0, 44), side, side);
}

function otherDigest(name: string): BundleLies {
  const changed = { sha256: sha256('other').toString('hex') };
  return {
    manifest: (manifest) => ({
      ...manifest,
      members: manifest.members.map((member) => (member.name === name ? { ...member, ...changed } : member)),
    }),
  };
}

function replaced(name: RegExp, content: Buffer): BundleLies {
  return { archive: (members) => members.map((member) => (name.test(member.name) ? { ...member, content } : member)) };
}
