// Where in a file the record of a key stands, for millions of keys: a hash table of two words a key. The words tell a
// key almost surely from others; whoever asks compares with the record itself.

const SLOTS_MIN = 1_024;

/** Offsets by the first four bytes of a hash; several may be under the same four. */
export class KeyTable {
  #tags = new Uint32Array(SLOTS_MIN);
  /** One more than the offset; 0 for an empty slot. */
  #places = new Uint32Array(SLOTS_MIN);
  #count = 0;

  /** Adds a hash whose record stands at `offset`. */
  add(hash: Buffer, offset: number): void {
    if (2 * (this.#count + 1) > this.#tags.length) this.#grow();
    this.#put(hash.readUInt32BE(0), offset + 1);
    this.#count++;
  }

  /** Offsets at which the record of the hash may stand. */
  *candidates(hash: Buffer): Generator<number> {
    const tag = hash.readUInt32BE(0);
    const mask = this.#tags.length - 1;
    for (let slot = tag & mask; this.#places[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#tags[slot] === tag) yield (this.#places[slot] ?? 0) - 1;
    }
  }

  #put(tag: number, place: number): void {
    const mask = this.#tags.length - 1;
    let slot = tag & mask;
    while (this.#places[slot] !== 0) slot = (slot + 1) & mask;
    this.#tags[slot] = tag;
    this.#places[slot] = place;
  }

  #grow(): void {
    const tags = this.#tags;
    const places = this.#places;
    this.#tags = new Uint32Array(2 * tags.length);
    this.#places = new Uint32Array(2 * tags.length);
    for (const [slot, place] of places.entries()) if (place !== 0) this.#put(tags[slot] ?? 0, place);
  }
}
