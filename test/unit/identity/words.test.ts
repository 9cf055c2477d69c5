// Comparing words by voice.
import { expect, test } from 'vitest';
import { areSameWords } from '../../../src/identity/words.js';

const WORDS = 'pet indoor upset match hire ginger sibling shell noodle own gravity goose';

test.each([
  [WORDS, true],
  [WORDS.toUpperCase(), true],
  [WORDS.split(' ').join(', '), true],
  [WORDS.replace(/\w+/g, (word) => word.slice(0, 4)), true],
  [
    WORDS.split(' ')
      .map((word, at) => `${at + 1}. ${word}`)
      .join('\n'),
    true,
  ],
  [WORDS.replace('indoor', 'ind'), false],
  [WORDS.replace(' goose', ''), false],
  [`${WORDS} goose`, false],
  [WORDS.replace('pet', 'pets'), false],
  ['', false],
])('%o', (typed, same) => {
  expect(areSameWords(WORDS, typed)).toBe(same);
});
