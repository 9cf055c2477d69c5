// How much a randomised test tries, and from which seed: the same every time, unless the environment says otherwise.

/** Times as much as in the default run; set by `SOAK`. */
const FACTOR = Math.max(1, Number(process.env['SOAK'] ?? 0) * 20);

/** Where randomness starts; `SEED` repeats a run, and a soak starts somewhere else each time. */
export const SEED = Number(process.env['SEED'] ?? (FACTOR > 1 ? Date.now() % 2 ** 31 : 20_260_102));

/** So many of something, more in a soak. */
export function effort(count: number): number {
  return Math.ceil(count * FACTOR);
}

/** Settings of a fast-check property that tries so many times; they name the seed when it fails. */
export function trying(count: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: effort(count), seed: SEED };
}

/** Numbers in [0, 1) that follow from the seed and a label (mulberry32). */
export function chance(label: string): () => number {
  let state = [...label].reduce((sum, char) => (Math.imul(sum, 31) + char.charCodeAt(0)) | 0, SEED | 0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The items in an order that follows from the seed and a label. */
export function shuffled<T>(items: readonly T[], label: string): T[] {
  const random = chance(label);
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
