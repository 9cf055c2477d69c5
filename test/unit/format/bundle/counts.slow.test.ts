// Limits of how many there are of something in a bundle: as many are taken, and not one more.
import { describe, expect, it } from 'vitest';
import { decodeManifest, encodeManifest, type Manifest } from '../../../../src/format/bundle/manifest.js';
import { openBundle } from '../../../../src/format/bundle/reader.js';
import { verifyBundle } from '../../../../src/format/bundle/verify.js';
import type { Digest } from '../../../../src/format/ids.js';
import { MEMBERS_MAX, NEWER_MAX, PROOFS_COUNT_MAX, REFUSED_MAX } from '../../../../src/format/limits.js';
import { sourceOf } from '../../../../src/format/source.js';
import { GOOD, given, withContents, withMember } from '../../../hostile/cast.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { bytesOf, join, sha256, u32, u64, wireKey } from '../../../testkit/wire.js';
import { branch, proof } from '../../../testkit/wire-statement.js';

const SIZE = 16;
const ID = sha256('some id');

/** Segments of distinct logs, as many; each has these bytes. */
function segments(count: number, segment: Buffer): Buffer {
  const records = Array.from({ length: count }, (_, i) =>
    join(Buffer.alloc(32, u32(i + 1)), u64(0), u64(1), ID, u64(i * SIZE), u64(SIZE)),
  );
  return withContents(join(...records), Buffer.alloc(count * SIZE, segment));
}

/** Proofs of one log, as many, all of them good. */
function proofs(count: number): Buffer {
  const key = wireKey('log that contradicts itself');
  const sides = ['one past', 'another past'].map((past) => branch({ key, s: 1, id: sha256(past) }));
  const one = proof(key.id, 1, sides);
  return withMember('proofs', Buffer.alloc(count * one.length, one), { segments: GOOD });
}

function verify(bundle: Buffer) {
  return verifyBundle(sourceOf(bundle));
}

describe('segments that are not valid', () => {
  it('are refused alone while they are few', () => {
    const { refused } = verify(segments(REFUSED_MAX, bytesOf(SIZE, 7)));
    expect(refused).toHaveLength(REFUSED_MAX);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['bad-segment']));
  });

  it('void the bundle when there is one more', () => {
    expect(outcomeOf(() => verify(segments(REFUSED_MAX + 1, bytesOf(SIZE, 7))))).toBe('over-limit');
  });
});

describe('segments of an unknown version', () => {
  const newer = join('satchseg', u32(9), u32(SIZE));

  it('are left to others while they are few, and do not count as not valid', () => {
    const { refused } = verify(segments(NEWER_MAX, newer));
    expect(refused).toHaveLength(NEWER_MAX);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['newer-version']));
  });

  it('make the bundle one of an unknown version when there is one more', () => {
    expect(outcomeOf(() => verify(segments(NEWER_MAX + 1, newer)))).toBe('newer-version');
  });
});

describe('proofs', () => {
  it('are taken as many as are allowed', () => {
    expect(verify(proofs(PROOFS_COUNT_MAX)).refused).toEqual([]);
  });

  it('void the bundle when there is one more', () => {
    expect(outcomeOf(() => verify(proofs(PROOFS_COUNT_MAX + 1)))).toBe('over-limit');
  });
});

describe('members', () => {
  const digests = Array.from({ length: MEMBERS_MAX + 1 }, (_, i) => sha256(`${i}`).toString('hex') as Digest).sort();
  const withChunks = (count: number): Manifest => ({
    ...openBundle(sourceOf(given({}))).manifest,
    members: digests.slice(0, count).map((digest) => ({ name: `blobs/${digest}`, size: 1, sha256: digest })),
  });

  it('are listed as many as are allowed, within the bytes of a manifest', () => {
    expect(decodeManifest(encodeManifest(withChunks(MEMBERS_MAX))).members).toHaveLength(MEMBERS_MAX);
  });

  it('void the bundle when there is one more', () => {
    expect(outcomeOf(() => decodeManifest(encodeManifest(withChunks(MEMBERS_MAX + 1))))).toBe('over-limit');
  });
});
