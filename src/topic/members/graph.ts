// Statements that are held with all they cite, and what each knew (spec/private.md, "Past"). A place is a number in the order of
// arrival, so whatever is in a statement's past has a smaller one; nothing else follows from it.
import type { StatementId } from '../../format/ids.js';
import { Bits } from './bits.js';
import type { Says, TopicStatement } from './statement.js';

/** A statement in its place. */
export interface Placed<Said extends Says = Says> extends TopicStatement<Said> {
  readonly at: number;
  /** The places of all that it reaches by what it cites. */
  readonly past: Bits;
}

/** Statements of one topic; it only ever grows. */
export class Graph {
  readonly #placed: Placed[] = [];
  readonly #byId = new Map<StatementId, Placed>();
  readonly #cited = new Bits();

  get size(): number {
    return this.#placed.length;
  }

  /** All statements, each after its past. */
  get all(): readonly Placed[] {
    return this.#placed;
  }

  get(id: StatementId): Placed | undefined {
    return this.#byId.get(id);
  }

  /**
   * Adds a statement that is not there yet.
   * @throws RangeError when what it cites is not there
   */
  add(statement: TopicStatement): Placed {
    const past = this.pastOf(statement.prev);
    if (!past) throw new RangeError(`statement ${statement.id} cites what is not held`);
    const placed = { ...statement, at: this.#placed.length, past };
    this.#placed.push(placed);
    this.#byId.set(statement.id, placed);
    this.#cited.addAll(past);
    return placed;
  }

  /** The places of these statements and of all in their pasts; undefined unless all of them are there. */
  pastOf(ids: readonly StatementId[]): Bits | undefined {
    const past = new Bits(this.#placed.length);
    for (const id of ids) {
      const one = this.#byId.get(id);
      if (!one) return undefined;
      past.addAll(one.past).add(one.at);
    }
    return past;
  }

  /** What no other statement cites. */
  heads(): readonly Placed[] {
    return this.#placed.filter(({ at }) => !this.#cited.has(at));
  }
}

/** Those that have none of the others in their past. */
export function causallyFirst<T extends Placed>(some: readonly T[]): readonly T[] {
  return some.filter((one) => !some.some((other) => one.past.has(other.at)));
}

/** Those that are in the past of none of the others; `some` are in order of their places. */
export function causallyLast<T extends Placed>(some: readonly T[]): readonly T[] {
  const covered = new Bits();
  const last: T[] = [];
  for (const one of [...some].reverse()) {
    if (covered.has(one.at)) continue;
    last.push(one);
    covered.addAll(one.past);
  }
  return last.reverse();
}
