// Text cut into pieces that fit (spec/cli.md, "Escaping").
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestWidthOf } from '../../../../src/cli/terminal/width.js';
import { splitText } from '../../../../src/cli/terminal/wrap.js';

const text = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }));

it('leaves nothing out, fits, and fills each piece but the last, whatever the text is made of', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 20 }), (given, columns) => {
      const pieces = splitText(given, columns);
      expect(pieces.join('')).toBe(given);
      for (const [i, piece] of pieces.entries()) {
        expect(largestWidthOf(piece)).toBeLessThanOrEqual(columns);
        const [next] = pieces[i + 1] ?? '';
        if (next !== undefined) expect(largestWidthOf(piece + next)).toBeGreaterThan(columns);
      }
    }),
  );
});

it('cuts plain text as it cuts the same with a colour in front', () => {
  const colour = `${String.fromCharCode(0x1b)}[1m`;
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]*$/), fc.integer({ min: 1, max: 9 }), (plain, columns) => {
      const [first = '', ...rest] = splitText(`${colour}${plain}`, columns);
      expect([first.slice(colour.length), ...rest]).toEqual(splitText(plain, columns));
    }),
  );
});
