// One log as a naive reader of spec/log.md, "Taking a segment", has it: everything taken is kept, and all that is known is
// derived from it each time. Nothing of src/ is used.

/** One entry of a verified segment. */
export interface NaiveEntry {
  readonly id: string;
  readonly hasPayload: boolean;
  /** The day on which it expires. */
  readonly expires?: number | undefined;
  readonly retracts?: readonly (readonly [from: number, end: number])[] | undefined;
  /** A message unless it says otherwise. */
  readonly kind?: 'message' | 'ack' | 'retraction' | undefined;
}

/** A verified segment. */
export interface NaiveSegment {
  readonly first: number;
  readonly previous: string;
  readonly entries: readonly NaiveEntry[];
}

type Here = ReadonlyMap<number, 'payload' | 'dropped' | 'stripped'>;

const ZEROS = '0'.repeat(64);

/** What a replica knows of one log. */
export class NaiveLog {
  freeze = Number.POSITIVE_INFINITY;
  #taken: NaiveSegment[][] = [];
  #open: NaiveSegment[] = [];
  readonly #today: number;

  constructor(today: number) {
    this.#today = today;
  }

  /** Seqs that are held. */
  get held(): number[] {
    return this.#seqs((seq, state) => seq < this.freeze && state !== 'stripped');
  }

  /** Seqs that are left over behind the freeze. */
  get leftOver(): number[] {
    return this.#seqs((seq, state) => seq >= this.freeze && state === 'payload');
  }

  /** Seqs before the freeze that are stripped. */
  get stripped(): number[] {
    return this.#seqs((seq, state) => seq < this.freeze && state === 'stripped');
  }

  /** Seqs that entries before the freeze retract, or whose day has come. */
  get gone(): ReadonlySet<number> {
    const all = this.#taken.flat();
    const ranges = all.flatMap((segment) => retractsOf(segment, this.freeze));
    const retracted = this.#seqs((seq) => ranges.some(([from, end]) => from <= seq && seq < end));
    const isPast = ({ expires }: NaiveEntry): boolean => expires !== undefined && expires <= this.#today;
    const past = all.flatMap(({ first, entries }) => entries.flatMap((entry, i) => (isPast(entry) ? first + i : [])));
    return new Set([...retracted, ...past]);
  }

  /** Seqs of the entries of a kind that are held with their payload, and neither retracted nor past their day. */
  shown(wanted: NonNullable<NaiveEntry['kind']>): number[] {
    const { gone } = this;
    const kinds = new Map(this.#taken.flat().flatMap(kindsIn));
    return this.#seqs((seq, state) => {
      const isShown = seq > 0 && seq < this.freeze && state === 'payload' && !gone.has(seq);
      return isShown && kinds.get(seq) === wanted;
    });
  }

  /** Whether an acknowledgement before the freeze was taken back, or is past its day. */
  get hasGoneAck(): boolean {
    const { gone } = this;
    const kinds = this.#taken.flat().flatMap(kindsIn);
    return kinds.some(([seq, kind]) => kind === 'ack' && seq < this.freeze && gone.has(seq));
  }

  takeProof(length: number): void {
    this.freeze = Math.min(this.freeze, length - 1);
  }

  /** The code of the refusal, if something of it is refused. */
  take(segment: NaiveSegment): 'contradiction' | undefined {
    const end = segment.first + segment.entries.length;
    if (end > this.freeze && this.#hasAll(segment)) return undefined;
    const ids = this.#knownIds();
    for (let n = segment.first; n <= Math.min(end, this.freeze); n++) {
      const known = ids.get(n);
      if (known === undefined || known === idAt(segment, n)) continue;
      this.takeProof(n);
      break;
    }
    const code = end > this.freeze ? ('contradiction' as const) : undefined;
    if (segment.first <= this.freeze) this.#keep(segment);
    return code;
  }

  /** Ends a commit. */
  commit(): void {
    if (this.#open.length > 0) this.#taken.push(this.#open);
    this.#open = [];
  }

  #keep(segment: NaiveSegment): void {
    const hides = (i: number): boolean => segment.first + i >= this.freeze;
    const cut = {
      ...segment,
      entries: segment.entries.map((entry, i) => ({ ...entry, hasPayload: entry.hasPayload && !hides(i) })),
    };
    const before = this.#derive(this.#open);
    const after = this.#derive([...this.#open, cut]);
    const isNews = segment.entries.some((_, i) => {
      const seq = segment.first + i;
      if (seq >= this.freeze) return false;
      const isHeld = (state: string | undefined): boolean => state === 'payload' || state === 'dropped';
      return !before.has(seq) || (isHeld(after.get(seq)) && !isHeld(before.get(seq)));
    });
    const isNewId = segment.first === this.freeze && !this.#knownIds().has(this.freeze);
    if (isNews || isNewId) this.#open.push(cut);
  }

  #hasAll(segment: NaiveSegment): boolean {
    const here = this.#derive(this.#open);
    const ids = this.#idsHere();
    return segment.entries.every(({ id }, i) => {
      const seq = segment.first + i;
      const state = here.get(seq);
      const isThere = state === 'payload' || (state === 'dropped' && seq < this.freeze);
      return isThere && (i < segment.entries.length - 1 || ids.get(seq) === id);
    });
  }

  /** The id of each entry that is here with its payload, or held. */
  #idsHere(): Map<number, string> {
    const ids = new Map<number, string>();
    for (const segment of [...this.#taken.flat(), ...this.#open]) {
      for (const [i, { id, hasPayload }] of segment.entries.entries()) {
        const seq = segment.first + i;
        if (hasPayload || seq < this.freeze) ids.set(seq, id);
      }
    }
    return ids;
  }

  #knownIds(): Map<number, string> {
    const ids = new Map([[0, ZEROS]]);
    for (const segment of [...this.#taken.flat(), ...this.#open]) {
      const end = Math.min(segment.first + segment.entries.length, this.freeze);
      for (let n = segment.first; n <= end; n++) ids.set(n, idAt(segment, n));
    }
    return ids;
  }

  #seqs(isWanted: (seq: number, state: 'payload' | 'dropped' | 'stripped') => boolean): number[] {
    return [...this.#derive([])].flatMap(([seq, state]) => (isWanted(seq, state) ? seq : [])).sort((a, b) => a - b);
  }

  /** What is here of each entry; what is stripped in the open commit waits for its end. */
  #derive(open: readonly NaiveSegment[]): Here {
    const here = new Map<number, 'payload' | 'dropped' | 'stripped'>();
    const entries = new Map<number, NaiveEntry>();
    const retracted: (readonly [number, number])[] = [];
    const hasCause = (seq: number, { expires }: NaiveEntry): boolean =>
      seq > 0 &&
      seq < this.freeze &&
      ((expires !== undefined && expires <= this.#today) || retracted.some(([from, end]) => from <= seq && seq < end));
    for (const commit of [...this.#taken, open]) {
      for (const segment of commit) {
        retracted.push(...retractsOf(segment, this.freeze));
        for (const [i, entry] of segment.entries.entries()) {
          const seq = segment.first + i;
          const state = here.get(seq);
          if (state === 'payload' || state === 'dropped') continue;
          entries.set(seq, entry);
          if (entry.hasPayload) here.set(seq, 'payload');
          else here.set(seq, hasCause(seq, entry) ? 'dropped' : 'stripped');
        }
      }
      if (commit === open) break;
      for (const [seq, state] of here)
        if (state === 'stripped' && hasCause(seq, entries.get(seq) as NaiveEntry)) here.set(seq, 'dropped');
    }
    return here;
  }
}

function kindsIn({ first, entries }: NaiveSegment): [number, NonNullable<NaiveEntry['kind']>][] {
  return entries.map(({ kind = 'message' }, i) => [first + i, kind]);
}

function retractsOf({ first, entries }: NaiveSegment, freeze: number): (readonly [number, number])[] {
  return entries.flatMap(({ retracts = [] }, i) => (first + i < freeze ? retracts : []));
}

function idAt({ first, previous, entries }: NaiveSegment, length: number): string {
  return length === first ? previous : (entries[length - first - 1] as NaiveEntry).id;
}
