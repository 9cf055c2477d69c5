import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeCbor, encodeCbor } from '../../../../src/format/cbor/cbor.js';
import { decodePlainText, encodePlainText } from '../../../../src/topic/message/message-plain.js';

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

it('reads back what it wrote', () => {
  fc.assert(
    fc.property(whole, whole, fc.string({ unit: 'grapheme' }), (time, ahead, body) => {
      expect(decodePlainText(encodePlainText(time, ahead, body))).toEqual({ time, ahead, text: body });
    }),
  );
});

it('leaves a length that is cut off to the general decoder', () => {
  // one byte short of a length of four
  expect(decodePlainText(Buffer.from('a301000200047a000000', 'hex'))).toBeUndefined();
});

it('reads nothing that the general decoder reads otherwise', () => {
  const change = fc.record({ at: fc.nat(24), byte: fc.nat(255), cut: fc.nat(3) });
  fc.assert(
    fc.property(whole, whole, fc.string({ maxLength: 20 }), change, (time, ahead, body, { at, byte, cut }) => {
      const bytes = Buffer.from(encodePlainText(time, ahead, body));
      bytes[at % bytes.length] = byte;
      const payload = bytes.subarray(0, bytes.length - cut);
      const plain = decodePlainText(payload);
      if (!plain) return;
      expect(decodeCbor(payload)).toEqual(
        new Map<number, unknown>([
          [1, plain.time],
          [2, plain.ahead],
          [4, plain.text],
        ]),
      );
    }),
    { numRuns: 5_000 },
  );
});
