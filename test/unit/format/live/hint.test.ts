// Envelopes and names of hints, at their edges (spec/live.md).
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayOf,
  fitsHint,
  HINT_SIZES,
  hintName,
  liveKeys,
  openHint,
  sealHint,
} from '../../../../src/format/live/hint.js';

const KEYS = liveKeys(Buffer.alloc(32, 7));
const DAY = 20_000;

describe('a hint', () => {
  it('gives back the segments that went in, in one of few sizes', () => {
    const segments = fc.array(fc.uint8Array({ minLength: 1, maxLength: 4_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(segments, (list) => {
        const put = list.map((one) => Buffer.from(one));
        if (!fitsHint(put)) {
          expect(() => sealHint(KEYS, { segments: put }, randomBytes(12))).toThrow(RangeError);
          return;
        }
        const sealed = sealHint(KEYS, { segments: put }, randomBytes(12));
        expect(HINT_SIZES).toContain(sealed.length);
        expect(openHint(KEYS, sealed)).toEqual({ segments: put });
      }),
    );
  });

  it.each([
    ['fills the smallest', 272 - 28 - 2, 272],
    ['does not fit there by a byte', 272 - 28 - 1, 512],
    ['fills the largest', 16_384 - 28 - 2, 16_384],
  ])('whose segment %s has its size', (_, length, size) => {
    const segments = [Buffer.alloc(length, 1)];
    const sealed = sealHint(KEYS, { segments }, randomBytes(12));
    expect(sealed).toHaveLength(size);
    expect(openHint(KEYS, sealed)).toEqual({ segments });
  });

  it('that says to look says no more', () => {
    const sealed = sealHint(KEYS, 'look', randomBytes(12));
    expect(sealed).toHaveLength(272);
    expect(openHint(KEYS, sealed)).toBe('look');
  });

  it('with any bit flipped, of another length, or under another key is none', () => {
    const sealed = sealHint(KEYS, { segments: [Buffer.from('segment')] }, randomBytes(12));
    for (let bit = 0; bit < sealed.length * 8; bit += 7) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openHint(KEYS, flipped)).toBeUndefined();
    }
    for (const cut of [0, 11, 12, 27, 28, 271]) expect(openHint(KEYS, sealed.subarray(0, cut))).toBeUndefined();
    expect(openHint(KEYS, Buffer.concat([sealed, Buffer.alloc(1)]))).toBeUndefined();
    expect(openHint(liveKeys(Buffer.alloc(32, 8)), sealed)).toBeUndefined();
  });
});

describe('a name', () => {
  it('is another one for each topic and each day, and tells neither', () => {
    const names = [KEYS, liveKeys(Buffer.alloc(32, 8))].flatMap((keys) =>
      [DAY - 1, DAY, DAY + 1].map((day) => hintName(keys, day)),
    );
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{16}$/);
  });

  it('changes at midnight, UTC', () => {
    expect(dayOf(Date.UTC(2026, 0, 2) - 1) + 1).toBe(dayOf(Date.UTC(2026, 0, 2)));
  });
});
