// What was lost here to rot: what damage is noted, and what was met since the repository was opened (spec/repository.md,
// "Rot").
import type { SatchelError } from '../../format/error.js';
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { RunRecord } from '../index/run-record.js';
import type { Layout } from '../layout.js';
import type { Packs } from '../store/packs.js';
import { type Damage, readDamage, stillLost } from './damage.js';

/** The losses of an open repository. */
export class Losses {
  readonly #layout: Layout;
  readonly #packs: Packs;
  /** Runs that could not be read, until they are taken out of the packs. */
  #rotten: RunRecord[] = [];
  /** Runs that the disk could not read. */
  #unread: RunRecord[] = [];
  #damage: Damage | undefined;

  constructor(layout: Layout, packs: Packs) {
    this.#layout = layout;
    this.#packs = packs;
  }

  /** What is known of what was lost here. */
  get damage(): Damage {
    this.#damage ??= readDamage(this.#layout);
    return this.#damage;
  }

  /** Runs that were met and could not be read. */
  get met(): readonly RunRecord[] {
    return [...this.#rotten, ...this.#unread];
  }

  /** Notes runs that cannot be read: because the disk fails, or because they have rotten. */
  note(runs: readonly RunRecord[], isFailing: boolean): void {
    for (const run of runs) (isFailing ? this.#unread : this.#rotten).push(run);
  }

  /** Entries of a log that were held, cannot be read any more, and are not among those that are `here`. */
  of(log: LogId, here: () => readonly Range[]): Range[] {
    const found = this.met.filter((run) => run.log === log).map(({ first, end }) => ({ from: first, end }));
    const noted = this.damage.lost.get(log) ?? [];
    return found.length + noted.length === 0 ? [] : stillLost([...noted, ...found], here());
  }

  /** The logs of which anything was lost, whether it came again or not. */
  logs(): LogId[] {
    return [...new Set([...this.damage.lost.keys(), ...this.met.map(({ log }) => log)])];
  }

  /** What the disk said when it could not read entries of the log; undefined while it could. */
  unreadable(log: LogId): SatchelError | undefined {
    return this.#unread.some((run) => run.log === log) ? this.#packs.badSpots.at(-1) : undefined;
  }

  /** What was met is out of the packs by now. */
  forgetMet(): void {
    this.#rotten = [];
    this.#unread = [];
  }

  /** What is noted is read again when it is asked for. */
  reload(): void {
    this.#damage = undefined;
  }
}
