// Somebody who writes down recovery words, and is asked for some of them.
import type { Answer } from './command.js';

/** The words on a terminal, in order. */
export function wordsShown(shown: string): string[] {
  const words: string[] = [];
  for (const [, place, word] of shown.matchAll(/(\d+) ([a-z]+)(?= |\n)/g)) words[Number(place) - 1] = word ?? '';
  return words;
}

/** Answers with the words as they were shown. */
export const writesDown: Answer = (question, shown) => {
  const place = /^Word (\d+): $/.exec(question)?.[1];
  return place === undefined ? '' : wordsShown(shown)[Number(place) - 1];
};
