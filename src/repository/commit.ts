// One commit in the making: segments are verified against what is held, collected in a frame, and count all at once
// (spec/log.md, "Taking a segment").

import { SatchelError } from '../format/error.js';
import type { EntryId, LogId } from '../format/ids.js';
import { BodyReader } from '../format/log/body.js';
import type { EndedRange, Range } from '../format/log/meta.js';
import { type Proof, verifyProof } from '../format/log/proof.js';
import { decodeSegment, type Segment, type SegmentHeader, walkSegment } from '../format/log/segment.js';
import type { Behind } from './index/behind.js';
import { freshIntroductions } from './index/continuation.js';
import { deriveState } from './index/derive.js';
import { type Found, recordsOf } from './index/found-runs.js';
import { healUnheld } from './index/heal.js';
import { countRanges, type HeldRange, heldRanges, subtractRanges } from './index/held.js';
import type { Additions } from './index/index.js';
import { Ingest, type Known } from './index/ingest.js';
import type { IntroductionRecord } from './index/introduction-record.js';
import { LinkCheck } from './index/link-check.js';
import { LogState } from './index/log-state.js';
import { milestoneLengths } from './index/milestones.js';
import { type Fresh, hasLater, type Later, logsOfPerson, meantBy, namedByLater } from './index/retracted-later.js';
import type { RunRecord } from './index/run-record.js';
import type { KnownLogs } from './known-logs.js';
import { keepLock } from './lock.js';
import { cutAtFreeze } from './store/cut.js';
import { keepProof, proveContradiction } from './store/forks.js';
import type { OpenSegment } from './store/open-segment.js';
import type { FrameWriter, PackPosition } from './store/packs.js';
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

/** A segment as it goes into a pack. */
export type StoredSegment = SegmentHeader & Pick<Segment, 'bytes'>;

const OWN_KNOWN: Known = {
  isHeld: () => false,
  isRetracted: () => false,
  isHousekeeping: () => false,
  now: 0,
  freeze: Number.POSITIVE_INFINITY,
};
/** So often the freeze of a log moves within one commit, at most: each time what is known of it may be derived anew. */
const LOWERED_MAX = 16;

/** A commit that is being filled. */
export class Commit {
  readonly #repository: KnownLogs;
  readonly #tail: PackPosition;
  readonly #arrival: number;
  readonly #states = new Map<LogId, LogState>();
  readonly #introductions: IntroductionRecord[] = [];
  readonly #runs: RunRecord[] = [];
  readonly #healed: RunRecord[] = [];
  readonly #retracting = new Set<LogId>();
  readonly #later: Later[] = [];
  /** What later logs take back in each older one, as it was looked at last. */
  readonly #weighed = new Map<LogId, readonly EndedRange[]>();
  /** Logs of which something came stripped. */
  readonly #stripped = new Set<LogId>();
  readonly #proofs = new Map<LogId, Proof>();
  /** Of logs whose freeze moved in this commit: how often, and what was held of them before. */
  readonly #lowered = new Map<LogId, Lowered>();
  /** Entries of each log that counted as new so far. */
  readonly #fresh = new Map<LogId, number>();
  /** Told of what segments hold behind a freeze. */
  onBehind: ((behind: Behind) => void) | undefined;
  /** The index has to be derived anew from this commit on. */
  #derivedFrom: number | undefined;
  #frame: FrameWriter | undefined;

  constructor(repository: KnownLogs, tail: PackPosition, arrival: number) {
    this.#repository = repository;
    this.#tail = tail;
    this.#arrival = arrival;
  }

  /** Whether the freeze of the log moved in it: what was held before may not be. */
  isLowered(log: LogId): boolean {
    return this.#lowered.has(log);
  }

  /** Whether a contradiction was proven in it. */
  get hasProofs(): boolean {
    return this.#proofs.size > 0;
  }

  /** The number of the first commit that a freeze made say something else; undefined when the index has it right. */
  get derivedFrom(): number | undefined {
    return this.#derivedFrom;
  }

  /** Records of a log's runs so far, those of this commit included. */
  state(log: LogId): LogState {
    let state = this.#states.get(log);
    if (!state) {
      const freeze = this.#repository.frozen.get(log);
      state = new LogState(this.#repository.records(log), this.#stored, freeze);
      this.#states.set(log, state);
    }
    return state;
  }

  /**
   * Verifies a segment from elsewhere and adds what is new in it.
   * @throws SatchelError `bad-segment`, `bad-chain`, or as {@link Commit.apply} does
   */
  take(segment: Segment): Taken {
    return this.apply(findingsOf(segment, this.#repository.interpreter), segment.bytes);
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
    if (isAsFound(findings, state)) return this.#add({ ...header, bytes }, findings, state);
    return this.#applyEach(decodeSegment(bytes), id, state);
  }

  /** The same, entry by entry: some of it is known, or explained by what is, or by the date, or does not fit to it. */
  #applyEach(segment: Segment, id: EntryId, state: LogState): Taken {
    const links = new LinkCheck(segment, state);
    const ingest = this.#ingestFor(segment, state);
    walkSegment(segment, links.beside(ingest.visit));
    if (!links.finish(id)) return this.#contradict(segment, state, links.failedAt ?? segment.first);
    if (segment.first + segment.count > state.freeze) return this.#takeBefore(segment, isFrozen(state));
    return this.#add(segment, ingest.found(id), state);
  }

  #ingestFor(segment: Segment, state: LogState): Ingest {
    const { world, interpreter } = this.#repository;
    return new Ingest(segment, state.known(segment, world.now()), interpreter);
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
    // older acks that an ack takes back
    this.#store(segment, ingest.found(id), (seq) => this.state(segment.log).isHousekeeping(seq));
  }

  /** Keeps a proof that came from elsewhere; true when it is valid and says something new. */
  addProof(proof: Proof): boolean {
    if (this.state(proof.log).freeze < proof.length) {
      // it may take the place of one that has rotten
      if (this.state(proof.log).freeze === proof.length - 1 && verifyProof(proof))
        keepProof(this.#repository.layout.proofs, proof);
      return false;
    }
    return verifyProof(proof) && this.#keep(proof);
  }

  /**
   * Retractions that came explain payloads that were missing without a cause: how many more entries of each log are held
   * from now on, or fewer where a freeze undid some. To be asked when all segments are taken, and not for each: a stripped
   * segment would be read again each time.
   */
  heal(): ReadonlyMap<LogId, number> {
    const counts = new Map<LogId, number>();
    this.#frame?.flush(); // what this commit itself brought is read back from the pack too
    this.#weighLater();
    for (const log of new Set([...this.#retracting, ...this.#lowered.keys()])) {
      const healed = healUnheld(this.#repository, this.state(log), this.#arrival);
      for (const run of healed) this.#healed.push(run);
      this.#countFresh(log, countEntries(healed));
      const more = countEntries(healed) + this.#correctFresh(log);
      if (more !== 0) counts.set(log, more);
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

  #add(segment: StoredSegment, found: Found, state: LogState): Taken {
    const fresh = countEntries(found.runs.filter((run) => !run.unheld));
    const stripped = found.runs.flatMap((run) => (run.unheld ? before(run, state.freeze) : []));
    const unheld = countEntries(stripped);
    const counted = Math.max(0, Math.min(segment.first + segment.count, state.freeze) - segment.first);
    const taken = { log: segment.log, fresh, unheld, known: counted - fresh - unheld };
    const isNews = fresh > 0 || stripped.some((run) => !state.hasChain(rangeOf(run)));
    if (!isNews && !isNewId(segment, state)) return taken;
    this.#countFresh(segment.log, fresh);
    state.add(this.#store(segment, found, (seq) => state.isHousekeeping(seq)));
    state.retract(found.retracts);
    if (found.retracts.length > 0) this.#retracting.add(segment.log);
    if (unheld > 0) this.#stripped.add(segment.log);
    for (const item of found.retractsIn) this.#later.push({ ...item, by: segment.log });
    return taken;
  }

  #store({ log, length, bytes }: StoredSegment, found: Found, isHousekeeping: (seq: number) => boolean): RunRecord[] {
    keepLock(this.#repository.layout.lock);
    this.#frame ??= this.#repository.packs.append(this.#tail, this.#arrival);
    const offset = this.#frame.add(bytes);
    const place = { pack: this.#frame.place.pack, offset, length, arrival: this.#arrival };
    const runs = recordsOf(log, found, { place, isHousekeeping });
    if (found.introduction) this.#introductions.push(found.introduction);
    for (const run of runs) this.#runs.push(run);
    return runs;
  }

  /**
   * What later logs take back in older ones, as far as this commit may have changed it: by retractions, introductions, freezes
   * and what is taken back itself, in whatever order these came.
   */
  #weighLater(): void {
    const fresh: Fresh = {
      ...{ introductions: this.#introductions, later: this.#later },
      freezeOf: (log) => this.#states.get(log)?.freeze ?? this.#repository.frozen.get(log) ?? Number.POSITIVE_INFINITY,
    };
    for (const log of this.#mayBeTakenBackIn(fresh)) {
      const before = this.#weighed.get(log) ?? namedByLater(this.#repository, log);
      const now = namedByLater(this.#repository, log, fresh);
      this.#weighed.set(log, now);
      if (before.some((one) => !now.some((other) => isSameRange(one, other)))) this.#undo(log);
      this.#retractMeant(log, now);
    }
  }

  /** Logs of those of whom something came, if any log of theirs takes back something in others. */
  #mayBeTakenBackIn(fresh: Fresh): ReadonlySet<LogId> {
    const { personOf } = freshIntroductions(this.#repository, this.#introductions, fresh.freezeOf);
    const touched = [
      ...[...this.#stripped, ...this.#lowered.keys()],
      ...[...this.#later.map(({ by }) => by), ...this.#introductions.map(({ log }) => log)],
    ];
    const persons = new Set(touched.flatMap((log) => personOf(log) ?? []));
    const taking = [...persons].filter((person) => hasLater(this.#repository, person, fresh));
    return new Set(taking.flatMap((person) => logsOfPerson(this.#repository, person, fresh)));
  }

  /** Which entries are meant shows only when their chain is known: later logs may have taken them back before they came. */
  #retractMeant(log: LogId, ranges: readonly EndedRange[]): void {
    if (ranges.length === 0) return;
    const state = this.state(log);
    this.#frame?.flush();
    const { runs: chain, freeze } = state;
    const before = ranges.filter(({ end }) => end <= freeze);
    const meant = meantBy(before, { chain, freeze, idAt: (length) => state.knownIdAt(length) });
    state.retract(meant);
    if (meant.length > 0) this.#retracting.add(log);
  }

  /** What a later log took back counts no more: what is missing for that is missing without a cause. */
  #undo(log: LogId): void {
    const { held, freeze, runs } = this.state(log);
    if (!runs.some((run) => run.dropped)) return;
    if (!this.#lowered.has(log)) this.#lowered.set(log, { times: 0, held });
    this.#derive(log, freeze);
  }

  /** What this commit itself brought is read back from the pack too. */
  readonly #stored = (run: RunRecord): OpenSegment => {
    if (run.arrival === this.#arrival) this.#frame?.flush();
    return this.#repository.segment(run);
  };

  /** The segment differs from what is known: the proof of where it begins to, and what lies before. */
  #contradict(theirs: Segment, state: LogState, failedAt: number): Taken {
    const run = state.longestCovering(failedAt);
    const proof = run && proveContradiction(this.#stored(run).segment, theirs);
    if (!proof) throw contradiction(`two different signed entries at length ${failedAt}`);
    if (!this.#keep(proof)) throw new SatchelError('over-limit', 'log contradicts itself in too many places');
    return this.#takeBefore(theirs, contradiction(`two different signed entries at entry ${proof.length - 1}`));
  }

  /** What of a verified segment lies before the freeze: from there on its payloads are left out. */
  #takeBefore(segment: Segment, refusal: SatchelError): Taken {
    const state = this.state(segment.log);
    this.onBehind?.({ log: segment.log, freeze: state.freeze, segment });
    if (segment.first > state.freeze) return { log: segment.log, fresh: 0, unheld: 0, known: 0, refusal };
    const cut = cutAtFreeze(segment, state.freeze);
    const ingest = this.#ingestFor(cut, state);
    const id = walkSegment(cut, ingest.visit);
    return { ...this.#add(cut, ingest.found(id), state), refusal };
  }

  /** One proof a log: that which reaches back furthest. False when that moved too often in this commit. */
  #keep(proof: Proof): boolean {
    const { log, length } = proof;
    const lowered = this.#lowered.get(log) ?? { times: 0, held: heldRanges(this.#repository.runs(log)) };
    if (lowered.times === LOWERED_MAX) return false;
    this.#lowered.set(log, { ...lowered, times: lowered.times + 1 });
    this.#proofs.set(log, proof);
    this.#lower(log, length - 1);
    return true;
  }

  #lower(log: LogId, freeze: number): void {
    const state = this.state(log);
    if (!state.mayChangeWith(freeze)) {
      state.lower(freeze);
      return;
    }
    this.#derive(log, freeze);
  }

  /** What is known of the log, anew under a freeze; so has the index if payloads are missing. */
  #derive(log: LogId, freeze: number): void {
    this.#frame?.flush();
    const { runs } = this.state(log);
    if (runs.some((run) => run.dropped))
      this.#derivedFrom = Math.min(this.#derivedFrom ?? this.#arrival, ...runs.map(({ arrival }) => arrival));
    const derived = deriveState(this.#repository, { runs, freeze, open: this.#arrival, read: this.#stored });
    this.#states.set(log, derived);
  }

  #countFresh(log: LogId, count: number): void {
    this.#fresh.set(log, (this.#fresh.get(log) ?? 0) + count);
  }

  /** What is here of a log whose freeze moved, against what was counted: entries may have been lost by it. */
  #correctFresh(log: LogId): number {
    const lowered = this.#lowered.get(log);
    if (!lowered) return 0;
    const more = countRanges(subtractRanges(this.state(log).held, lowered.held)) - (this.#fresh.get(log) ?? 0);
    this.#countFresh(log, more);
    return more;
  }
}

/** Whether what is known of the log changes nothing of what was found. */
function isAsFound({ header, id, runs }: Findings, state: LogState): boolean {
  const { first, count, previous } = header;
  const end = first + count;
  if (end > state.freeze || !state.isBeside({ first, end, previous, id })) return false;
  return runs.every((run) => !run.unheld || !(run.expires || state.isRetractedPartly(run)));
}

function isSameRange(one: EndedRange, other: EndedRange): boolean {
  return one.from === other.from && one.end === other.end && one.id === other.id;
}

/** A log whose freeze moved in a commit: how often, and what was held of it before. */
interface Lowered {
  readonly times: number;
  readonly held: readonly HeldRange[];
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
