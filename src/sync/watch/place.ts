// One place where a drive may be: looked at, visited, and left alone again (spec/drive.md, "Watching").
//
// At most one timer and one child process at a time. What happens while it is busy is remembered as one further turn.
import type { Failure, Named, VisitDocument } from './events.js';
import type { Look } from './look.js';
import type { VisitEnd, WatchPorts, WatchTimes } from './ports.js';

/** A visit that takes longer is announced: the drive is in use, and not safe to remove. */
const ANNOUNCED_MS = 2_000;
const FOREIGN_LOOKS = 3;

/** Where, and how it is known. */
export interface Spot {
  readonly directory: string;
  /** Given by the user: watched for changes, and worth a word when nothing is there. Mounts are only looked at. */
  readonly isGiven: boolean;
}

/** A place under watch, until it is closed. */
export class Place {
  readonly #spot: Spot;
  readonly #ports: WatchPorts;
  readonly #times: WatchTimes;
  readonly #over = new AbortController();
  #drive: Named | undefined;
  /** What it looked like before the last visit that went well. */
  #visited: string | undefined;
  /** Something else than the drive's content asks for a visit. */
  #isDue = true;
  #cancel: (() => void) | undefined;
  /** Since when something keeps changing. */
  #unquietSince: number | undefined;
  #turn: Promise<void> | undefined;
  #again = false;
  /** When to look if nothing happens before, ms from the end of this turn. */
  #next = 0;
  #isVisiting = false;
  #failures = 0;
  #said = '';
  #stopEvents: (() => void) | undefined;
  /** What was told of drives, wherever they are plugged in: that nothing is written to them, that files there wait for keys. */
  readonly #told: Set<string>;

  constructor(spot: Spot, ports: WatchPorts, times: WatchTimes, told: Set<string>) {
    this.#spot = spot;
    this.#told = told;
    this.#ports = ports;
    this.#times = times;
  }

  /** Whether a drive was there at the last look. */
  get hasDrive(): boolean {
    return this.#drive !== undefined;
  }

  /** Looks after the given time. */
  begin(ms: number): void {
    this.#schedule(ms);
  }

  /** Something there may have changed: a look once it is quiet. */
  stir(): void {
    if (this.#turn !== undefined) this.#again = true;
    else this.#scheduleQuiet();
  }

  /** There may be something for the drive, or what was wanted of it has changed: a visit once it is quiet. */
  news(): void {
    this.#isDue = true;
    this.stir();
  }

  /** Ends whatever goes on; resolves when no process of ours is left there. */
  async close(isGone: boolean): Promise<void> {
    this.#cancel?.();
    this.#over.abort();
    this.#ignoreEvents();
    const drive = this.#drive;
    this.#drive = undefined;
    if (isGone && drive) this.#ports.emit({ type: 'gone', ...drive, interrupted: this.#isVisiting });
    await this.#turn;
  }

  #scheduleQuiet(): void {
    const { quietMs, quietMaxMs, lookMs } = this.#times;
    const now = this.#ports.now();
    this.#unquietSince ??= now;
    // where visits fail, events of our own doing must not bring one after the other
    const quiet = this.#failures > 0 ? Math.min(quietMs * 2 ** Math.min(this.#failures, 10), lookMs) : quietMs;
    this.#schedule(Math.min(quiet, Math.max(0, this.#unquietSince + quietMaxMs - now)));
  }

  #schedule(ms: number): void {
    this.#cancel?.();
    if (this.#over.signal.aborted) return;
    this.#cancel = this.#ports.after(ms, () => {
      this.#cancel = undefined;
      this.#turn = this.#take().finally(() => this.#rest());
    });
  }

  async #take(): Promise<void> {
    this.#unquietSince = undefined;
    this.#next = this.#times.lookMs;
    const look = await this.#ports.look(this.#spot.directory, this.#over.signal);
    if (this.#over.signal.aborted) return;
    // only of what has answered: asking for events may hang as well
    if (look.kind === 'drive' || look.kind === 'foreign' || look.kind === 'damaged') await this.#heedEvents();
    if (look.kind === 'drive') await this.#meet(look);
    else this.#miss(look);
  }

  #rest(): void {
    this.#turn = undefined;
    const again = this.#again;
    this.#again = false;
    if (again) this.#scheduleQuiet();
    else this.#schedule(this.#next);
  }

  async #meet(look: Extract<Look, { kind: 'drive' }>): Promise<void> {
    const { directory } = this.#spot;
    const drive = { directory, drive: look.id, label: look.label };
    const isFound = this.#drive?.drive !== look.id;
    this.#drive = drive;
    if (isFound) await this.#find(drive);
    if (this.#over.signal.aborted || (!this.#isDue && look.print === this.#visited)) return;
    await this.#visit(drive, look.print, isFound);
  }

  async #find(drive: Named): Promise<void> {
    this.#visited = undefined;
    this.#say('found', () => this.#ports.emit({ type: 'found', ...drive }));
    await this.#ports.hook('drive-found', drive, undefined, this.#over.signal);
  }

  async #visit(drive: Named, print: string, isFirst: boolean): Promise<void> {
    this.#isDue = false;
    let isAnnounced = false;
    const unannounce = this.#ports.after(ANNOUNCED_MS, () => {
      isAnnounced = true;
      this.#ports.emit({ type: 'visiting', ...drive });
    });
    this.#isVisiting = true;
    const end = await this.#ports.visit(drive.directory, this.#over.signal);
    this.#isVisiting = false;
    unannounce();
    if (this.#over.signal.aborted) return;
    if (end.kind === 'absent') {
      this.#miss({ kind: 'absent' });
      return;
    }
    const did = end.visit !== undefined && isWorthTelling(end.visit);
    if (end.kind === 'failed') this.#fail(end.failure);
    else this.#settle(drive, { visit: end.visit, print, mustTell: did || isFirst || isAnnounced });
    if (end.visit) this.#heedKeys(drive, end.visit);
    await this.#tellHooks(drive, end, did || isFirst);
  }

  /** After a visit that went well. */
  #settle(drive: Named, { visit, print, mustTell }: { visit: VisitDocument; print: string; mustTell: boolean }): void {
    const left = addedBy(visit).reduce((sum, one) => sum + one.left, 0);
    const isWellAgain = left === 0 && this.#said.startsWith('failed');
    if (mustTell || isWellAgain) {
      this.#say('visited', () => this.#ports.emit({ type: 'visited', ...drive, safe: true, visit }));
    }
    this.#heedApproval(drive, visit);
    if (left > 0) {
      this.#fail({ code: 'no-space', message: 'not everything found room', hint: 'free some space on the drive' });
      return;
    }
    this.#visited = print;
    this.#failures = 0;
    if (visit.arriving.length > 0) this.#lookAgain(this.#times.arrivingMs);
    if (visit.unfinished) this.#lookAgain(this.#times.quietMs);
  }

  /** Its user has to approve it. */
  #heedApproval(drive: Named, { approved }: VisitDocument): void {
    this.#tellOnce('unapproved', drive, approved === false, () => this.#ports.emit({ type: 'unapproved', ...drive }));
  }

  /** Whatever else came of the visit. */
  #heedKeys(drive: Named, { waiting: files = 0 }: VisitDocument): void {
    this.#tellOnce('locked', drive, files > 0, () => this.#ports.emit({ type: 'locked', ...drive, files }));
  }

  /** Wherever a drive is plugged in, and however often, what holds of it is told once. */
  #tellOnce(what: string, { drive }: Named, isSo: boolean, emit: () => void): void {
    const key = `${what}/${drive}`;
    if (isSo && !this.#told.has(key)) emit();
    if (isSo) this.#told.add(key);
    else this.#told.delete(key);
  }

  async #tellHooks(drive: Named, end: VisitEnd, isDone: boolean): Promise<void> {
    const { signal } = this.#over;
    const fresh = end.kind === 'absent' ? 0 : (end.visit?.new ?? 0);
    if (fresh > 0) await this.#ports.hook('post-import', drive, end, signal);
    if (isDone && !signal.aborted) await this.#ports.hook('drive-done', drive, end, signal);
  }

  /** A visit that has to come even if nothing changes. */
  #lookAgain(ms: number): void {
    this.#visited = undefined;
    this.#next = Math.min(this.#next, ms);
  }

  /** Nothing to visit: gone, never there, not ours, or not answering. */
  #miss(look: Exclude<Look, { kind: 'drive' }>): void {
    this.#isDue = true;
    if (look.kind === 'hanging' || look.kind === 'unreadable') {
      this.#ignoreEvents();
      this.#fail(look.kind === 'hanging' ? HANGING : { code: 'io', message: look.message, hint: LATER });
      return;
    }
    if (look.kind === 'damaged') {
      this.#fail(damagedMarker(this.#spot.directory));
      return;
    }
    const drive = this.#drive;
    this.#drive = undefined;
    this.#failures = 0;
    if (drive) this.#ports.emit({ type: 'gone', ...drive, interrupted: false });
    if (look.kind === 'absent') this.#ignoreEvents();
    if (!this.#spot.isGiven) {
      // what is no drive hardly becomes one
      this.#next = FOREIGN_LOOKS * this.#times.lookMs;
      return;
    }
    const { directory } = this.#spot;
    this.#say(look.kind, () => this.#ports.emit({ type: 'waiting', directory, reason: look.kind }));
  }

  /** Says once what is wrong, and tries again after ever longer pauses. */
  #fail(failure: Failure): void {
    this.#visited = undefined;
    this.#isDue = true;
    const { lookMs, pauseMaxMs } = this.#times;
    this.#next = Math.min(lookMs * 2 ** Math.min(this.#failures, 20), pauseMaxMs);
    this.#failures++;
    const { drive = null, label = null } = this.#drive ?? {};
    // another process says what failed, in a document that may have more in it
    const { code, message, hint } = failure;
    const event = { type: 'failed', directory: this.#spot.directory, drive, label, code, message, hint } as const;
    this.#say(`failed/${code}`, () => this.#ports.emit(event));
  }

  /** What holds on is said once. */
  #say(what: string, emit: () => void): void {
    const isNews = what !== this.#said || what === 'visited';
    this.#said = what;
    if (isNews) emit();
  }

  async #heedEvents(): Promise<void> {
    if (!this.#spot.isGiven || this.#stopEvents) return;
    const stop = await this.#ports.watchFolder(this.#spot.directory, () => this.stir());
    if (this.#over.signal.aborted) stop();
    else this.#stopEvents = stop;
  }

  #ignoreEvents(): void {
    this.#stopEvents?.();
    this.#stopEvents = undefined;
  }
}

function damagedMarker(directory: string): Failure {
  const hint = `"satchel drive init ${directory}" makes a drive of it again`;
  return { code: 'no-drive', message: 'the marker of the drive, drive.json, is damaged', hint };
}

const LATER = 'it is tried again by itself';
const HANGING: Failure = { code: 'io', message: 'the drive does not answer', hint: `${LATER}; plug it in anew` };

/** The bundles that a visit added. */
export function addedBy({ export: added, forStrangers = [] }: VisitDocument): NonNullable<VisitDocument['export']>[] {
  return [...(added ? [added] : []), ...forStrangers];
}

function isWorthTelling(visit: VisitDocument): boolean {
  const { new: fresh, refused, removed, bundles } = visit;
  return (
    fresh > 0 ||
    refused > 0 ||
    addedBy(visit).some(({ entries }) => entries > 0) ||
    removed.length > 0 ||
    bundles.some(({ error }) => error)
  );
}
