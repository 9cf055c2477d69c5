import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeWants, encodeWants, wantSize, wantsSize } from '../../../../src/format/bundle/wants.js';
import type { Digest } from '../../../../src/format/ids.js';
import { BLOB_CHUNKS_MAX } from '../../../../src/format/limits.js';
import { outcomeOf } from '../../../testkit/outcome.js';

const ROOT = '12'.repeat(32) as Digest;

const roots = fc.stringMatching(/^[1-9a-f][0-9a-f]{63}$/);
const rangeLists = fc
  .uniqueArray(fc.nat(BLOB_CHUNKS_MAX), { maxLength: 9 })
  .map((cuts) => cuts.toSorted((a, b) => a - b))
  .map((cuts) => cuts.slice(1).flatMap((end, i) => (i % 2 === 0 ? [{ from: cuts[i] ?? 0, end }] : [])));
const wanted = fc.record({
  blobs: fc
    .uniqueArray(fc.tuple(roots, rangeLists), { selector: ([root]) => root, maxLength: 20 })
    .map((blobs) => new Map(blobs.map(([root, ranges]) => [root as Digest, ranges]))),
  isCut: fc.boolean(),
});

describe('wants', () => {
  test('come back as they were written, the blobs in the same order', () => {
    fc.assert(
      fc.property(wanted, (wants) => {
        const read = decodeWants(encodeWants(wants));
        expect([...read.blobs]).toEqual([...wants.blobs]);
        expect(read.isCut).toBe(wants.isCut);
      }),
    );
  });

  test('have the size that a writer can plan with', () => {
    fc.assert(
      fc.property(wanted, (wants) => {
        expect(encodeWants(wants).length).toBe(wantsSize(wants));
      }),
    );
  });

  test('cut off anywhere are refused, unless behind a blob', () => {
    const bytes = encodeWants({ blobs: new Map([[ROOT, [{ from: 0, end: 5 }]]]), isCut: true });
    for (let end = 1; end < bytes.length; end++) {
      const isWhole = end === wantSize(1);
      expect(outcomeOf(() => decodeWants(bytes.subarray(0, end)))).toBe(isWhole ? 'ok' : 'bad-member');
    }
  });

  test('of more than 64 KiB are neither written nor read', () => {
    const many = Array.from(
      { length: 1821 },
      (_, i) => [(i + 1).toString(16).padStart(64, '0') as Digest, []] as const,
    );
    expect(outcomeOf(() => encodeWants({ blobs: new Map(many), isCut: false }))).toBe('over-limit');
    expect(outcomeOf(() => decodeWants(Buffer.alloc(65_537)))).toBe('over-limit');
  });
});
