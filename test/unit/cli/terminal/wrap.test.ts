// Text cut into pieces that fit (spec/cli.md, "Escaping").
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestWidthOf } from '../../../../src/cli/terminal/width.js';
import { foldLine, splitText } from '../../../../src/cli/terminal/wrap.js';

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

it('goes on further in than the line begins, fits, and loses no word', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(words, fc.nat(13), fc.integer({ min: 40, max: 90 }), (given, indent, columns) => {
      const [first = '', ...rest] = foldLine(`${' '.repeat(indent)}${given.join(' ')}`, columns);
      expect(first.search(/[a-z]/)).toBe(indent);
      for (const line of rest) expect(line.search(/[a-z]/)).toBe(indent === 0 ? 4 : indent + 2);
      expect(Math.max(...[first, ...rest].map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect([first, ...rest].join(' ').trim().split(/ +/)).toEqual(given);
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
