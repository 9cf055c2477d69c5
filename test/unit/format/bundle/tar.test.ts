import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isZero, paddedSize, TAR_END, tarHeader, tarPadding, tarSizeOf } from '../../../../src/format/bundle/tar.js';
import * as wire from '../../../testkit/wire-tar.js';

const sizes = fc.oneof(fc.nat(2000), fc.nat(2 ** 32), fc.constantFrom(8 ** 11 - 1, 0, 511, 512, 513));

describe('the canonical header', () => {
  test('equals the one built field by field', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z/.]{1,100}$/), sizes, (name, size) => {
        expect(tarHeader(name, size)).toEqual(wire.tarHeader(name, size));
        expect(tarSizeOf(tarHeader(name, size))).toBe(size);
      }),
    );
  });

  test.each(['0000000000', '00000000008\0', ' 0000000000\0', '0000000012 \0', '\x80\0\0\0\0\0\0\0\0\0\0\x01'])(
    'states no size as %j',
    (text) => {
      const header = tarHeader('name', 1);
      header.fill(0, 124, 136).write(text, 124, 'latin1');
      expect(tarSizeOf(header)).toBeUndefined();
    },
  );
});

describe('blocks', () => {
  test('data is padded to whole ones with zeros', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (size) => {
        expect(paddedSize(size) % 512).toBe(0);
        expect(paddedSize(size) - size).toBeLessThan(512);
        expect(tarPadding(size)).toEqual(Buffer.alloc(paddedSize(size) - size));
      }),
    );
  });

  test('the end is two of zeros', () => {
    expect(TAR_END).toEqual(wire.TAR_END);
  });

  test('one byte that is not zero is found wherever it stands', () => {
    for (const size of [1, 2, 511, 1024, 1025, 3000]) {
      expect(isZero(Buffer.alloc(size))).toBe(true);
      for (let at = 0; at < size; at++) expect(isZero(Buffer.alloc(size).fill(1, at, at + 1))).toBe(false);
    }
    expect(isZero(Buffer.alloc(0))).toBe(true);
  });
});
