// Text that compresses about as human text does: words of a fixed vocabulary, the k-th of them about 1/k as often as the
// first (Zipf's law), in lines of 20 to 280 bytes with a mean of 120.
import { Chance } from './chance.js';

const VOCABULARY = 6_000;
const TEXT_MIN = 20;
const TEXT_SPAN = 260;
/** Makes the mean of `TEXT_SPAN * u ** SKEW` 100 bytes. */
const SKEW = 1.6;
/** Flattens the head of the distribution, as in real text. */
const ZIPF_OFFSET = 2.7;
const TABLE = 65_536;

const CONSONANTS = 'bcdfghjklmnprstvwyz';
const VOWELS = 'aeiouea';

/** Texts of messages, one after the other. */
export class Words {
  readonly #chance: Chance;
  readonly #table: readonly string[];

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#table = zipfTable(vocabulary(new Chance(7)));
  }

  /** The next text; ASCII, so as many bytes as characters. */
  next(): string {
    const size = Math.round(TEXT_MIN + TEXT_SPAN * this.#chance.number() ** SKEW);
    let text = '';
    while (text.length < size) text += `${this.#table[this.#chance.below(TABLE)]} `;
    // a space at the end would be cut by one peer and kept by another
    return `${text.slice(0, size - 1)}.`;
  }
}

function vocabulary(chance: Chance): string[] {
  const words = new Set<string>();
  while (words.size < VOCABULARY) {
    // frequent words are short ones
    const syllables = 1 + chance.below(1 + Math.min(3, Math.floor(Math.log10(words.size + 1))));
    let word = '';
    for (let i = 0; i <= syllables; i++) {
      word += CONSONANTS[chance.below(CONSONANTS.length)] ?? '';
      word += VOWELS[chance.below(VOWELS.length)] ?? '';
    }
    words.add(word.slice(0, 2 + chance.below(word.length)));
  }
  return [...words];
}

/** Each word as often as it is to be picked, so that picking takes one number. */
function zipfTable(words: readonly string[]): string[] {
  const weights = words.map((_, rank) => 1 / (rank + ZIPF_OFFSET));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const table: string[] = [];
  let reached = 0;
  for (const [rank, word] of words.entries()) {
    reached += ((weights[rank] ?? 0) / total) * TABLE;
    while (table.length < reached) table.push(word);
  }
  return table.slice(0, TABLE);
}
