// A card that a mail program broke into lines, on a command line (spec/cli.md, "Identity and contacts"): where a line of it
// begins with "-", it is no option.
import { CARD_PREFIX, isCutOffCard } from '../../identity/card-text.js';

const LETTERS = /^[\w-]+$/;

/** The words, with each that continues a card and begins with "-" joined to the one before. */
export function withDashesOfCards(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (const word of argv) {
    const before = words.at(-1);
    if (before !== undefined && word.startsWith('-') && continuesCard(word, words))
      words[words.length - 1] = before + word;
    else words.push(word);
  }
  return words;
}

function continuesCard(word: string, before: readonly string[]): boolean {
  const start = before.findLastIndex((earlier) => earlier.startsWith(CARD_PREFIX));
  const rest = start < 0 ? [] : [...before.slice(start + 1), word];
  return rest.length > 0 && rest.every((piece) => LETTERS.test(piece)) && isCutOffCard(before.slice(start).join(''));
}
