// One commit in the making: segments are verified against what is held, collected in a frame, and count all at once
// (spec/repository.md, "Taking a segment").
import { BodyReader } from '../format/body.js';
import { SatchelError } from '../format/error.js';
import type { EntryId, LogId } from '../format/ids.js';
import { type Proof, verifyProof } from '../format/proof.js';
import { type Segment, type SegmentHeader, type Visit, verifySegment, walkSegment } from '../format/segment.js';
import type { FoundRuns } from './findings.js';
import { keepProof, proveContradiction } from './forks.js';
import type { Additions } from './index.js';
import { Ingest, type Place } from './ingest.js';
import type { IntroductionRecord } from './introduction-record.js';
import { LogState } from './log-state.js';
import { milestoneLengths } from './milestones.js';
import type { OpenSegment } from './open-segment.js';
import type { FrameWriter, PackPosition } from './packs.js';
import type { Repository } from './repository.js';
import { plainRun, type RunRecord } from './run-record.js';

/** What became of a segment. */
export interface Taken {
  readonly log: LogId;
  /** Entries that were not held before and are now. */
  readonly fresh: number;
  /** Entries that were held already. */
  readonly known: number;
  /** Entries whose payload is missing without a cause verified here: not held. */
  readonly unheld: number;
}

/** A segment under verification. */
export interface Judgement {
  /** To be called for each entry in turn. */
  readonly visit: Visit;
  /**
   * To be called with the id of the last entry once chain and head are verified; adds what is new.
   * @throws SatchelError `contradiction` when the segment contradicts what is held: then the proof is kept with this
   * commit, and nothing of the segment is
   */
  settle(id: EntryId): Taken;
}

/** A segment as it goes into a pack. */
export type StoredSegment = SegmentHeader & Pick<Segment, 'bytes'>;

type Ingested = Pick<Ingest, 'retracts' | 'finish'>;

const OWN_KNOWN = { isHeld: () => false, now: 0, isRetracted: () => false };

/** A commit that is being filled. */
export class Commit {
  readonly #repository: Repository;
  readonly #tail: PackPosition;
  readonly #arrival: number;
  readonly #states = new Map<LogId, LogState>();
  readonly #introductions: IntroductionRecord[] = [];
  readonly #runs: RunRecord[] = [];
  readonly #healed: RunRecord[] = [];
  readonly #retracting = new Set<LogId>();
  readonly #proofs = new Map<LogId, Proof>();
  #frame: FrameWriter | undefined;

  constructor(repository: Repository, tail: PackPosition, arrival: number) {
    this.#repository = repository;
    this.#tail = tail;
    this.#arrival = arrival;
  }

  /** Whether a contradiction was proven in it. */
  get hasProofs(): boolean {
    return this.#proofs.size > 0;
  }

  /** Records of a log's runs so far, those of this commit included. */
  state(log: LogId): LogState {
    let state = this.#states.get(log);
    if (!state) {
      state = new LogState(this.#repository.records(log), (place) => this.#repository.segment(place));
      this.#states.set(log, state);
    }
    return state;
  }

  /**
   * Verifies a segment from elsewhere and adds what is new in it.
   * @throws SatchelError `bad-segment`, `bad-chain`, or `contradiction` as {@link Judgement.settle} does
   */
  take(segment: Segment): Taken {
    const judgement = this.judge(segment);
    return judgement.settle(verifySegment(segment, judgement.visit));
  }

  /** Judges a segment while somebody else walks and verifies it. */
  judge(segment: Segment): Judgement {
    const state = this.state(segment.log);
    const ingest = new Ingest(
      segment,
      state.known(segment, this.#repository.world.now()),
      this.#repository.interpreter,
    );
    const links = new LinkCheck(segment, state);
    return {
      visit: links.beside(ingest.visit),
      settle: (id) => {
        this.#refuseFrozen(segment);
        links.finish(id);
        if (links.failedAt !== undefined || this.#differsInside(segment, state, links, id))
          this.#contradict(segment, state, links.failedAt);
        return this.#add(segment, ingest, id, state);
      },
    };
  }

  /**
   * Judges a segment that somebody else has verified and walked; undefined when it has to be walked here after all, because
   * some of it is known, or explained by what is, or does not fit to it.
   */
  judgeFound(segment: StoredSegment, { runs, retracts }: FoundRuns): Pick<Judgement, 'settle'> | undefined {
    const state = this.state(segment.log);
    const [{ first, previous }] = runs;
    const { end, id } = runs[runs.length - 1] ?? runs[0];
    if (!state.isBeside({ first, end, previous, id })) return undefined;
    if (runs.some((run) => run.unheld && state.isRetractedPartly(run))) return undefined;
    const ingest = {
      retracts,
      finish: (_id: EntryId, place: Place) => ({ introductions: [], runs: runs.map((run) => ({ ...run, ...place })) }),
    };
    return {
      settle: (id) => {
        this.#refuseFrozen(segment);
        return this.#add(segment, ingest, id, state);
      },
    };
  }

  /**
   * Adds a segment that this device has just written behind the end of its own log; `ids` are those at its milestones,
   * and that of its last entry.
   */
  append(segment: Segment, ids: readonly EntryId[]): void {
    const id = ids.at(-1) ?? segment.previous;
    const atMilestones = new Map(milestoneLengths(segment).map((length, i) => [length, ids[i] ?? id]));
    const ingest = new Ingest(segment, OWN_KNOWN, this.#repository.interpreter);
    const reader = new BodyReader(segment.raw);
    // all of it is new, one run: of the chain only its ends and milestones are asked for, and they are known
    for (let seq = segment.first; reader.next(); seq++)
      ingest.visit(seq, reader, { id: atMilestones.get(seq + 1) ?? id, previousId: segment.previous });
    this.#store(segment, ingest, id);
  }

  /** Keeps a proof that came from elsewhere; true when it is valid and says something new. */
  addProof(proof: Proof): boolean {
    const frozen = this.#repository.frozen.get(proof.log) ?? Number.POSITIVE_INFINITY;
    const known = Math.min(frozen + 1, this.#proofs.get(proof.log)?.length ?? Number.POSITIVE_INFINITY);
    if (known <= proof.length || !verifyProof(proof)) return false;
    this.#keep(proof);
    return true;
  }

  /**
   * Retractions that came explain payloads that were missing without a cause: how many entries of each log are held from
   * now on. To be asked when all segments are taken, and not for each: a stripped segment would be read again each time.
   */
  heal(): ReadonlyMap<LogId, number> {
    const counts = new Map<LogId, number>();
    this.#frame?.flush(); // what this commit itself brought is read back from the pack too
    for (const log of this.#retracting) {
      const healed = healUnheld(this.#repository, this.state(log), this.#arrival);
      for (const run of healed) this.#healed.push(run);
      if (healed.length > 0) counts.set(log, countEntries(healed));
    }
    this.#retracting.clear();
    return counts;
  }

  /** Makes it durable; undefined when there was nothing to write. */
  finish(): { additions: Additions; covered: PackPosition } | undefined {
    this.heal();
    for (const proof of this.#proofs.values()) keepProof(this.#repository.layout.proofs, proof);
    if (!this.#frame) return undefined;
    const covered = this.#frame.finish();
    // a healed run lies in an older frame: the last record has to be one of this frame
    return { additions: { introductions: this.#introductions, runs: [...this.#healed, ...this.#runs] }, covered };
  }

  /** Leaves everything as it was. */
  abandon(): void {
    this.#frame?.abandon();
  }

  #add(segment: StoredSegment, ingest: Ingested, id: EntryId, state: LogState): Taken {
    const preview = ingest.finish(id, { pack: 0, offset: 0, length: 0, arrival: 0 }).runs;
    const fresh = countEntries(preview.filter((run) => !run.unheld));
    const stripped = preview.filter((run) => run.unheld);
    const unheld = countEntries(stripped);
    const taken = { log: segment.log, fresh, unheld, known: segment.count - fresh - unheld };
    const isNews = fresh > 0 || stripped.some(({ first, end }) => !state.hasChain({ from: first, end }));
    if (!isNews) return taken;
    state.add(this.#store(segment, ingest, id));
    state.retract(ingest.retracts);
    if (ingest.retracts.length > 0) this.#retracting.add(segment.log);
    return taken;
  }

  #store(segment: StoredSegment, ingest: Ingested, id: EntryId): RunRecord[] {
    this.#frame ??= this.#repository.packs.append(this.#tail, this.#arrival);
    const offset = this.#frame.add(segment.bytes);
    const found = ingest.finish(id, {
      pack: this.#frame.place.pack,
      offset,
      length: segment.length,
      arrival: this.#arrival,
    });
    this.#introductions.push(...found.introductions);
    for (const run of found.runs) this.#runs.push(run);
    return found.runs;
  }

  /** What this commit itself brought is read back from the pack too. */
  #stored(run: RunRecord): OpenSegment {
    if (run.arrival === this.#arrival) this.#frame?.flush();
    return this.#repository.segment(run);
  }

  /** One proof a log: that which reaches back furthest. */
  #keep(proof: Proof): void {
    const known = this.#proofs.get(proof.log);
    if (!known || proof.length < known.length) this.#proofs.set(proof.log, proof);
  }

  #refuseFrozen(segment: SegmentHeader): void {
    const frozen = this.#repository.frozen.get(segment.log);
    if (frozen !== undefined && segment.first + segment.count > frozen) {
      throw new SatchelError('contradiction', `log contradicts itself from entry ${frozen} on and is frozen there`);
    }
  }

  /** A segment that lies wholly inside a held run meets no known id; then the ids at its end are compared. */
  #differsInside(segment: Segment, state: LogState, links: LinkCheck, id: EntryId): boolean {
    if (links.met || !state.isKnown) return false;
    const end = segment.first + segment.count;
    const run = state.covering(end);
    if (!run) return false;
    const stored = this.#stored(run);
    const ours = stored.entry(end - 1)?.id;
    return ours !== undefined && ours !== id;
  }

  #contradict(theirs: Segment, state: LogState, failedAt: number | undefined): never {
    const run = state.covering(failedAt ?? theirs.first + theirs.count);
    const proof = run && proveContradiction(this.#stored(run).segment, theirs);
    if (proof) this.#keep(proof);
    const where = proof ? `entry ${proof.length - 1}` : `length ${failedAt ?? theirs.first}`;
    throw new SatchelError('contradiction', `log contradicts itself: two different signed entries at ${where}`);
  }
}

/** Records of runs that are held now because what was missing in them was retracted meanwhile; adds them to the state. */
export function healUnheld(repository: Repository, state: LogState, arrival: number): RunRecord[] {
  const healed: RunRecord[] = [];
  const walked = new Set<string>();
  const addHealed = (runs: readonly RunRecord[]): void => {
    state.add(runs);
    for (const one of runs) healed.push(one);
  };
  for (const run of state.explained) {
    // what is healed lies where it lay, and counts towards quotas already: it adds no bytes
    if (state.isRetractedWhole(run)) {
      addHealed([{ ...plainRun(run), unheld: false, bytes: 0, arrival }]);
      continue;
    }
    // one walk finds all runs of a segment, and many of them may lie in one
    const place = `${run.pack}:${run.offset}`;
    if (walked.has(place)) continue;
    walked.add(place);
    const stored = repository.segment(run).segment;
    const ingest = new Ingest(stored, state.known(stored, repository.world.now()), repository.interpreter);
    const id = walkSegment(stored, ingest.visit);
    const found = ingest.finish(id, { pack: run.pack, offset: run.offset, length: run.length, arrival });
    addHealed(found.runs.filter((one) => !one.unheld).map((one) => ({ ...one, bytes: 0 })));
  }
  return healed;
}

/** Compares the ids a segment passes with the ids known of its log at the same lengths. */
class LinkCheck {
  failedAt: number | undefined;
  /** Whether any known id was met. */
  met = false;
  readonly #state: LogState;
  readonly #end: number;
  /** Whether known runs lie where the segment does: then ids may be met within it. */
  readonly #isAmongKnown: boolean;

  constructor({ first, count, previous }: Segment, state: LogState) {
    this.#state = state;
    this.#end = first + count;
    this.#isAmongKnown = state.knowsOf({ from: first, end: this.#end });
    if (first > 0) this.#compare(first, () => previous);
  }

  /** A visit that checks, then goes on to `visit`. */
  beside(visit: Visit): Visit {
    if (!this.#isAmongKnown) return visit;
    return (seq, entry, chain) => {
      this.#compare(seq + 1, () => chain.id);
      visit(seq, entry, chain);
    };
  }

  /** To be called with the id of the last entry. */
  finish(id: EntryId): void {
    this.#compare(this.#end, () => id);
  }

  #compare(length: number, id: () => EntryId): void {
    const known = this.#state.idAt(length);
    if (known === undefined) return;
    this.met = true;
    if (known !== id()) this.failedAt ??= length;
  }
}

function countEntries(runs: readonly RunRecord[]): number {
  return runs.reduce((sum, run) => sum + run.end - run.first, 0);
}
