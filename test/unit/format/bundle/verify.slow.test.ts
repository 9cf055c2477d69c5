import { describe, expect, test } from 'vitest';
import { type ContentsRecord, encodeContents } from '../../../../src/format/bundle/contents.js';
import { decodeFrontier } from '../../../../src/format/bundle/frontier.js';
import { type MemberBytes, packBundle } from '../../../../src/format/bundle/layout.js';
import { type BundleMember, openBundle, readContents, readSegmentAt } from '../../../../src/format/bundle/reader.js';
import { type BundleVisitor, verifyBundle } from '../../../../src/format/bundle/verify.js';
import { SatchelError } from '../../../../src/format/error.js';
import type { EntryId, LogId } from '../../../../src/format/ids.js';
import { decodeProof } from '../../../../src/format/log/proof.js';
import { decodeSegmentHeader, SEGMENT_PREFIX_SIZE } from '../../../../src/format/log/segment.js';
import { type ByteSource, sourceOf } from '../../../../src/format/source.js';
import {
  type BundleExtras,
  DEVICE_SEED,
  draftOf,
  type MadeSegment,
  makeBundle,
  makeLog,
  makeSegment,
  makeSegments,
  membersOf,
  recordsOf,
  seedOf,
} from '../../../testkit/make.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { ADA, BOB, EXTRAS, FRONTIER, fullBundle, PROOF, SEGMENTS, WANTS } from '../../../testkit/samples.js';

describe('a sound bundle', () => {
  test('is summed up', () => {
    const file = fullBundle();
    const summary = verifyBundle(sourceOf(file));
    expect(summary).toMatchObject({ segments: 6, entries: 12, blobs: 2, bytes: file.length, refused: [] });
    expect(summary.members.map(({ name }) => name.slice(0, 8))).toEqual(
      ['contents', 'frontier', 'wants', 'proofs', 'segments', 'blobs/', 'blobs/', 'padding'].map((name) =>
        expect.stringMatching(`^${name}`),
      ),
    );
    expect(summary.logs).toEqual(byLog([range(ADA.log, 0, 10), range(BOB.log, 0, 2)]));
  });

  test('shows everything to a visitor, in order', () => {
    const seen: string[] = [];
    verifyBundle(sourceOf(fullBundle()), visitorThat(seen));
    expect(seen).toEqual([
      `frontier ${decodeFrontier(FRONTIER).size}`,
      'wants 2',
      `proof ${decodeProof(PROOF).log}`,
      ...SEGMENTS.map(({ record }) => `segment ${record.log} ${record.end} ${record.id}`),
      ...(EXTRAS.blobs ?? []).map((blob) => `blob ${blob.length}`),
    ]);
  });

  test('is read once, with a bounded amount at a time', () => {
    const payloads = Array.from({ length: 400 }, (_, i) => Buffer.from(`${i}`.repeat(5000)));
    const segments = makeSegments(makeLog('long', payloads), 30, { uncompressed: true });
    const file = makeBundle(segments, { padding: 3_000_000 });
    const { source, read, largest } = counted(sourceOf(file));
    expect(verifyBundle(source).entries).toBe(400);
    expect(file.length).toBeGreaterThan(8_000_000);
    expect(read()).toBeLessThanOrEqual(file.length);
    expect(largest()).toBeLessThanOrEqual(1_048_576);
  });

  test('may hold runs in any order, twice, and with gaps', () => {
    const [a, b, c, d] = SEGMENTS as [MadeSegment, MadeSegment, MadeSegment, MadeSegment];
    expect(verifyBundle(sourceOf(makeBundle([d, a, b, a]))).logs).toEqual([
      range(ADA.log, 0, 6),
      range(ADA.log, 9, 10),
    ]);
    expect(verifyBundle(sourceOf(makeBundle([c]))).logs).toEqual([range(ADA.log, 6, 9)]);
  });

  test('says what is inside without being searched', () => {
    expect([...readContents(openBundle(sourceOf(fullBundle())))]).toEqual(recordsOf(SEGMENTS));
    expect([...readContents(openBundle(sourceOf(makeBundle([]))))]).toEqual([]);
  });

  test('gives a segment again by its record', () => {
    const bundle = openBundle(sourceOf(fullBundle()));
    for (const [index, record] of recordsOf(SEGMENTS).entries()) {
      expect(readSegmentAt(bundle, record)).toEqual(SEGMENTS[index]?.bytes);
    }
    const { size } = bundle.members.find(({ name }) => name === 'segments') as BundleMember;
    expect(outcomeOf(() => readSegmentAt(bundle, { offset: 1, length: size }))).toBe('bad-member');
    expect(outcomeOf(() => readSegmentAt(openBundle(sourceOf(makeBundle([]))), { offset: 0, length: 1 }))).toBe(
      'bad-member',
    );
  });
});

describe('a member that does not match its digest', () => {
  const { members } = openBundle(sourceOf(fullBundle()));

  test.each(members.map((member) => [member.name.slice(0, 12), member] as const))('%s is named', (name, member) => {
    for (let at = 0; at < member.size; at += 7) {
      const file = fullBundle();
      file[member.offset + at] = (file[member.offset + at] ?? 0) ^ 0x10;
      const error = thrownBy(() => verifyBundle(sourceOf(file)));
      expect(['bad-member', 'over-limit']).toContain(error.code);
      if (name === 'segments' || name === 'contents') expect(error.code).toBe('bad-member');
    }
  });
});

describe('an invalid segment in a bundle whose signer vouches for it', () => {
  const damages: [string, string, (segment: MadeSegment) => Buffer][] = [
    ['rotten', 'bad-checksum', ({ bytes }) => changed(bytes, 120)],
    ['without its magic', 'bad-segment', ({ bytes }) => changed(bytes, 0)],
    ['of another version', 'newer-version', ({ bytes }) => changed(bytes, 11, 2)],
    ['of another codec', 'newer-version', ({ bytes }) => changed(bytes, 92, 9)],
    ['that says it is longer', 'bad-segment', ({ bytes }) => changed(bytes, 15, 0xff)],
    ['with too many entries', 'over-limit', ({ bytes }) => changed(bytes, 56, 9)],
    ['signed by another key', 'bad-chain', () => makeSegment({ ...ADA, seed: seedOf('mallory') }, 3, 6).bytes],
    ['that is not a segment', 'bad-segment', () => Buffer.alloc(SEGMENT_PREFIX_SIZE, 'x')],
    ['of a version that is larger than any we know', 'newer-version', () => huge(2)],
    ['that is larger than any can be', 'bad-segment', () => huge(1)],
  ];

  test.each(damages)('%s is refused alone, as %s', (_, code, damage) => {
    const good = [...SEGMENTS];
    const segments = good.map((made, index) => (index === 1 ? withBytes(made, damage(made)) : made));
    const seen: string[] = [];
    const summary = verifyBundle(sourceOf(makeBundle(segments)), visitorThat(seen));
    expect(summary.refused).toEqual([{ log: ADA.log, code, message: expect.any(String) }]);
    expect(summary.logs).toEqual(byLog([range(ADA.log, 0, 3), range(ADA.log, 6, 10), range(BOB.log, 0, 2)]));
    expect(seen.filter((line) => line.startsWith('refused'))).toEqual([`refused ${code}`]);
    expect(summary).toMatchObject({ segments: 5, entries: 9 });
  });

  test('is told of once a log in the summary, and each time to a visitor', () => {
    const segments = SEGMENTS.map((made) => withBytes(made, changed(made.bytes, 120)));
    const seen: string[] = [];
    const summary = verifyBundle(sourceOf(makeBundle(segments)), visitorThat(seen));
    expect(summary.refused.map(({ log }) => log)).toEqual([ADA.log, BOB.log]);
    expect(seen.filter((line) => line.startsWith('refused'))).toHaveLength(6);
    expect(summary.logs).toEqual([]);
  });

  test('is told of by its first reason', () => {
    const damage = [undefined, 120, 0];
    const segments = SEGMENTS.map((made, i) =>
      damage[i] === undefined ? made : withBytes(made, changed(made.bytes, damage[i])),
    );
    const { refused } = verifyBundle(sourceOf(makeBundle(segments)));
    expect(refused.map(({ code }) => code)).toEqual(['bad-checksum']);
  });

  test('is passed over without being held in memory when it is larger than any we know', () => {
    const [one, ...rest] = SEGMENTS as [MadeSegment, ...MadeSegment[]];
    const { source, largest } = counted(sourceOf(makeBundle([withBytes(one, huge(2)), ...rest])));
    expect(verifyBundle(source).segments).toBe(5);
    expect(largest()).toBeLessThanOrEqual(1_048_576);
  });

  test('does not hide that the rest decompresses to more than was said', () => {
    const segments = SEGMENTS.map((made, index) => (index === 1 ? withBytes(made, changed(made.bytes, 120)) : made));
    const file = makeBundle(segments, { draft: { raw: 20 } });
    expect(outcomeOf(() => verifyBundle(sourceOf(file)))).toBe('bad-manifest');
  });

  test('a proof that proves nothing is refused alone', () => {
    const proof = changed(PROOF, PROOF.length - 5);
    const summary = verifyBundle(sourceOf(makeBundle(SEGMENTS, { proofs: Buffer.concat([proof, PROOF]) })));
    expect(summary.refused).toEqual([{ log: decodeProof(PROOF).log, code: 'bad-chain', message: expect.any(String) }]);
  });
});

describe('a signer that lies is refused as a whole', () => {
  const lies: [string, (record: ContentsRecord) => Partial<ContentsRecord>][] = [
    ['the log', () => ({ log: BOB.log })],
    ['the first seq', ({ first }) => ({ first: first + 1 })],
    ['the end', ({ end }) => ({ end: end + 1 })],
    ['the id at the end', () => ({ id: 'ab'.repeat(32) as EntryId })],
    ['the offset', ({ offset }) => ({ offset: offset + 1 })],
    ['the length', ({ length }) => ({ length: length - 1 })],
    ['a length beyond the file', () => ({ length: 2 ** 40 })],
    ['an impossible range', () => ({ first: 5, end: 5 })],
  ];
  test.each(lies)('in the contents about %s', (_, lie) => {
    const records = recordsOf(SEGMENTS).map((record, index) => (index === 1 ? { ...record, ...lie(record) } : record));
    expect(outcomeOf(() => verifyBundle(lyingSource({ contents: encodeContents(records) })))).toBe('bad-member');
  });

  test('in the contents about the order', () => {
    const contents = encodeContents(recordsOf(SEGMENTS).toReversed());
    expect(outcomeOf(() => verifyBundle(lyingSource({ contents })))).toBe('bad-member');
  });

  test('in the contents about where the segments end', () => {
    const segments = Buffer.concat([...SEGMENTS.map(({ bytes }) => bytes), Buffer.from('hidden')]);
    expect(outcomeOf(() => verifyBundle(lyingSource({ segments })))).toBe('bad-member');
  });

  test.each([
    ['logs', { logs: 3 }],
    ['entries', { entries: 13 }],
    ['fewer bytes than there are', { raw: 1 }],
    ['more bytes than there are', { raw: 1_000_000 }],
  ])('about the number of %s', (_, draft) => {
    expect(outcomeOf(() => verifyBundle(sourceOf(makeBundle(SEGMENTS, { draft }))))).toBe('bad-manifest');
  });

  test.each<[string, string, BundleExtras]>([
    ['a frontier', 'bad-member', { frontier: FRONTIER.subarray(0, -1) }],
    ['wants', 'bad-member', { wants: WANTS.subarray(0, -1) }],
    ['a proof', 'bad-member', { proofs: PROOF.subarray(0, -1) }],
    ['bytes behind the proofs', 'bad-member', { proofs: Buffer.concat([PROOF, Buffer.alloc(3)]) }],
  ])('by %s that is none', (_, code, extras) => {
    expect(outcomeOf(() => verifyBundle(sourceOf(makeBundle(SEGMENTS, extras))))).toBe(code);
  });

  test('by padding that holds something', () => {
    const members = [{ name: 'padding', bytes: Buffer.alloc(200_000).fill(1, 150_000, 150_001) }];
    expect(outcomeOf(() => verifyBundle(sourceOf(packed([], members))))).toBe('bad-member');
  });

  test('by another key than the one it names', () => {
    const file = Buffer.concat([...packBundle(draftOf(SEGMENTS), membersOf(SEGMENTS), seedOf('another'))]);
    expect(outcomeOf(() => verifyBundle(sourceOf(file)))).toBe('not-authentic');
  });
});

describe('a visitor that verifies segments itself', () => {
  const found = (seen: string[], outcome: (record: ContentsRecord) => EntryId | SatchelError): BundleVisitor => ({
    ...visitorThat(seen),
    verify: (bytes, record) => ({
      header: decodeSegmentHeader(bytes),
      outcome: outcome(record),
      accept: (id) => seen.push(`accepted ${record.log} ${record.end} ${id}`),
    }),
  });

  test('accepts what it found', () => {
    const seen: string[] = [];
    const summary = verifyBundle(
      sourceOf(makeBundle(SEGMENTS)),
      found(seen, ({ id }) => id),
    );
    expect(summary).toMatchObject({ segments: 6, entries: 12, refused: [] });
    expect(seen.slice(1)).toEqual(SEGMENTS.map(({ record }) => `accepted ${record.log} ${record.end} ${record.id}`));
  });

  test('is believed what it refuses', () => {
    const refusal = new SatchelError('bad-chain', 'no');
    const visitor = found([], ({ id, first }) => (first === 0 ? refusal : id));
    expect(verifyBundle(sourceOf(makeBundle(SEGMENTS)), visitor)).toMatchObject({
      segments: 4,
      refused: [{ code: 'bad-chain' }, { code: 'bad-chain' }],
    });
  });

  test('still refuses a bundle whose contents state something else', () => {
    const visitor = found([], () => 'ab'.repeat(32) as EntryId);
    expect(outcomeOf(() => verifyBundle(sourceOf(makeBundle(SEGMENTS)), visitor))).toBe('bad-member');
    const lying = recordsOf(SEGMENTS).map((record, i) => (i === 1 ? { ...record, log: BOB.log } : record));
    const honest = found([], ({ id }) => id);
    expect(outcomeOf(() => verifyBundle(lyingSource({ contents: encodeContents(lying) }), honest))).toBe('bad-member');
  });

  test('decompresses no more than the manifest says', () => {
    const file = makeBundle(SEGMENTS, { draft: { raw: 1 } });
    const visitor = found([], () => new SatchelError('bad-chain', 'no'));
    expect(outcomeOf(() => verifyBundle(sourceOf(file), visitor))).toBe('bad-manifest');
  });
});

test('what a visitor throws goes on up', () => {
  const visitor: BundleVisitor = {
    segment() {
      throw new SatchelError('no-space', 'full');
    },
  };
  expect(outcomeOf(() => verifyBundle(sourceOf(fullBundle()), visitor))).toBe('no-space');
});

function visitorThat(seen: string[]): BundleVisitor {
  return {
    frontier: (frontier) => seen.push(`frontier ${frontier.size}`),
    wants: (wants) => seen.push(`wants ${wants.blobs.size}`),
    proof: (proof) => seen.push(`proof ${proof.log}`),
    segment: (segment, id, record) => seen.push(`segment ${segment.log} ${record.end} ${id}`),
    refused: (refusal) => seen.push(`refused ${refusal.code}`),
    blob: (_, bytes) => seen.push(`blob ${bytes.length}`),
  };
}

function range(log: LogId, from: number, to: number) {
  return { log, from, to };
}

function byLog<T extends { log: LogId }>(ranges: T[]): T[] {
  return ranges.sort((a, b) => (a.log < b.log ? -1 : 1));
}

function changed(bytes: Buffer, at: number, value = (bytes[at] ?? 0) ^ 1): Buffer {
  return Buffer.from(bytes).fill(value, at, at + 1);
}

function withBytes(made: MadeSegment, bytes: Buffer): MadeSegment {
  return { ...made, bytes, record: { ...made.record, length: bytes.length } };
}

/** Three MiB that begin like a segment of that version. */
function huge(version: number): Buffer {
  const bytes = Buffer.alloc(3_000_000);
  bytes.write('satchseg', 'latin1');
  bytes.writeUInt32BE(version, 8);
  bytes.writeUInt32BE(bytes.length, 12);
  bytes.writeUInt32BE(1, 56);
  bytes.writeUIntBE(1, 93, 3);
  return bytes;
}

/** The sample bundle with some members replaced, its manifest agreeing with them. */
function lyingSource(changes: Readonly<Record<string, Buffer>>): ByteSource {
  const members = membersOf(SEGMENTS).map(({ name, bytes }) => ({ name, bytes: changes[name] ?? bytes }));
  return sourceOf(packed(SEGMENTS, members));
}

function packed(segments: readonly MadeSegment[], members: readonly MemberBytes[]): Buffer {
  return Buffer.concat([...packBundle(draftOf(segments), members, DEVICE_SEED)]);
}

function counted(inner: ByteSource) {
  let total = 0;
  let most = 0;
  const read = (offset: number, length: number) => {
    total += length;
    most = Math.max(most, length);
    return inner.read(offset, length);
  };
  return { source: { size: inner.size, read }, read: () => total, largest: () => most };
}

function thrownBy(run: () => unknown): SatchelError {
  try {
    run();
  } catch (error) {
    if (error instanceof SatchelError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
