// Turns a segment into index records: which of its entries are new, and what the index must know of them
// (spec/repository.md, "Index"; spec/log.md, "Holding").

import type { EntryId, LogId, TopicId } from '../../format/ids.js';
import { ENTRY_QUOTA_MIN } from '../../format/limits.js';
import type { BodyReader } from '../../format/log/body.js';
import type { Chain } from '../../format/log/chain.js';
import { decodeMeta, EMPTY_META, type Meta, type Range } from '../../format/log/meta.js';
import type { Segment } from '../../format/log/segment.js';
import { type Found, type FoundRun, type Place, type RetractingIn, recordsOf } from './found-runs.js';
import type { Introduced, IntroductionRecord, Placement } from './introduction-record.js';
import { milestoneLengths } from './milestones.js';
import {
  type LogsHere,
  noNotes,
  noteHousekeeping,
  noteMessage,
  type PayloadInterpreter,
  type PayloadNotes,
} from './payload-notes.js';
import type { RunRecord } from './run-record.js';

const DAY_MS = 86_400_000;
/** No length of a log behind an entry. */
const NONE = 0;

/** What the layers above know of payloads; the repository itself understands none. */
export interface Interpreter extends PayloadInterpreter {
  /** What a log's first entry introduces, fully verified; undefined when it introduces nothing. */
  introduction(log: LogId, payload: Buffer): Introduced | undefined;
  /** Whether a log whose first entry has this payload is veiled: what it introduces only who has the key can tell. */
  isVeiled(payload: Buffer): boolean;
  /** What the first entry of a log says, without verifying it once more; undefined when nothing can be read. */
  placement(log: LogId, payload: Buffer): Placement | undefined;
  /** Tells that a log's first entry, which has this payload, was verified before, and which topic it names. */
  placed(log: LogId, topic: TopicId, payload: Buffer): void;
  /** The same interpreter, for these logs: with what is known of them, and nothing of others. */
  among(logs: LogsHere): Interpreter;
}

/** What is known of the log before the segment. */
export interface Known {
  /** Whether the entry is held already. */
  isHeld(seq: number): boolean;
  /** Whether its log retracts it, as verified here, or it was forgotten here; asked only when a payload is missing. */
  isExplained(seq: number): boolean;
  /** Whether the entry is known to be housekeeping. */
  isHousekeeping(seq: number): boolean;
  /** Now, in ms: an expired payload may be missing. */
  readonly now: number;
  /** The seq from which on the log is frozen, or infinity: from there on no cause counts. */
  readonly freeze: number;
}

type State = 'known' | 'held' | 'unheld';

/** A run that is being found. */
type Draft = PayloadNotes & {
  -readonly [Field in keyof Omit<
    FoundRun,
    'end' | 'id' | 'takesBack' | 'unheld' | keyof PayloadNotes
  >]: FoundRun[Field];
} & { readonly state: State; readonly takesBack: Range[] };

/** Collects one segment's records while its chain is walked: pass `visit` to the walk, then call `finish`. */
export class Ingest {
  readonly #runs: { draft: Draft; end: number; id: EntryId }[] = [];
  readonly #segment: Segment;
  readonly #known: Known;
  readonly #interpreter: Interpreter;
  readonly #retracts: Range[] = [];
  readonly #retractsIn: RetractingIn[] = [];
  #introduction: IntroductionRecord | undefined;
  readonly #milestones: EntryId[] = [];
  readonly #milestoneLengths: readonly number[];
  #nextMilestone: number;
  #knownBytes = 0;
  #draft: Draft | undefined;

  constructor(segment: Segment, known: Known, interpreter: Interpreter) {
    this.#segment = segment;
    this.#known = known;
    this.#interpreter = interpreter;
    this.#milestoneLengths = milestoneLengths(segment);
    this.#nextMilestone = this.#milestoneLengths[0] ?? NONE;
  }

  /** Ranges of its own log that the segment's entries before the freeze retract. */
  get retracts(): readonly Range[] {
    return this.#retracts;
  }

  /** What they retract in older logs. */
  get retractsIn(): readonly RetractingIn[] {
    return this.#retractsIn;
  }

  /** Looks at one entry. */
  readonly visit = (seq: number, entry: BodyReader, chain: Pick<Chain, 'id' | 'previousId'>): void => {
    if (seq + 1 === this.#nextMilestone) this.#passMilestone(chain.id);
    const meta = entry.metaLength === 0 ? EMPTY_META : decodeMeta(entry.meta);
    const state = this.#stateOf(seq, entry, meta);
    if (this.#draft?.state !== state) {
      this.#close(seq, chain.previousId);
      this.#draft = emptyDraft(seq, state, chain.previousId);
    }
    if (meta !== EMPTY_META && seq > 0 && seq < this.#known.freeze) this.#noteRetracts(seq, meta);
    if (state === 'known') this.#knownBytes += quotaBytes(entry);
    else this.#count(this.#draft as Draft, seq, entry, meta);
  };

  /** What was found, once every entry was visited; `id` is the id of the last one. */
  found(id: EntryId): Found {
    this.#close(this.#segment.first + this.#segment.count, id);
    const fresh = this.#runs.filter(({ draft }) => draft.state !== 'known');
    // the segment is stored as it came: one new entry must not bring the rest of it for nothing
    const [first] = fresh;
    if (first) first.draft.bytes += this.#knownBytes;
    this.#knownBytes = 0;
    return {
      introduction: this.#introduction,
      runs: fresh.map(({ draft, end, id: endId }) => foundRun(draft, end, endId)),
      milestones: this.#milestones,
      retracts: this.#retracts,
      retractsIn: this.#retractsIn,
    };
  }

  /** The records of it, where it lies. */
  finish(id: EntryId, place: Place): { introductions: IntroductionRecord[]; runs: RunRecord[] } {
    const found = this.found(id);
    return {
      introductions: found.introduction ? [found.introduction] : [],
      runs: recordsOf(this.#segment.log, found, { place, isHousekeeping: (seq) => this.#known.isHousekeeping(seq) }),
    };
  }

  #passMilestone(id: EntryId): void {
    this.#milestones.push(id);
    this.#nextMilestone = this.#milestoneLengths[this.#milestones.length] ?? NONE;
  }

  #noteRetracts(seq: number, { retracts = [], retractsIn }: Meta): void {
    for (const range of retracts) this.#retracts.push(range);
    if (retractsIn) this.#retractsIn.push({ ...retractsIn, seq });
  }

  #stateOf(seq: number, entry: BodyReader, meta: Meta): State {
    if (this.#known.isHeld(seq)) return 'known';
    if (!entry.dropped) return 'held';
    if (seq >= this.#known.freeze) return 'unheld';
    const hasExpired = meta.expires !== undefined && meta.expires * DAY_MS <= this.#known.now;
    return seq > 0 && (hasExpired || this.#known.isExplained(seq)) ? 'held' : 'unheld';
  }

  #count(draft: Draft, seq: number, entry: BodyReader, meta: Meta): void {
    draft.bytes += quotaBytes(entry);
    draft.retracts ||= meta.retracts !== undefined;
    for (const range of meta.retracts ?? []) draft.takesBack.push(range);
    draft.expires ||= meta.expires !== undefined;
    draft.blobs ||= meta.blobs !== undefined;
    draft.retractsIn ||= meta.retractsIn !== undefined;
    draft.dropped ||= entry.dropped;
    if (seq === 0) this.#introduce(draft, entry);
    else if (meta.housekeeping) noteHousekeeping(draft, { log: this.#segment.log, seq }, entry, this.#interpreter);
    else noteMessage(draft, { log: this.#segment.log, seq }, entry, this.#interpreter);
  }

  #introduce(draft: Draft, { payload, metaLength }: BodyReader): void {
    const log = this.#segment.log;
    draft.veiled = payload !== undefined && metaLength === 0 && this.#interpreter.isVeiled(payload);
    const introduced = payload && this.#interpreter.introduction(log, payload);
    if (introduced) this.#introduction = { log, ...introduced };
  }

  #close(end: number, id: EntryId): void {
    if (this.#draft) this.#runs.push({ draft: this.#draft, end, id });
    this.#draft = undefined;
  }
}

function quotaBytes(entry: BodyReader): number {
  return Math.max(ENTRY_QUOTA_MIN, entry.payloadLength + entry.metaLength);
}

function emptyDraft(first: number, state: State, previous: EntryId): Draft {
  return {
    ...noNotes(),
    first,
    state,
    previous,
    bytes: 0,
    retracts: false,
    expires: false,
    dropped: false,
    blobs: false,
    retractsIn: false,
    veiled: false,
    takesBack: [],
  };
}

function foundRun({ state, ...draft }: Draft, end: number, id: EntryId): FoundRun {
  return { ...draft, end, id, unheld: state === 'unheld' };
}
