// Whether the people of a world seal what they add to drives: nobody, everybody, or every other one of them.
import type { Replica } from './replica.js';

/** How a world is. */
export type Sealing = 'open' | 'sealed' | 'mixed';

/** Lets them. */
export function sealAs(people: readonly Replica[], sealing: Sealing): void {
  for (const [i, one] of people.entries())
    one.seal = sealing === 'sealed' || (sealing === 'mixed' && i % 2 === 0) ? 'always' : 'never';
}

/** How a world is that follows from a seed: those of odd ones are open, as all were once. */
export function sealingOf(seed: number): Sealing {
  if (seed % 2 === 1) return 'open';
  return seed % 4 === 0 ? 'sealed' : 'mixed';
}
