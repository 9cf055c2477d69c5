import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBundle } from '../../../../src/format/bundle/reader.js';
import { salvageBundle } from '../../../../src/format/bundle/salvage.js';
import { decodeSegment, verifySegment } from '../../../../src/format/log/segment.js';
import { sourceOf } from '../../../../src/format/source.js';
import { makeBundle, makeLog, makeSegments } from '../../../testkit/make.js';
import { EXTRAS, fullBundle, SEGMENTS } from '../../../testkit/samples.js';

const FILE = fullBundle();
const PLACES = segmentPlaces(FILE);
const { members: MEMBERS } = openBundle(sourceOf(FILE));

describe('of a bundle', () => {
  test('that is sound, everything is found', () => {
    const { manifest, members, failure } = salvageBundle(sourceOf(FILE));
    expect(manifest).toEqual(openBundle(sourceOf(FILE)).manifest);
    expect(failure).toBeUndefined();
    expect(members.map(({ name }) => name)).toEqual(
      MEMBERS.map(({ name }) => name).filter((name) => name !== 'contents' && name !== 'segments'),
    );
    expect(found(FILE)).toEqual(PLACES.map(({ offset }) => offset));
  });

  test('cut off anywhere, every segment before the cut is found', () => {
    for (let end = 0; end < FILE.length; end += 13) {
      const whole = PLACES.filter((place) => place.end <= end).map(({ offset }) => offset);
      expect(found(FILE.subarray(0, end)), `cut at ${end}`).toEqual(whole);
    }
  });

  test('with any byte changed, every segment but the one it is in is found', () => {
    fc.assert(
      fc.property(fc.nat(FILE.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const file = Buffer.from(FILE);
        file[at] = (file[at] ?? 0) ^ mask;
        const whole = PLACES.filter((place) => at < place.offset || at >= place.end).map(({ offset }) => offset);
        expect(found(file)).toEqual(whole);
      }),
    );
  });

  test('with bytes missing or too many, what lies behind is found all the same', () => {
    const [first, second, ...rest] = PLACES as [Place, Place, ...Place[]];
    const at = first.offset + 50;
    const shorter = Buffer.concat([FILE.subarray(0, at), FILE.subarray(at + 10)]);
    const longer = Buffer.concat([FILE.subarray(0, at), Buffer.from('more'), FILE.subarray(at)]);
    const behind = [second, ...rest];
    expect(found(shorter)).toEqual(behind.map(({ offset }) => offset - 10));
    expect(found(longer)).toEqual(behind.map(({ offset }) => offset + 4));
  });

  test('without its front, the segments are found and the reason is told', () => {
    const file = FILE.subarray(1500);
    const { manifest, failure, members } = salvageBundle(sourceOf(file));
    expect({ manifest, members }).toEqual({ manifest: undefined, members: [] });
    expect(failure?.code).toBe('bad-bundle');
    expect(found(file)).toHaveLength(SEGMENTS.length);
  });

  test('with a manifest that is not authentic, nothing in it is believed', () => {
    const file = Buffer.from(FILE);
    file[file.indexOf('"serial":7') + 9] = 0x38;
    const { manifest, failure, members } = salvageBundle(sourceOf(file));
    expect({ manifest, members, code: failure?.code }).toEqual({
      manifest: undefined,
      members: [],
      code: 'not-authentic',
    });
    expect(found(file)).toHaveLength(SEGMENTS.length);
  });
});

test('members that are damaged or cut off are not among those found', () => {
  for (const member of MEMBERS) {
    const changed = Buffer.from(FILE);
    changed[member.offset] = (changed[member.offset] ?? 0) ^ 1;
    for (const file of [changed, FILE.subarray(0, member.offset + member.size - 1)]) {
      expect(salvageBundle(sourceOf(file)).members.map(({ name }) => name)).not.toContain(member.name);
    }
  }
});

test('what is found can be verified', () => {
  for (const { bytes } of salvageBundle(sourceOf(FILE)).segments()) verifySegment(decodeSegment(bytes));
});

test('a segment inside a whole attachment is not taken for one of the bundle', () => {
  const blob = Buffer.concat([Buffer.from('attached: '), SEGMENTS[5]?.bytes ?? Buffer.alloc(0)]);
  const file = makeBundle(SEGMENTS.slice(0, 2), { ...EXTRAS, blobs: [blob] });
  expect(found(file)).toHaveLength(2);
  // unless the attachment can't be told apart any more
  expect(found(file.subarray(600))).toHaveLength(3);
});

test('a segment inside a segment is not taken for one of the bundle', () => {
  const inner = SEGMENTS[5]?.bytes ?? Buffer.alloc(0);
  const outer = makeSegments(makeLog('outer', ['before', inner, 'behind']), 3, { uncompressed: true });
  expect(found(makeBundle(outer))).toHaveLength(1);
});

test('segments are found across the borders of the windows they are read through', () => {
  const payloads = Array.from({ length: 100 }, (_, i) => Buffer.from(`${i}`.repeat(30_000)).subarray(0, 50_021));
  const segments = makeSegments(makeLog('long', payloads), 1, { uncompressed: true });
  const file = makeBundle(segments);
  expect(found(file)).toEqual(segmentPlaces(file).map(({ offset }) => offset));
});

test('the magic is found across the border of a window', () => {
  const { bytes } = SEGMENTS[0] ?? { bytes: Buffer.alloc(0) };
  for (let before = 1_048_576 - 12; before < 1_048_576 + 4; before++) {
    expect(found(Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(9)]))).toEqual([before]);
  }
});

test('when the disk fails it is not taken for the bundle’s fault', () => {
  const source = { size: FILE.length, read: () => Buffer.alloc(0) };
  expect(() => salvageBundle(source)).toThrow('changed');
});

interface Place {
  readonly offset: number;
  readonly end: number;
}

function found(file: Buffer): number[] {
  return [...salvageBundle(sourceOf(file)).segments()].map(({ offset }) => offset);
}

function segmentPlaces(file: Buffer): Place[] {
  const places: Place[] = [];
  for (let at = file.indexOf('satchseg'); at >= 0; at = file.indexOf('satchseg', at + 8)) {
    places.push({ offset: at, end: at + file.readUInt32BE(at + 12) });
  }
  return places;
}
