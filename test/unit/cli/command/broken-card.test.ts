// Cards that a mail program broke into lines, as words of a command line (spec/cli.md, "Identity and contacts").
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withDashesOfCards } from '../../../../src/cli/command/broken-card.js';
import { parseCards } from '../../../../src/identity/card-text.js';
import { cardText, card as wireCard, wirePerson } from '../../../testkit/wire-card.js';

const CARDS = ['Ada', 'Bob', 'Cyd', 'Dan', 'Eve'].map((name) => cardText(wireCard(wirePerson(name), { name })));

describe('a card in several words', () => {
  test('keeps no line for an option that begins as one', () => {
    expect(CARDS.join('')).toContain('-');
    for (const card of CARDS) {
      for (const [at] of [...card.matchAll(/(?<=.{9})-/g)].map(({ index }) => [index] as const)) {
        const line = ['contact', 'add', card.slice(0, at), card.slice(at), '--json', '-q', 'ana'];
        expect(withDashesOfCards(line)).toEqual(['contact', 'add', card, '--json', '-q', 'ana']);
      }
    }
  });

  test('is whole again wherever it is broken, with what stands behind it as it was', () => {
    const breaks = fc.uniqueArray(fc.nat(200), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...CARDS), breaks, (card, places) => {
        const ends = [0, ...places.filter((at) => at > 9).sort((a, b) => a - b), card.length];
        const pieces = ends.slice(1).map((end, i) => card.slice(ends[i], end));
        const words = withDashesOfCards([...pieces, '--as', 'ben', '-']);
        expect(words.slice(-3)).toEqual(['--as', 'ben', '-']);
        const rest = words.slice(0, -3);
        expect(rest.every((word) => !word.startsWith('-'))).toBe(true);
        expect(parseCards(Buffer.from(rest.join(''))).length).toBe(1);
      }),
    );
  });

  test('takes no option in that stands behind no card, or not behind its letters', () => {
    const [card] = CARDS as [string];
    for (const line of [
      ['contact', 'add', 'ana', '-q'],
      ['contact', 'add', card, '-q'],
      ['contact', 'add', card.slice(0, 60), 'a file', '-q'],
    ]) {
      expect(withDashesOfCards(line)).toEqual(line);
    }
  });
});
