// How work grows with its input, as an exponent: never by seconds, for machines are slow, or busy.

/** Rounds of measuring, at most: what only seemed to grow, because the machine had other work, does not do so again. */
const ROUNDS_MAX = 6;

/**
 * The exponent by which the processor time of `work` grows with the size of one piece. It is handed a size and is to
 * work on so many pieces that their sizes add up to the same: then work that grows with its input takes always the same.
 * Measuring ends once the exponent is at most `enough`; of each size the shortest time counts.
 */
export async function growthOf(
  sizes: readonly number[],
  work: (size: number) => unknown,
  enough = EXPONENT_MAX,
): Promise<number> {
  const shortest = new Map<number, number>();
  await work(sizes[0] ?? 0);
  let exponent = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS_MAX && exponent > enough; round++) {
    for (const size of sizes) {
      const before = process.cpuUsage();
      await work(size);
      const { user, system } = process.cpuUsage(before);
      shortest.set(size, Math.min(shortest.get(size) ?? Number.POSITIVE_INFINITY, user + system));
    }
    exponent = 1 + slopeOf([...shortest].map(([size, time]) => [Math.log(size), Math.log(Math.max(1, time))]));
  }
  return exponent;
}

/** Above this, work is not called linear. */
export const EXPONENT_MAX = 1.25;

/** Of the straight line through the points that is nearest to them (least squares). */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const x = mean(0);
  const y = mean(1);
  const up = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return up / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

/** Texts of one kind each, of any number of characters, that made some program slow. */
export const SLOW_TEXTS: Readonly<Record<string, (size: number) => string>> = {
  blanks: (size) => `${' '.repeat(size - 1)}x`,
  'blanks after a word': (size) => `x${' '.repeat(size - 2)}x`,
  tabs: (size) => `${'\t'.repeat(size - 1)}x`,
  newlines: (size) => `${'\n'.repeat(size - 1)}x`,
  'returns and newlines': (size) => '\r\n'.repeat(size / 2),
  'wide blanks': (size) => `${'\u3000'.repeat(size - 1)}x`,
  'one word': (size) => 'x'.repeat(size),
  'short words': (size) => 'a '.repeat(size / 2),
  'combining marks': (size) => `e${'\u0301'.repeat(size - 1)}`,
  joiners: (size) => '\u200d'.repeat(size),
  'joined letters': (size) => 'ن\u200c'.repeat(size / 2),
  'chains of emoji': (size) => '👩\u200d'.repeat(size / 3),
  'skin tones': (size) => '👍🏽'.repeat(size / 4),
  'wide letters': (size) => '李'.repeat(size),
  'from right to left': (size) => 'שלום '.repeat(size / 5),
  'bidi controls': (size) => '\u202e\u2066'.repeat(size / 2),
  'what has no width': (size) => '\u200b\u2060'.repeat(size / 2),
  'escape sequences': (size) => '\x1b['.repeat(size / 2),
  'nested quotes': (size) => '> '.repeat(size / 2),
  backslashes: (size) => '\\'.repeat(size),
  'beginnings of cards': (size) => 'satchel1:AQE '.repeat(size / 13),
  'commands of the program': (size) => 'x: satchel '.repeat(size / 11),
};
