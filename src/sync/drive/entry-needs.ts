// Which of the entries on a drive are still needed there (spec/drive.md, "Tidying").
import type { LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { subtractRanges } from '../../repository/index/held.js';
import { logsToWriteAgain } from '../../topic/writing/write-again.js';
import { housekeepingOf } from '../export/pending.js';
import { type Knowledge, knowledgeOf, union } from '../known/knowledge.js';
import type { Recipient } from '../known/recipients.js';
import { readStatement } from '../known/statements.js';
import type { Session } from '../session.js';
import type { SaidThere } from './said-there.js';

/** Tells, for the people waited for and ourselves, which entries are needed. */
export class EntryNeeds {
  /** Somebody is waited for. */
  readonly isAnybody: boolean;
  readonly #session: Session;
  readonly #people: readonly Recipient[];
  readonly #due = new Map<PersonId, ReadonlySet<LogId>>();
  readonly #known: readonly Knowledge[];
  /** What can be known of everybody, ourselves too, by who knows the logs and sees the drive. */
  readonly #told: readonly Knowledge[];

  constructor(session: Session, people: readonly Recipient[], said: SaidThere) {
    this.#session = session;
    this.#people = people;
    this.isAnybody = people.length > 0;
    this.#known = people.map((person) => knowledgeOf(session.repository, person));
    this.#told = [...people, session.self].map((person) => toldOf(session, person, said));
  }

  /** The parts that somebody needs: of what lies behind a freeze only its author's devices, until it is written again. */
  neededOf(log: LogId, ranges: readonly Range[]): Range[] {
    const freeze = this.#session.repository.frozen.get(log);
    if (freeze === undefined) return this.#lackedOf(log, ranges);
    const sound = subtractRanges(ranges, [{ from: freeze, end: Number.POSITIVE_INFINITY }]);
    const behind = this.#isLeftForAuthor(log) ? subtractRanges(ranges, [{ from: 0, end: freeze }]) : [];
    return union([...this.#lackedOf(log, sound), ...behind]);
  }

  /**
   * The parts that somebody is not known to hold. Of housekeeping, which nobody acknowledges for its own sake, only what logs
   * and the drive itself tell counts: so all who look at it judge alike, and what one of them removes no other one misses.
   */
  #lackedOf(log: LogId, ranges: readonly Range[]): Range[] {
    const lacked = union(this.#known.flatMap((one) => subtractRanges(ranges, one.spares(log))));
    const left = subtractRanges(ranges, lacked);
    const untold = union(this.#told.flatMap((one) => subtractRanges(left, one.spares(log))));
    const housekeeping = untold.flatMap((range) => housekeepingOf(this.#session.repository, log, range));
    return union([...lacked, ...housekeeping]);
  }

  #isLeftForAuthor(log: LogId): boolean {
    const { repository } = this.#session;
    const author = repository.log(log)?.person;
    if (author === undefined || !this.#people.some(({ person }) => person === author)) return false;
    const due = this.#due.get(author) ?? logsToWriteAgain(repository, author);
    this.#due.set(author, due);
    return due.has(log);
  }
}

function toldOf({ repository }: Session, person: Recipient, said: SaidThere): Knowledge {
  const voidBefore = readStatement(repository, person.device)?.voidBefore ?? 0;
  return knowledgeOf(repository, person, {
    voidBefore,
    get frontier() {
      return said(person.device);
    },
  });
}
