// Entries of our own logs in a bundle that we did not write here: somebody writes these logs too (spec/log.md, "Forks").
import type { LogId } from '../../format/ids.js';
import type { Behind } from '../../repository/index/behind.js';
import { heldRanges, subtractRanges } from '../../repository/index/held.js';
import { keepPast } from '../../repository/store/pasts.js';
import { readRetired, retireLogs } from '../../topic/writing/own-log.js';
import type { Session } from '../session.js';
import type { Introductions } from './import-introductions.js';
import type { RunOptions } from './import-options.js';

/** What one bundle tells of our own logs. */
export class OwnForks {
  readonly #session: Session;
  readonly #options: RunOptions;
  readonly #introductions: Introductions;
  readonly #forked = new Set<LogId>();

  constructor(session: Session, options: RunOptions, introductions: Introductions) {
    this.#session = session;
    this.#options = options;
    this.#introductions = introductions;
  }

  /** Logs that were written here until now. */
  get logs(): readonly LogId[] {
    return [...this.#forked];
  }

  /**
   * If the log is ours, we never write it again. It is news only of a log that was written here until now: neither of one
   * that was given up, nor of one that a clone began.
   */
  note(log: LogId): void {
    const { repository, self } = this.#session;
    if (this.#introductions.placement(log)?.device !== self.device) return;
    if (repository.log(log) && !readRetired(repository.layout).has(log)) this.#forked.add(log);
    if (!this.#options.dryRun) retireLogs(repository.layout, [log]);
  }

  /** Whether what is new of these entries was here before, and lost to rot. */
  isLost(log: LogId, first: number, end: number): boolean {
    const { repository } = this.#session;
    if (repository.damage.unknownBytes > 0) return true;
    const fresh = subtractRanges([{ from: first, end }], heldRanges(repository.runs(log, first, end)));
    return subtractRanges(fresh, repository.lost(log)).length === 0;
  }

  /** Keeps what our own logs say elsewhere behind a freeze, and cannot say here, until it is written again. */
  keepBehind(behind: Behind): void {
    const { repository, self } = this.#session;
    if (this.#introductions.placement(behind.log)?.person !== self.person) return;
    if (!this.#options.dryRun) keepPast(repository.layout, behind.segment.bytes);
    this.#options.behind?.(behind);
  }
}
