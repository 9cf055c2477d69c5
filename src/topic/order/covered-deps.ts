// What the entries that a writer appends commit to by their deps, so that later ones need not say it again
// (spec/message.md, "Covered deps").
import type { LogId } from '../../format/ids.js';
import { type Cited, hasId } from '../message/message.js';
import type { Citable } from './deps.js';

/** An own message, as far as others can rely on it. */
export interface Covering {
  readonly seq: number;
  /** The day from which it is not shown; absent: never. */
  readonly expires?: number | undefined;
}

interface Cover extends Covering {
  /** Seq of the entry that it cites. */
  readonly upTo: number;
}

/** The messages of one batch that others of it can rely on: for each log the one that reaches furthest. */
export class CoveredDeps {
  readonly #own: LogId;
  readonly #frozen: ReadonlyMap<LogId, number>;
  readonly #covers = new Map<LogId, Cover>();

  /** For entries of the log `own`; what is cited of `frozen` logs covers nothing: their past is in doubt. */
  constructor(own: LogId, frozen: ReadonlyMap<LogId, number>) {
    this.#own = own;
    this.#frozen = frozen;
  }

  /** The entry that commits to the target, for a message that expires on that day: then that one is there as long. */
  of(target: Pick<Citable, 'log' | 'seq'>, expires: number | undefined): number | undefined {
    if (target.log === this.#own) return target.seq;
    const cover = this.#covers.get(target.log);
    return cover && cover.upTo >= target.seq && lasts(cover, expires) ? cover.seq : undefined;
  }

  /** Adds a message and what it cites. */
  add({ seq, expires }: Covering, deps: readonly Cited[]): void {
    for (const cited of deps) {
      if (!hasId(cited) || this.#frozen.has(cited.log)) continue;
      const known = this.#covers.get(cited.log);
      // what reaches further but is gone sooner does not take its place
      if (known && (known.upTo >= cited.seq || !lasts({ expires }, known.expires))) continue;
      this.#covers.set(cited.log, { seq, expires, upTo: cited.seq });
    }
  }
}

function lasts({ expires = Number.POSITIVE_INFINITY }: Pick<Covering, 'expires'>, day: number | undefined): boolean {
  return expires >= (day ?? Number.POSITIVE_INFINITY);
}
