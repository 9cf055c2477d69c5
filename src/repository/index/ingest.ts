// Turns a segment into index records: which of its entries are new, and what the index must know of them
// (spec/repository.md, "Index"; spec/log.md, "Holding").

import type { EntryId, LogId } from '../../format/ids.js';
import { ENTRY_QUOTA_MIN } from '../../format/limits.js';
import type { BodyReader } from '../../format/log/body.js';
import type { Chain } from '../../format/log/chain.js';
import { decodeMeta, EMPTY_META, type Meta, type Range, type RetractsIn } from '../../format/log/meta.js';
import type { Segment } from '../../format/log/segment.js';
import type { Introduced, IntroductionRecord } from './introduction-record.js';
import { milestoneLengths } from './milestones.js';
import type { RunRecord } from './run-record.js';

const DAY_MS = 86_400_000;
/** No length of a log behind an entry. */
const NONE = 0;

/** What the layers above know of payloads; the repository itself understands none. */
export interface Interpreter {
  /** What a log's first entry introduces, fully verified; undefined when it introduces nothing. */
  introduction(log: LogId, payload: Buffer): Introduced | undefined;
  /** The entry's logical clock, when it is readable and in range; the payload is what lies between `from` and `end`. */
  clock(bytes: Buffer, from: number, end: number): number | undefined;
  /** Whether a housekeeping entry is an acknowledgement. */
  isAck(payload: Buffer): boolean;
  /** Whether a message says again one of an older log; the payload is what lies between `from` and `end`. */
  isCopy(bytes: Buffer, from: number, end: number): boolean;
}

/** What is known of the log before the segment. */
export interface Known {
  /** Whether the entry is held already. */
  isHeld(seq: number): boolean;
  /** Whether its retraction by the log is verified here; asked only when a payload is missing. */
  isRetracted(seq: number): boolean;
  /** Now, in ms: an expired payload may be missing. */
  readonly now: number;
  /** The seq from which on the log is frozen, or infinity: from there on no cause counts. */
  readonly freeze: number;
}

/** Where the segment lies. */
export interface Place {
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
  readonly arrival: number;
}

type State = 'known' | 'held' | 'unheld';

interface Draft {
  readonly first: number;
  readonly state: State;
  readonly previous: EntryId;
  minClock: number;
  maxClock: number;
  messages: number;
  bytes: number;
  acks: boolean;
  retracts: boolean;
  expires: boolean;
  dropped: boolean;
  blobs: boolean;
  takesBack: boolean;
  copies: boolean;
  retractsIn: boolean;
  ascending: boolean;
  readonly housekeeping: { readonly seqs: number[]; clock: number | undefined };
}

/** Collects one segment's records while its chain is walked: pass `visit` to the walk, then call `finish`. */
export class Ingest {
  readonly #runs: { draft: Draft; end: number; id: EntryId }[] = [];
  readonly #segment: Segment;
  readonly #known: Known;
  readonly #interpreter: Interpreter;
  readonly #retracts: Range[] = [];
  readonly #retractsIn: RetractsIn[] = [];
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
  get retractsIn(): readonly RetractsIn[] {
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
    if (meta !== EMPTY_META && seq < this.#known.freeze) this.#noteRetracts(meta);
    if (state === 'known') this.#knownBytes += quotaBytes(entry);
    else this.#count(this.#draft as Draft, seq, entry, meta);
  };

  /** The records, once every entry was visited; `id` is the id of the last one. */
  finish(id: EntryId, place: Place): { introductions: IntroductionRecord[]; runs: RunRecord[] } {
    this.#close(this.#segment.first + this.#segment.count, id);
    const runs = this.#runs.filter(({ draft }) => draft.state !== 'known');
    // the segment is stored as it came: one new entry must not bring the rest of it for nothing
    const [first] = runs;
    if (first) first.draft.bytes += this.#knownBytes;
    this.#knownBytes = 0;
    return {
      introductions: this.#introduction ? [this.#introduction] : [],
      runs: runs.map(({ draft, end, id: endId }, i) => ({
        ...recordOf(this.#segment.log, draft, end, endId, place),
        ...(i === 0 && { milestones: this.#milestones }),
      })),
    };
  }

  #passMilestone(id: EntryId): void {
    this.#milestones.push(id);
    this.#nextMilestone = this.#milestoneLengths[this.#milestones.length] ?? NONE;
  }

  #noteRetracts({ retracts = [], retractsIn }: Meta): void {
    for (const range of retracts) this.#retracts.push(range);
    if (retractsIn) this.#retractsIn.push(retractsIn);
  }

  #stateOf(seq: number, entry: BodyReader, meta: Meta): State {
    if (this.#known.isHeld(seq)) return 'known';
    if (!entry.dropped) return 'held';
    if (seq >= this.#known.freeze) return 'unheld';
    const hasExpired = meta.expires !== undefined && meta.expires * DAY_MS <= this.#known.now;
    return seq > 0 && (hasExpired || this.#known.isRetracted(seq)) ? 'held' : 'unheld';
  }

  #count(draft: Draft, seq: number, entry: BodyReader, meta: Meta): void {
    draft.bytes += quotaBytes(entry);
    draft.retracts ||= meta.retracts !== undefined;
    draft.expires ||= meta.expires !== undefined;
    draft.blobs ||= meta.blobs !== undefined;
    draft.retractsIn ||= meta.retractsIn !== undefined;
    draft.dropped ||= entry.dropped;
    if (seq === 0) this.#introduce(entry.payload);
    else if (meta.housekeeping) this.#countHousekeeping(draft, seq, meta, entry.payload);
    else this.#countMessage(draft, meta, entry);
  }

  #countMessage(draft: Draft, meta: Meta, { dropped, raw, payloadAt, end }: BodyReader): void {
    draft.messages++;
    draft.takesBack ||= meta.retracts !== undefined;
    draft.copies ||= !dropped && this.#interpreter.isCopy(raw, payloadAt, end);
    const clock = dropped ? undefined : this.#interpreter.clock(raw, payloadAt, end);
    draft.ascending &&= clock !== undefined && clock >= draft.maxClock;
    if (clock === undefined) return;
    if (draft.minClock < 0 || clock < draft.minClock) draft.minClock = clock;
    if (clock > draft.maxClock) draft.maxClock = clock;
  }

  #countHousekeeping(draft: Draft, seq: number, meta: Meta, payload: Buffer | undefined): void {
    draft.housekeeping.seqs.push(seq);
    draft.housekeeping.clock = payload && this.#interpreter.clock(payload, 0, payload.length);
    const isAck = payload !== undefined && this.#interpreter.isAck(payload);
    // a retraction stays; housekeeping whose payload is gone was an ack
    draft.takesBack ||= meta.retracts !== undefined && payload !== undefined && !isAck;
    draft.acks ||= isAck;
  }

  #introduce(payload: Buffer | undefined): void {
    const log = this.#segment.log;
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
  const flags = { acks: false, retracts: false, expires: false, dropped: false, blobs: false };
  const kinds = {
    ...flags,
    takesBack: false,
    copies: false,
    retractsIn: false,
    ascending: true,
    housekeeping: { seqs: [], clock: undefined },
  };
  return { first, state, previous, minClock: -1, maxClock: -1, messages: 0, bytes: 0, ...kinds };
}

function recordOf(log: LogId, draft: Draft, end: number, id: EntryId, place: Place): RunRecord {
  const { state, minClock, maxClock, ...rest } = draft;
  const clocks = maxClock >= 0;
  return {
    log,
    ...rest,
    end,
    id,
    ...place,
    clocks,
    minClock: clocks ? minClock : 0,
    maxClock: clocks ? maxClock : 0,
    unheld: state === 'unheld',
  };
}
