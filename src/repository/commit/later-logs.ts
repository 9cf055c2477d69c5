// What later logs of a person take back in older ones, as far as a commit changes it: by retractions, introductions, freezes
// and what is taken back itself, in whatever order these come (spec/log.md, "Metadata").
import type { LogId } from '../../format/ids.js';
import type { EndedRange } from '../../format/log/meta.js';
import type { RetractingIn } from '../index/found-runs.js';
import {
  type Fresh,
  freshOf,
  type Later,
  logsOfPerson,
  meantBy,
  namedByLater,
  personsWithLater,
} from '../index/retracted-later.js';
import type { CommitDraft } from './draft.js';
import type { Freezes } from './freezes.js';

/** What later logs take back. */
export class LaterLogs {
  readonly #draft: CommitDraft;
  readonly #freezes: Freezes;
  readonly #later: Later[] = [];
  /** In each older log, as it was looked at last. */
  readonly #weighed = new Map<LogId, readonly EndedRange[]>();
  /** Logs of which something came stripped. */
  readonly #stripped = new Set<LogId>();

  constructor(draft: CommitDraft, freezes: Freezes) {
    this.#draft = draft;
    this.#freezes = freezes;
  }

  /** What the entries of a log take back in others, which came with this commit. */
  add(by: LogId, items: readonly RetractingIn[]): void {
    for (const item of items) this.#later.push({ ...item, by });
  }

  /** Something of the log came stripped. */
  addStripped(log: LogId): void {
    this.#stripped.add(log);
  }

  /** The logs in which something is taken back by what came since it was asked last; each knows it then. */
  weigh(): LogId[] {
    const { repository, introductions } = this.#draft;
    const freezeOf = (log: LogId): number => this.#draft.freezeOf(log);
    const fresh = freshOf(repository, { introductions, later: this.#later, freezeOf });
    const changed: LogId[] = [];
    for (const log of this.#mayBeTakenBackIn(fresh)) {
      const before = this.#weighed.get(log) ?? namedByLater(repository, log);
      const now = namedByLater(repository, log, fresh);
      this.#weighed.set(log, now);
      if (before.some((one) => !now.some((other) => isSameRange(one, other)))) this.#freezes.undo(log);
      if (this.#retractMeant(log, now)) changed.push(log);
    }
    return changed;
  }

  /** Logs of those of whom something came, if any log of theirs takes back something in others. */
  #mayBeTakenBackIn(fresh: Fresh): ReadonlySet<LogId> {
    const { repository, introductions } = this.#draft;
    const { personOf } = fresh.introducing;
    const came = [...this.#later.map(({ by }) => by), ...introductions.map(({ log }) => log)];
    const touched = [...this.#stripped, ...this.#freezes.logs, ...came];
    const persons = new Set(touched.flatMap((log) => personOf(log) ?? []));
    const taking = personsWithLater(repository, persons, fresh);
    return new Set(taking.flatMap((person) => logsOfPerson(repository, person, fresh)));
  }

  /** Which entries are meant shows only when their chain is known: later logs may have taken them back before they came. */
  #retractMeant(log: LogId, ranges: readonly EndedRange[]): boolean {
    if (ranges.length === 0) return false;
    const state = this.#draft.state(log);
    this.#draft.flush();
    const { runs: chain, freeze } = state;
    const before = ranges.filter(({ end }) => end <= freeze);
    const meant = meantBy(before, { chain, freeze, idAt: (length) => state.knownIdAt(length) });
    state.retract(meant);
    return meant.length > 0;
  }
}

function isSameRange(one: EndedRange, other: EndedRange): boolean {
  return one.from === other.from && one.end === other.end && one.id === other.id;
}
