// One commit in the making: what was found in segments is held against what is known of their logs, collected in a frame, and
// counts all at once (spec/log.md, "Taking a segment").

import { SatchelError } from '../format/error.js';
import type { EntryId, LogId } from '../format/ids.js';
import { BodyReader } from '../format/log/body.js';
import type { Range } from '../format/log/meta.js';
import type { Proof } from '../format/log/proof.js';
import { decodeSegment, type Segment, type SegmentHeader, walkSegment } from '../format/log/segment.js';
import { CommitDraft, type StoredSegment } from './commit/draft.js';
import { Freezes } from './commit/freezes.js';
import { LaterLogs } from './commit/later-logs.js';
import type { Behind } from './index/behind.js';
import type { Found } from './index/found-runs.js';
import { healUnheld } from './index/heal.js';
import type { Additions } from './index/index.js';
import { Ingest, type Known } from './index/ingest.js';
import { LinkCheck } from './index/link-check.js';
import type { LogState } from './index/log-state.js';
import { milestoneLengths } from './index/milestones.js';
import type { RunRecord } from './index/run-record.js';
import type { KnownLogs } from './known-logs.js';
import { cutAtFreeze, withoutForgotten } from './store/cut.js';
import { proveContradiction } from './store/forks.js';
import type { PackPosition } from './store/packs.js';
import { type Findings, findingsOf } from './verify.js';

/** What became of a segment. */
export interface Taken {
  readonly log: LogId;
  /** Entries that were not held before and are now. */
  readonly fresh: number;
  /** Entries that were held already. */
  readonly known: number;
  /** Entries whose payload is missing without a cause verified here: not held. */
  readonly unheld: number;
  /** Why some of it was not taken: the log contradicts itself. What lies before the freeze was taken. */
  readonly refusal?: SatchelError;
}

/** What is known of an own log where it is written on. */
const OWN_KNOWN: Known = {
  isHeld: () => false,
  isExplained: () => false,
  isHousekeeping: () => false,
  now: 0,
  freeze: Number.POSITIVE_INFINITY,
};

/** A commit that is being filled. */
export class Commit {
  /** Told of what segments hold behind a freeze. */
  onBehind: ((behind: Behind) => void) | undefined;
  readonly #draft: CommitDraft;
  readonly #freezes: Freezes;
  readonly #later: LaterLogs;
  readonly #healed: RunRecord[] = [];
  /** Logs of which something was retracted since they were healed. */
  readonly #retracting = new Set<LogId>();

  constructor(repository: KnownLogs, tail: PackPosition, arrival: number) {
    this.#draft = new CommitDraft(repository, tail, arrival);
    this.#freezes = new Freezes(this.#draft);
    this.#later = new LaterLogs(this.#draft, this.#freezes);
  }

  /** Whether the freeze of the log moved in it: what was held before may not be. */
  isLowered(log: LogId): boolean {
    return this.#freezes.isLowered(log);
  }

  /** Whether a contradiction was proven in it. */
  get hasProofs(): boolean {
    return this.#freezes.hasProofs;
  }

  /** The number of the first commit that a freeze made say something else; undefined when the index has it right. */
  get derivedFrom(): number | undefined {
    return this.#freezes.derivedFrom;
  }

  /** Records of a log's runs so far, those of this commit included. */
  state(log: LogId): LogState {
    return this.#draft.state(log);
  }

  /**
   * Verifies a segment from elsewhere and adds what is new in it.
   * @throws SatchelError `bad-segment`, `bad-chain`, or as {@link Commit.apply} does
   */
  take(segment: Segment): Taken {
    return this.apply(findingsOf(segment, this.#draft.repository.interpreter), segment.bytes);
  }

  /**
   * Adds what is new of a verified segment, whose bytes these are. When it contradicts what is known, the proof is kept with
   * this commit, and the part before the freeze.
   * @throws SatchelError `over-limit` when the log contradicts itself in too many places for one commit
   */
  apply(findings: Findings, bytes: Buffer): Taken {
    const { header, id } = findings;
    const state = this.state(header.log);
    if (state.hasAll(header, id)) return allKnown(header);
    const isForgotten = state.hasForgotten({ from: header.first, end: header.first + header.count });
    if (!isForgotten && isAsFound(findings, state)) return this.#add({ ...header, bytes }, findings, state);
    const segment = decodeSegment(bytes);
    return this.#applyEach(
      isForgotten ? withoutForgotten(segment, (seq) => state.isForgotten(seq)) : segment,
      id,
      state,
    );
  }

  /** The same, entry by entry: some of it is known, or explained by what is, or by the date, or does not fit to it. */
  #applyEach(segment: Segment, id: EntryId, state: LogState): Taken {
    const links = new LinkCheck(segment, state);
    const ingest = this.#draft.ingest(segment, state);
    walkSegment(segment, links.beside(ingest.visit));
    if (!links.finish(id)) return this.#contradict(segment, state, links.failedAt ?? segment.first);
    if (segment.first + segment.count > state.freeze) return this.#takeBefore(segment, isFrozen(state));
    return this.#add(segment, ingest.found(id), state);
  }

  /**
   * Adds a segment that this device has just written behind the end of its own log; `ids` are those at its milestones,
   * and that of its last entry.
   */
  append(segment: Segment, ids: readonly EntryId[]): void {
    const id = ids.at(-1) ?? segment.previous;
    const atMilestones = new Map(milestoneLengths(segment).map((length, i) => [length, ids[i] ?? id]));
    const ingest = new Ingest(segment, OWN_KNOWN, this.#draft.repository.interpreter);
    const reader = new BodyReader(segment.raw);
    // all of it is new, one run: of the chain only its ends and milestones are asked for, and they are known
    for (let seq = segment.first; reader.next(); seq++)
      ingest.visit(seq, reader, { id: atMilestones.get(seq + 1) ?? id, previousId: segment.previous });
    // older acks that an ack takes back
    this.#draft.store(segment, ingest.found(id), (seq) => this.state(segment.log).isHousekeeping(seq));
  }

  /** Keeps a proof that came from elsewhere; true when it is valid and says something new. */
  addProof(proof: Proof): boolean {
    return this.#freezes.take(proof);
  }

  /**
   * Retractions that came explain payloads that were missing without a cause: how many more entries of each log are held
   * from now on, or fewer where a freeze undid some. To be asked when all segments are taken, and not for each: a stripped
   * segment would be read again each time.
   */
  heal(): ReadonlyMap<LogId, number> {
    const counts = new Map<LogId, number>();
    this.#draft.flush(); // what this commit itself brought is read back from the pack too
    for (const log of this.#later.weigh()) this.#retracting.add(log);
    for (const log of new Set([...this.#retracting, ...this.#freezes.logs])) {
      const healed = healUnheld(this.#draft.repository, this.state(log), this.#draft.arrival);
      for (const run of healed) this.#healed.push(run);
      this.#freezes.count(log, countEntries(healed));
      const more = countEntries(healed) + this.#freezes.correct(log);
      if (more !== 0) counts.set(log, more);
    }
    this.#retracting.clear();
    return counts;
  }

  /** Makes it durable; undefined when there was nothing to write. */
  finish(): { additions: Additions; covered: PackPosition } | undefined {
    this.heal();
    this.#freezes.finish();
    const covered = this.#draft.finish();
    if (!covered) return undefined;
    const { introductions, runs } = this.#draft;
    // a healed run lies in an older frame: the last record has to be one of this frame
    return { additions: { introductions, runs: [...this.#healed, ...runs] }, covered };
  }

  /** Leaves everything as it was. */
  abandon(): void {
    this.#draft.abandon();
  }

  #add(segment: StoredSegment, found: Found, state: LogState): Taken {
    const fresh = countEntries(found.runs.filter((run) => !run.unheld));
    const stripped = found.runs.flatMap((run) => (run.unheld ? before(run, state.freeze) : []));
    const unheld = countEntries(stripped);
    const counted = Math.max(0, Math.min(segment.first + segment.count, state.freeze) - segment.first);
    const taken = { log: segment.log, fresh, unheld, known: counted - fresh - unheld };
    const isNews = fresh > 0 || stripped.some((run) => !state.hasChain(rangeOf(run)));
    if (!isNews && !isNewId(segment, state)) return taken;
    this.#freezes.count(segment.log, fresh);
    state.add(this.#draft.store(segment, found, (seq) => state.isHousekeeping(seq)));
    state.retract(found.retracts);
    if (found.retracts.length > 0) this.#retracting.add(segment.log);
    if (unheld > 0) this.#later.addStripped(segment.log);
    this.#later.add(segment.log, found.retractsIn);
    return taken;
  }

  /** The segment differs from what is known: the proof of where it begins to, and what lies before. */
  #contradict(theirs: Segment, state: LogState, failedAt: number): Taken {
    const run = state.longestCovering(failedAt);
    const proof = run && proveContradiction(this.#draft.read(run).segment, theirs);
    if (!proof) throw contradiction(`two different signed entries at length ${failedAt}`);
    if (!this.#freezes.keep(proof)) throw new SatchelError('over-limit', 'log contradicts itself in too many places');
    return this.#takeBefore(theirs, contradiction(`two different signed entries at entry ${proof.length - 1}`));
  }

  /** What of a verified segment lies before the freeze: from there on its payloads are left out. */
  #takeBefore(segment: Segment, refusal: SatchelError): Taken {
    const state = this.state(segment.log);
    this.onBehind?.({ log: segment.log, freeze: state.freeze, segment });
    if (segment.first > state.freeze) return { log: segment.log, fresh: 0, unheld: 0, known: 0, refusal };
    const cut = cutAtFreeze(segment, state.freeze);
    const ingest = this.#draft.ingest(cut, state);
    const id = walkSegment(cut, ingest.visit);
    return { ...this.#add(cut, ingest.found(id), state), refusal };
  }
}

/** Whether what is known of the log changes nothing of what was found. */
function isAsFound({ header, id, runs }: Findings, state: LogState): boolean {
  const { first, count, previous } = header;
  const end = first + count;
  if (end > state.freeze || !state.isBeside({ first, end, previous, id })) return false;
  return runs.every((run) => !run.unheld || !(run.expires || state.isExplainedPartly(run)));
}

function contradiction(how: string): SatchelError {
  return new SatchelError('contradiction', `log contradicts itself: ${how}`);
}

function isFrozen({ freeze }: LogState): SatchelError {
  return new SatchelError('contradiction', `log contradicts itself from entry ${freeze} on and is frozen there`);
}

function allKnown({ log, count }: SegmentHeader): Taken {
  return { log, fresh: 0, unheld: 0, known: count };
}

/** All of a segment lies behind the freeze, but it tells what the id is there. */
function isNewId({ first }: SegmentHeader, state: LogState): boolean {
  return first > 0 && first === state.freeze && state.knownIdAt(first) === undefined;
}

/** Entries [first, end). */
type Stretch = Pick<RunRecord, 'first' | 'end'>;

/** The part of a run before the freeze, if there is any. */
function before({ first, end }: Stretch, freeze: number): Stretch[] {
  return first < freeze ? [{ first, end: Math.min(end, freeze) }] : [];
}

function rangeOf({ first, end }: Stretch): Range {
  return { from: first, end };
}

function countEntries(runs: readonly Stretch[]): number {
  return runs.reduce((sum, run) => sum + run.end - run.first, 0);
}
