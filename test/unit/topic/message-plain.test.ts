import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeCbor } from '../../../src/format/cbor.js';
import { encodePlainText } from '../../../src/topic/message-plain.js';

const edges = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 48, Number.MAX_SAFE_INTEGER];
const whole = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat());
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.nat(70_000).map((length) => 'é'.repeat(length)),
);

it('writes a plain text as the general encoder does', () => {
  fc.assert(
    fc.property(whole, whole, text, (time, ahead, body) => {
      const map = new Map<number, number | string>([
        [1, time],
        [2, ahead],
        [4, body],
      ]);
      expect(encodePlainText(time, ahead, body).equals(encodeCbor(map))).toBe(true);
    }),
  );
});
