// Everything that happens by chance in the replay follows from one seed: the same seed, the same run.
import { createHash } from 'node:crypto';

/** A stream of chance that depends on nothing but its label. */
export class Chance {
  readonly #label: string;
  #block: Buffer = Buffer.alloc(0);
  #blocks = 0;
  #at = 0;

  constructor(label: string) {
    this.#label = label;
  }

  /** The next `size` bytes. */
  bytes(size: number): Buffer {
    while (this.#block.length - this.#at < size) this.#refill();
    this.#at += size;
    return Buffer.from(this.#block.subarray(this.#at - size, this.#at));
  }

  /** A number in [0, 1). */
  number(): number {
    return this.bytes(6).readUIntBE(0, 6) / 2 ** 48;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.number() * limit);
  }

  /** True so often. */
  happens(probability: number): boolean {
    return this.number() < probability;
  }

  /** One of them. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** The key whose share of the weights was hit. */
  weighed<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.number() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return this.pick(entries)[0];
  }

  #refill(): void {
    const block = createHash('shake256', { outputLength: 1_024 })
      .update(`${this.#label}/${this.#blocks++}`)
      .digest();
    this.#block = Buffer.concat([this.#block.subarray(this.#at), block]);
    this.#at = 0;
  }
}
