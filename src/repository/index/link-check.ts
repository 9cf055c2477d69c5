// Whether a segment has the ids that are known of its log, at every length up to the freeze that both speak of (spec/log.md,
// "Known ids"). Within one run the highest such length says it for those below: an id commits to all before it.
import type { EntryId } from '../../format/ids.js';
import type { Segment, Visit } from '../../format/log/segment.js';
import type { LogState } from './log-state.js';

/** Looks at one segment while it is walked. */
export class LinkCheck {
  /** The lowest length looked at at which the ids differ; where they begin to differ may lie below it. */
  failedAt: number | undefined;
  readonly #state: LogState;
  /** The highest length that counts. */
  readonly #limit: number;
  readonly #end: number;
  /** Whether known runs lie where the segment does: then ids may be met within it. */
  readonly #isAmongKnown: boolean;
  #idAtLimit: EntryId | undefined;

  constructor({ first, count, previous }: Segment, state: LogState) {
    this.#state = state;
    this.#end = first + count;
    this.#limit = Math.min(this.#end, state.freeze);
    this.#isAmongKnown = this.#limit < this.#end || state.knowsOf({ from: first, end: this.#limit });
    if (first > this.#limit) return;
    if (first > 0) this.#compare(first, () => previous);
    if (first === this.#limit) this.#idAtLimit = previous;
  }

  /** A visit that checks, then goes on to `visit`. */
  beside(visit: Visit): Visit {
    if (!this.#isAmongKnown) return visit;
    return (seq, entry, chain) => {
      if (seq < this.#limit) this.#compare(seq + 1, () => chain.id);
      if (seq + 1 === this.#limit) this.#idAtLimit = chain.id;
      visit(seq, entry, chain);
    };
  }

  /** To be called with the id of the last entry; whether all ids are the same. */
  finish(id: EntryId): boolean {
    if (this.#limit === this.#end) this.#idAtLimit = id;
    const ours = this.#idAtLimit && this.#limit > 0 ? this.#state.knownIdAt(this.#limit) : undefined;
    if (ours !== undefined && ours !== this.#idAtLimit) this.failedAt ??= this.#limit;
    return this.failedAt === undefined;
  }

  #compare(length: number, id: () => EntryId): void {
    const known = this.#state.idAt(length);
    if (known !== undefined && known !== id()) this.failedAt ??= length;
  }
}
