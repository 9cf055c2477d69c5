// A world for the watcher whose time passes only when the test says so, with drives that behave as told.
import type { VisitDocument, WatchEvent } from '../../src/sync/watch/events.js';
import type { Look } from '../../src/sync/watch/look.js';
import type { Mount } from '../../src/sync/watch/mount.js';
import { DEFAULT_TIMES, type VisitEnd, type WatchPorts } from '../../src/sync/watch/ports.js';
import { watchDrives } from '../../src/sync/watch/watch.js';

/** What is at a directory, and what a visit there does. */
export interface Site {
  look: Look | 'hangs';
  /** How the next visits end; the last one stays. */
  visits: (VisitEnd | 'hangs')[];
  visitMs?: number;
  /** A visit that is really made, instead. */
  readonly visit?: () => Promise<VisitEnd>;
}

/** A drive that is there, with nothing to do. */
export function siteOf(name: string): Site {
  return { look: driveLook(name), visits: [{ kind: 'done', visit: NOTHING }] };
}

/** The look at a drive whose content is in that state. */
export function driveLook(name: string, print = 'as it was'): Look {
  return { kind: 'drive', id: name.padEnd(32, '0'), label: name, print };
}

/** A visit that found nothing to do. */
export const NOTHING: VisitDocument = {
  new: 0,
  skipped: 0,
  refused: 0,
  bundles: [],
  arriving: [],
  strangers: [],
  export: null,
  removed: [],
  touched: false,
  unfinished: false,
};

/** Everything the watcher may touch. */
export class WatchedWorld {
  readonly events: WatchEvent[] = [];
  readonly hooks: string[] = [];
  readonly sites = new Map<string, Site>();
  /** Directories whose changes the system would tell of, with what to call. */
  readonly heard = new Map<string, () => void>();
  mounts: readonly Mount[] = [];
  visits = 0;
  looks = 0;
  /** Processes that run at this moment. */
  running = 0;
  news: () => void = () => {};
  #now = 0;
  #number = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  readonly #stop = new AbortController();
  /** Visits that are really made and not over yet: time does not pass meanwhile. */
  readonly #underway = new Set<Promise<VisitEnd>>();
  #watching: Promise<void> = Promise.resolve();

  get timers(): number {
    return this.#timers.size;
  }

  /** Begins to watch. */
  async begin(directories: readonly string[], options: { readonly mounts?: boolean } = {}): Promise<void> {
    const { mounts = false } = options;
    this.#watching = watchDrives(this.#ports(), {
      directories,
      mounts,
      times: DEFAULT_TIMES,
      signal: this.#stop.signal,
    });
    await this.advance(0);
  }

  /** Ends it; resolves when it has ended. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  /** Lets time pass, timer by timer. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.#settle();
    for (let next = this.#nextTimer(until); next; next = this.#nextTimer(until)) {
      const [number, timer] = next;
      this.#timers.delete(number);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
      await this.#settle();
    }
    this.#now = until;
  }

  /** Types of the events since the last call, with the label or reason. */
  told(): string[] {
    return this.events.splice(0).map((event) => {
      const about = 'label' in event && event.label ? ` ${event.label}` : 'reason' in event ? ` ${event.reason}` : '';
      return `${event.type}${about}`;
    });
  }

  async #settle(): Promise<void> {
    await settle();
    while (this.#underway.size > 0) {
      await Promise.all(this.#underway);
      await settle();
    }
  }

  async #really(visit: () => Promise<VisitEnd>): Promise<VisitEnd> {
    const underway = visit();
    this.#underway.add(underway);
    try {
      return await underway;
    } finally {
      this.#underway.delete(underway);
    }
  }

  #nextTimer(until: number) {
    const due = [...this.#timers].filter(([, { at }]) => at <= until);
    return due.sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  }

  #after(ms: number, run: () => void): () => void {
    const number = this.#number++;
    this.#timers.set(number, { at: this.#now + ms, run });
    return () => this.#timers.delete(number);
  }

  /** A process that ends after a time, or when it is ended. */
  async #process<T>(ms: number, signal: AbortSignal, ended: T, value: () => T): Promise<T> {
    this.running++;
    try {
      if (ms === 0) return value();
      return await new Promise<T>((resolve) => {
        const cancel = this.#after(ms, () => resolve(value()));
        signal.addEventListener('abort', () => {
          cancel();
          resolve(ended);
        });
      });
    } finally {
      this.running--;
    }
  }

  #ports(): WatchPorts {
    const late = { kind: 'failed', failure: { code: 'io', message: 'took too long' }, visit: undefined } as const;
    return {
      now: () => this.#now,
      after: (ms, run) => this.#after(ms, run),
      mounts: async () => this.mounts,
      look: (directory, signal) => {
        this.looks++;
        const look = this.sites.get(directory)?.look ?? ({ kind: 'absent' } as const);
        if (look === 'hangs')
          return this.#process<Look>(30_000, signal, { kind: 'hanging' }, () => ({ kind: 'hanging' }));
        return this.#process(0, signal, look, () => look);
      },
      visit: (directory, signal) => {
        this.visits++;
        const site = this.sites.get(directory);
        if (site?.visit) return this.#really(site.visit);
        const end = (site?.visits.length ?? 0) > 1 ? site?.visits.shift() : site?.visits[0];
        if (end === undefined) return this.#process<VisitEnd>(0, signal, late, () => ({ kind: 'absent' }));
        if (end === 'hangs') return this.#process<VisitEnd>(3_600_000, signal, late, () => late);
        return this.#process<VisitEnd>(site?.visitMs ?? 0, signal, late, () => end);
      },
      watchFolder: async (directory, changed) => {
        this.heard.set(directory, changed);
        return () => this.heard.delete(directory);
      },
      watchRepository: async (changed) => {
        this.news = changed;
        return () => {
          this.news = () => {};
        };
      },
      hook: async (name, drive) => {
        this.hooks.push(`${name} ${drive.label}`);
      },
      emit: (event) => this.events.push(event),
    };
  }
}

/** Lets all promises that can be settled settle. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
