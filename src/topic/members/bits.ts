// Sets of small whole numbers, 32 to a word: the past of a statement is one of them.

/** A set of whole numbers from 0 on; it grows as it needs to. */
export class Bits {
  #words: Uint32Array;

  /** An empty set with room for numbers below `size`. */
  constructor(size = 0) {
    this.#words = new Uint32Array((size + 31) >>> 5);
  }

  has(number: number): boolean {
    return (((this.#words[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
  }

  add(number: number): this {
    const word = number >>> 5;
    this.#grow(word + 1);
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (number & 31));
    return this;
  }

  /** Takes in every number of the other set. */
  addAll(other: Bits): this {
    this.#grow(other.#words.length);
    for (let i = 0; i < other.#words.length; i++) this.#words[i] = (this.#words[i] ?? 0) | (other.#words[i] ?? 0);
    return this;
  }

  /** How many numbers are in both. */
  countIn(other: Bits): number {
    let count = 0;
    const length = Math.min(this.#words.length, other.#words.length);
    for (let i = 0; i < length; i++) count += ones((this.#words[i] ?? 0) & (other.#words[i] ?? 0));
    return count;
  }

  /** The numbers, ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.#words.length; i++) {
      for (let word = this.#words[i] ?? 0; word !== 0; word &= word - 1) yield i * 32 + 31 - Math.clz32(word & -word);
    }
  }

  #grow(words: number): void {
    if (words <= this.#words.length) return;
    const larger = new Uint32Array(words);
    larger.set(this.#words);
    this.#words = larger;
  }
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
