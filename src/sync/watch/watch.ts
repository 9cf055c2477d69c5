// Waiting for drives, and visiting each when it appears and when it may have changed (spec/drive.md, "Watching").
import type { Mount } from './mount.js';
import { Place } from './place.js';
import type { WatchPorts, WatchTimes } from './ports.js';

/** A new mount is given this long to settle. */
const SETTLE_MS = 1_000;

/** What to watch. */
export interface WatchOptions {
  /** Absolute. */
  readonly directories: readonly string[];
  /** Whether media that are mounted in the usual places are watched too. */
  readonly mounts: boolean;
  readonly times: WatchTimes;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Watches until the signal comes; then no process, timer or handle of it is left. */
export async function watchDrives(ports: WatchPorts, options: WatchOptions): Promise<void> {
  const watch = new Watch(ports, options);
  await watch.begin();
  await aborted(options.signal);
  await watch.end();
}

class Watch {
  readonly #ports: WatchPorts;
  readonly #options: WatchOptions;
  readonly #given: ReadonlyMap<string, Place>;
  readonly #mounted = new Map<string, { readonly id: string; readonly place: Place }>();
  readonly #closing = new Set<Promise<void>>();
  readonly #told = new Set<string>();
  #cancelMounts: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #stopNews: (() => void) | undefined;
  #table: string | undefined;
  #tableFailed = false;

  constructor(ports: WatchPorts, options: WatchOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#given = new Map(options.directories.map((directory) => [directory, this.#open(directory, true)]));
  }

  async begin(): Promise<void> {
    const { directories, mounts } = this.#options;
    this.#ports.emit({ type: 'watching', directories, mounts });
    this.#stopNews = await this.#ports.watchRepository(() => this.#news());
    for (const place of this.#given.values()) place.begin(0);
    if (mounts) await this.#readMounts();
  }

  async end(): Promise<void> {
    this.#cancelMounts?.();
    this.#stopNews?.();
    await this.#reading;
    const places = [...this.#given.values(), ...[...this.#mounted.values()].map(({ place }) => place)];
    await Promise.all([...places.map((place) => place.close(false)), ...this.#closing]);
  }

  #open(directory: string, isGiven: boolean): Place {
    return new Place({ directory, isGiven }, this.#ports, this.#options.times, this.#told);
  }

  /** What was written or taken in here may be for any drive that is there. */
  #news(): void {
    for (const place of this.#places()) if (place.hasDrive) place.news();
  }

  *#places(): Iterable<Place> {
    yield* this.#given.values();
    for (const { place } of this.#mounted.values()) yield place;
  }

  async #readMounts(): Promise<void> {
    this.#reading = this.#updateMounts();
    await this.#reading;
    this.#reading = undefined;
    if (this.#options.signal.aborted) return;
    this.#cancelMounts = this.#ports.after(this.#options.times.mountsMs, () => void this.#readMounts());
  }

  async #updateMounts(): Promise<void> {
    try {
      this.#compare(await this.#ports.mounts());
      this.#tableFailed = false;
    } catch (error) {
      if (this.#tableFailed) return;
      this.#tableFailed = true;
      const message = `what is mounted cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      this.#ports.emit({ type: 'failed', directory: '', drive: null, label: null, code: 'io', message });
    }
  }

  #compare(mounts: readonly Mount[]): void {
    const now = new Map(
      mounts.filter(({ directory }) => !this.#given.has(directory)).map((one) => [one.directory, one]),
    );
    for (const [directory, { id, place }] of this.#mounted) {
      if (now.get(directory)?.id === id) continue;
      this.#mounted.delete(directory);
      this.#close(place);
    }
    for (const [directory, { id }] of now) {
      if (this.#mounted.has(directory)) continue;
      const place = this.#open(directory, false);
      this.#mounted.set(directory, { id, place });
      place.begin(SETTLE_MS);
    }
    this.#wake(JSON.stringify(mounts));
  }

  /** A folder that was given may lie on what was mounted just now, or is gone with it. */
  #wake(table: string): void {
    const isFirst = this.#table === undefined;
    if (table === this.#table) return;
    this.#table = table;
    if (isFirst) return;
    for (const place of this.#given.values()) place.stir();
  }

  #close(place: Place): void {
    const closing = place.close(true).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
