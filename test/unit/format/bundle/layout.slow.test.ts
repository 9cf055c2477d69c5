import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleFront, layoutBundle, packBundle } from '../../../../src/format/bundle/layout.js';
import { openBundle } from '../../../../src/format/bundle/reader.js';
import { TAR_BLOCK, TAR_END, tarHeader, tarPadding } from '../../../../src/format/bundle/tar.js';
import { verifyBundle } from '../../../../src/format/bundle/verify.js';
import type { Digest } from '../../../../src/format/ids.js';
import { sourceOf } from '../../../../src/format/source.js';
import {
  blobMember,
  DEVICE_SEED,
  draftOf,
  type MadeSegment,
  makeBundle,
  makeLog,
  makeSegments,
  membersOf,
} from '../../../testkit/make.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { EXTRAS, fullBundle, SEGMENTS } from '../../../testkit/samples.js';

const logs = fc.array(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 }), { maxLength: 4 });
const bundles = fc.record({
  logs,
  size: fc.integer({ min: 1, max: 8 }),
  blobs: fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 1500 }), { selector: (b) => b.join(), maxLength: 3 }),
  padding: fc.nat(1200),
});

describe('a bundle', () => {
  test('holds what was put in, whatever it was', () => {
    fc.assert(
      fc.property(bundles, ({ logs, size, blobs, padding }) => {
        const made = logs.map((payloads, i) =>
          makeLog(
            `log ${i}`,
            payloads.map((p) => Buffer.from(p)),
          ),
        );
        const segments = made.flatMap((log) => makeSegments(log, size));
        const file = makeBundle(segments, { blobs: blobs.map((blob) => Buffer.from(blob)), padding });
        const summary = verifyBundle(sourceOf(file));
        expect(summary).toMatchObject({ segments: segments.length, blobs: blobs.length, refused: [] });
        const ranges = made.map(({ log, entries }) => ({ log, from: 0, to: entries.length }));
        expect(summary.logs).toEqual(ranges.sort((a, b) => (a.log < b.log ? -1 : 1)));
      }),
      { numRuns: 60 },
    );
  });

  test('of the same input has the same bytes', () => {
    expect(fullBundle()).toEqual(fullBundle());
  });

  test('without any member is one', () => {
    const file = makeBundle([]);
    expect(file.length).toBe(TAR_BLOCK * 6);
    expect(verifyBundle(sourceOf(file))).toMatchObject({ members: [], logs: [], entries: 0 });
  });
});

test('members written at their place, and the front last, make the same file', () => {
  const members = membersOf(SEGMENTS, EXTRAS);
  const layout = layoutBundle(
    draftOf(SEGMENTS),
    members.map(({ name, bytes }) => ({ name, size: bytes.length })),
  );
  const file = Buffer.alloc(layout.size, 0xee);
  const digests = new Map<string, Digest>();
  for (const [index, { name, bytes }] of members.entries()) {
    const { offset = 0 } = layout.members[index] ?? {};
    const blocks = Buffer.concat([tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)]);
    blocks.copy(file, offset - TAR_BLOCK);
    digests.set(name, hash('sha256', bytes) as Digest);
  }
  TAR_END.copy(file, layout.size - TAR_END.length);
  const front = bundleFront(layout, digests, DEVICE_SEED);
  expect(front.length).toBe(layout.frontSize);
  front.copy(file);
  expect(file).toEqual(fullBundle());
});

test('the places are those where a reader finds the members', () => {
  const { members } = openBundle(sourceOf(fullBundle()));
  const sizes = membersOf(SEGMENTS, EXTRAS).map(({ name, bytes }) => ({ name, size: bytes.length }));
  const planned = layoutBundle(draftOf(SEGMENTS), sizes).members;
  expect(members.map(({ name, size, offset }) => ({ name, size, offset }))).toEqual(planned);
});

describe('a writer is stopped before it writes', () => {
  const blob = { name: blobMember(Buffer.from('x')).name, size: 1 };
  const none: readonly MadeSegment[] = [];

  test.each([
    ['a member that is not known', [{ name: 'notes', size: 1 }], 'bad-manifest'],
    ['members out of order', [{ name: 'padding', size: 1 }, blob], 'bad-manifest'],
    ['an empty member', [{ name: 'frontier', size: 0 }], 'bad-manifest'],
    ['a member twice', [blob, blob], 'bad-manifest'],
    [
      'segments that the totals do not count',
      [
        { name: 'contents', size: 96 },
        { name: 'segments', size: 300 },
      ],
      'bad-manifest',
    ],
    ['4 GiB', [{ name: 'padding', size: 2 ** 32 - 2048 }], 'over-limit'],
    ['a chunk over its limit', [{ ...blob, size: 2 ** 20 + 1 }], 'over-limit'],
  ])('at %s', (_, members, code) => {
    expect(outcomeOf(() => layoutBundle(draftOf(none), members))).toBe(code);
  });

  test('at a chunk under a wrong name', () => {
    const members = [{ name: blob.name, bytes: Buffer.from('y') }];
    expect(outcomeOf(() => [...packBundle(draftOf(none), members, DEVICE_SEED)])).toBe('bad-manifest');
  });
});
