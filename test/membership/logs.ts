// Logs of a world as a device holds them: what began each, how far it is held, and where it contradicts itself.
import { createHash } from 'node:crypto';
import type { EntryId, EpochId, LogId, StatementId } from '../../src/format/ids.js';
import type { HeldLog } from '../../src/topic/members/cuts.js';
import type { Author } from '../../src/topic/members/statement.js';

/** A log, as its introduction says; that goes wherever a part of the log goes. */
export interface WorldLog {
  readonly log: LogId;
  readonly author: Author;
  readonly heads: readonly StatementId[];
  /** The epoch that its introduction is sealed under. */
  readonly under: EpochId;
}

/** Where something stands. What a copy of the device wrote is another branch. */
export interface Place {
  readonly log: WorldLog;
  readonly seq: number;
  readonly branch: 'first' | 'copy';
}

interface Held {
  readonly log: WorldLog;
  readonly branches: Map<number, Place['branch']>;
  /** Entries from the first on without a gap. */
  length: number;
  frozenAt: number;
  written: number;
}

/** What a device holds of logs. */
export class HeldLogs {
  readonly #logs = new Map<LogId, Held>();
  #count = 0;

  /** Something arrives. */
  note({ log, seq, branch }: Place): void {
    const held = this.#logs.get(log.log) ?? this.#begin(log);
    const before = held.branches.get(seq);
    if (before === undefined) held.branches.set(seq, branch);
    else if (before !== branch) held.frozenAt = Math.min(held.frozenAt, seq);
    while (held.branches.has(held.length)) held.length++;
    held.written = ++this.#count;
  }

  /** Whether it stands where its log is known to contradict itself, or behind. */
  isFrozen({ log, seq }: Pick<Place, 'log' | 'seq'>): boolean {
    return seq >= (this.#logs.get(log.log)?.frozenAt ?? Number.POSITIVE_INFINITY);
  }

  /** From where on a log is frozen; Infinity for a sound one. */
  frozenAt(log: LogId): number {
    return this.#logs.get(log)?.frozenAt ?? Number.POSITIVE_INFINITY;
  }

  /** All of them. */
  get all(): HeldLog[] {
    return [...this.#logs.values()].map((held) => this.#told(held));
  }

  /** One of them. */
  get(log: LogId): HeldLog | undefined {
    const held = this.#logs.get(log);
    return held && this.#told(held);
  }

  /** How far each is held. */
  get lengths(): ReadonlyMap<LogId, number> {
    return new Map(this.all.map(({ log, length }) => [log, length]));
  }

  #begin(log: WorldLog): Held {
    const held: Held = {
      log,
      branches: new Map([[0, 'first']]),
      length: 1,
      frozenAt: Number.POSITIVE_INFINITY,
      written: 0,
    };
    this.#logs.set(log.log, held);
    return held;
  }

  #told({ log: { log, author, heads }, branches, length, frozenAt, written }: Held): HeldLog {
    const idAt = (at: number): EntryId | undefined => {
      const branch = at > frozenAt ? undefined : branches.get(at - 1);
      return branch && entryAt(log, at, branch);
    };
    return { log, author, heads, length: Math.min(length, frozenAt), written, idAt };
  }
}

function entryAt(log: LogId, length: number, branch: Place['branch']): EntryId {
  const name = `${log} ${length} ${branch}`;
  const id = entries.get(name) ?? createHash('sha256').update(name).digest('hex');
  entries.set(name, id);
  return id as EntryId;
}

const entries = new Map<string, string>();
