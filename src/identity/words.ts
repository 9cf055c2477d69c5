// Comparing the words of a fingerprint as somebody heard or typed them (spec/card.md, "Fingerprint").

/**
 * Whether the typed words are the fingerprint's: letter case, numbering and punctuation don't count, and the first four
 * letters of a word are enough, because no two words of the list share them.
 */
export function areSameWords(fingerprint: string, typed: string): boolean {
  const expected = fingerprint.split(' ');
  const words = typed.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.length === expected.length && expected.every((word, at) => isMeant(word, words[at] ?? ''));
}

function isMeant(word: string, typed: string): boolean {
  return typed === word || (typed.length >= UNIQUE_LETTERS && word.startsWith(typed));
}

const UNIQUE_LETTERS = 4;
