import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lookAhead } from '../../../../src/cli/report/look-ahead.js';

it('looks at no more than a screen or two, and nothing is lost, asked for twice, or asked for early', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (length, taken) => {
      let given = 0;
      let isEnded = false;
      function* stream(): Generator<number> {
        try {
          while (given < length) yield given++;
        } finally {
          isEnded = true;
        }
      }
      const { first, all } = lookAhead(stream());
      expect(first).toEqual(Array.from({ length: Math.min(length, 100) }, (_, i) => i));
      expect(given).toBe(first.length);
      const shown: number[] = [];
      for (const one of all) if (shown.push(one) > taken) break;
      expect(shown).toEqual(Array.from({ length: Math.min(length, taken + 1) }, (_, i) => i));
      expect(given).toBe(Math.max(first.length, shown.length));
      // whoever stops ends the stream
      if (shown.length > 100 || length < 100) expect(isEnded).toBe(true);
    }),
  );
});
