// Freezes that move while a commit is being filled: proofs that it brings, what is known of a log under them, and how many
// entries that makes more or fewer (spec/log.md, "Freeze").
import type { LogId } from '../../format/ids.js';
import { type Proof, verifyProof } from '../../format/log/proof.js';
import { deriveState } from '../index/derive.js';
import { countRanges, type HeldRange, heldRanges, subtractRanges } from '../index/held.js';
import { keepProof } from '../store/forks.js';
import type { CommitDraft } from './draft.js';

/** So often the freeze of a log moves within one commit, at most: each time what is known of it may be derived anew. */
const LOWERED_MAX = 16;

/** A log whose freeze moved: how often, and what was held of it before. */
interface Lowered {
  readonly times: number;
  readonly held: readonly HeldRange[];
}

/** The freezes of one commit. */
export class Freezes {
  /** The number of the first commit of which the index says something else now; undefined when it has all of them right. */
  derivedFrom: number | undefined;
  readonly #draft: CommitDraft;
  readonly #proofs = new Map<LogId, Proof>();
  readonly #lowered = new Map<LogId, Lowered>();
  /** Entries of each log that counted as new so far. */
  readonly #fresh = new Map<LogId, number>();

  constructor(draft: CommitDraft) {
    this.#draft = draft;
  }

  /** Logs of which what is held may have become less. */
  get logs(): Iterable<LogId> {
    return this.#lowered.keys();
  }

  /** Whether that is so of a log. */
  isLowered(log: LogId): boolean {
    return this.#lowered.has(log);
  }

  /** Whether a contradiction was proven. */
  get hasProofs(): boolean {
    return this.#proofs.size > 0;
  }

  /** Takes a proof that came from elsewhere; true when it is valid and says something new. */
  take(proof: Proof): boolean {
    const { freeze } = this.#draft.state(proof.log);
    if (freeze >= proof.length) return verifyProof(proof) && this.keep(proof);
    // it may take the place of one that has rotten
    if (freeze === proof.length - 1 && verifyProof(proof)) keepProof(this.#draft.repository.layout.proofs, proof);
    return false;
  }

  /** Keeps one proof a log: that which reaches back furthest. False when that moved too often in this commit. */
  keep(proof: Proof): boolean {
    const { log, length } = proof;
    const lowered = this.#lowered.get(log) ?? { times: 0, held: heldRanges(this.#draft.repository.runs(log)) };
    if (lowered.times === LOWERED_MAX) return false;
    this.#lowered.set(log, { ...lowered, times: lowered.times + 1 });
    this.#proofs.set(log, proof);
    this.#lower(log, length - 1);
    return true;
  }

  /** What explained missing payloads of a log counts no more: they are missing without a cause. */
  undo(log: LogId): void {
    const { held, freeze, runs } = this.#draft.state(log);
    if (!runs.some((run) => run.dropped)) return;
    if (!this.#lowered.has(log)) this.#lowered.set(log, { times: 0, held });
    this.#derive(log, freeze);
  }

  /** So many entries of a log count as new. */
  count(log: LogId, fresh: number): void {
    this.#fresh.set(log, (this.#fresh.get(log) ?? 0) + fresh);
  }

  /** What is here of a log whose freeze moved, against what was counted: entries may have been lost by it. */
  correct(log: LogId): number {
    const lowered = this.#lowered.get(log);
    if (!lowered) return 0;
    const more = countRanges(subtractRanges(this.#draft.state(log).held, lowered.held)) - (this.#fresh.get(log) ?? 0);
    this.count(log, more);
    return more;
  }

  /** Makes the proofs durable. */
  finish(): void {
    for (const proof of this.#proofs.values()) keepProof(this.#draft.repository.layout.proofs, proof);
  }

  #lower(log: LogId, freeze: number): void {
    const state = this.#draft.state(log);
    if (state.mayChangeWith(freeze)) this.#derive(log, freeze);
    else state.lower(freeze);
  }

  /** What is known of the log, anew under a freeze; so has the index if payloads are missing. */
  #derive(log: LogId, freeze: number): void {
    const { repository, arrival, read } = this.#draft;
    this.#draft.flush();
    const { runs } = this.#draft.state(log);
    if (runs.some((run) => run.dropped))
      this.derivedFrom = Math.min(this.derivedFrom ?? arrival, ...runs.map((run) => run.arrival));
    this.#draft.replaceState(log, deriveState(repository, { runs, freeze, open: arrival, read }));
  }
}
