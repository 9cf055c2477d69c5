import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMatcher, wordsIn } from '../../../../src/topic/reading/matcher.js';

function isFound(word: string, text: string): boolean {
  return openMatcher([word])([text]);
}

describe('matcher', () => {
  it.each([
    ['cafe', 'Café'],
    ['CAFÉ', 'cafe\u0301'],
    ['creme brulee', 'Crème  \n brûlée'],
    ['σοφος', 'ΣΟΦΌΣ'],
    ['елка', 'ёлка'],
    ['\u05e9\u05dc\u05d5\u05dd', '\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd'],
    ['istanbul', 'İSTANBUL'],
    ['a.b*(c', 'xA.B*(Cx'],
    ['👍', 'yes 👍🏽'],
    ['が', 'か\u3099'],
  ])('finds %j in %j', (word, text) => {
    expect(isFound(word, text)).toBe(true);
  });

  it.each([
    ['café', 'cafe'],
    ['où', 'ou est'],
    ['beanrow', 'bean row'],
    ['か', 'が'],
    ['a.b', 'axb'],
    ['e\u0301', 'e\u0302'],
  ])('does not find %j in %j', (word, text) => {
    expect(isFound(word, text)).toBe(false);
  });

  it('wants all words, each in any of the texts', () => {
    const matches = openMatcher(['beans', 'plan']);
    expect(matches(['The beans are up', 'Plan 2.pdf'])).toBe(true);
    expect(matches(['The beans are up'])).toBe(false);
  });

  it('takes phrases as a shell gives them, and in quotes of their own', () => {
    expect(wordsIn(['bean row', 'peas'])).toEqual(['bean row', 'peas']);
    expect(wordsIn(['"bean row" peas "to eat'])).toEqual(['bean row', 'peas', 'to eat']);
    expect(wordsIn(['', '  ', '""'])).toEqual([]);
  });

  const letters = fc.string({ unit: fc.constantFrom('a', 'A', 'e', 'é', 'E', 'É', 'ö', ' ', 'x'), maxLength: 12 });

  it('says the same of every form and case, and finds what a plain search finds', () => {
    fc.assert(
      fc.property(letters, letters, (word, text) => {
        const found = isFound(word, text);
        expect(isFound(word.normalize('NFD'), text.normalize('NFC'))).toBe(found);
        expect(isFound(word.toUpperCase(), text.normalize('NFD').toLowerCase())).toBe(found);
        if (text.includes(word.trim())) expect(found).toBe(true);
        expect(found).toBe(naive(word.trim().replace(/ +/g, ' '), text.replace(/ +/g, ' ')));
      }),
    );
  });
});

/** Letter by letter: a plain one stands for itself with any accent. */
function naive(word: string, text: string): boolean {
  const plain = (letter: string): string => letter.normalize('NFD').charAt(0);
  const wanted = [...word.toLowerCase()];
  const said = [...text.toLowerCase()];
  const fits = (a: string, b = ''): boolean => a === b || (a === plain(a) && a === plain(b));
  return said.concat('').some((_, at) => wanted.every((letter, i) => fits(letter, said[at + i])));
}
