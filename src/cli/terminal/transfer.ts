// How far long work is, in bytes, with the rate and the time that is left: what goes to and from the disk is counted where all
// of it passes (spec/cli.md, "Progress"). Only where somebody watches; elsewhere nothing is counted.
import path from 'node:path';
import { type Disk, disk, type Handle, useDisk } from '../../repository/disk.js';
import type { Context } from '../command/context.js';
import { openProgress, type Progress } from './progress.js';
import { formatSize } from './size.js';
import { truncate, widthOf } from './width.js';

/** How much there is to do. */
export interface Amount {
  readonly bytes: number;
  /** So often each byte is read or written until it is done. */
  readonly passes: number;
  /** Only what lies below this directory counts; absent: everything. */
  readonly below?: string;
  /** Of several pieces: bytes of those before, and of all. */
  readonly before?: number;
  readonly total?: number;
  /** It is said at once, whatever was shown just before. */
  readonly isUrgent?: boolean;
}

/** A line that tells of it. */
export interface Transfer {
  /** Whether anybody is told: else no amount is worth finding out. */
  readonly isTold: boolean;
  /** Says what is done from now on. */
  begin(what: string, amount: Amount): void;
  /** Takes the line away before other output, until something else begins. */
  clear(): void;
  /** Takes it away, and counts no more. */
  end(): void;
}

/** How far it is. */
export interface Passed {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Since the first of the bytes. */
  readonly elapsedMs: number;
}

type Watched = Pick<Context, 'stderr' | 'quiet' | 'json' | 'world'>;

/** A rate that is told sooner than this is chance. */
const RATE_AFTER_MS = 1_000;
const LEFT_AFTER_MS = 2_000;
/** So much of what is done is readable, whatever stands beside it. */
const WHAT_COLUMNS_MIN = 29;
const SILENT: Transfer = { isTold: false, begin: () => {}, clear: () => {}, end: () => {} };

/** What `work` returns, told of on a terminal while it goes on. */
export async function withTransfer<T>(context: Watched, work: (transfer: Transfer) => T | Promise<T>): Promise<T> {
  const transfer = openTransfer(context);
  try {
    return await work(transfer);
  } finally {
    transfer.end();
  }
}

/** On a terminal, but with `--quiet` and `--json`: one that counts until it is ended, and tells. */
export function openTransfer(context: Watched): Transfer {
  if (!context.stderr.isTerminal || context.quiet || context.json) return SILENT;
  return new Counting(context, openProgress(context));
}

class Counting implements Transfer {
  readonly isTold = true;
  readonly #context: Watched;
  readonly #progress: Progress;
  readonly #restore: () => void;
  #what = '';
  #amount: Amount = { bytes: 0, passes: 1 };
  #counted = 0;
  #since = 0;

  constructor(context: Watched, progress: Progress) {
    this.#context = context;
    this.#progress = progress;
    this.#restore = useDisk(
      countingDisk(
        disk,
        (file) => this.#isCounted(file),
        (bytes) => this.#count(bytes),
      ),
    );
  }

  begin(what: string, amount: Amount): void {
    this.#what = what;
    this.#amount = amount;
    this.#counted = 0;
    if (!amount.before) this.#since = this.#context.world.now();
    if (amount.isUrgent) this.#progress.say(this.#line());
    else this.#progress.update(this.#line());
  }

  clear(): void {
    this.#what = '';
    this.#progress.clear();
  }

  end(): void {
    this.#progress.clear();
    this.#restore();
  }

  /** What was opened before anything was counted has no name here. */
  #isCounted(file: string | undefined): boolean {
    const { below } = this.#amount;
    if (below === undefined) return true;
    return file !== undefined && path.resolve(file).startsWith(`${path.resolve(below)}${path.sep}`);
  }

  #count(bytes: number): void {
    this.#counted += bytes;
    if (this.#what !== '') this.#progress.update(this.#line());
  }

  #line(): string {
    const { bytes, passes, before = 0, total = bytes } = this.#amount;
    const doneBytes = before + Math.min(bytes, Math.floor(this.#counted / passes));
    const elapsedMs = this.#context.world.now() - this.#since;
    return transferLine(this.#what, { doneBytes, totalBytes: total, elapsedMs }, this.#context.stderr.columns - 1);
  }
}

/** The line in so many columns: what is said of the amount gets shorter before what is done does. */
export function transferLine(what: string, passed: Passed, columns: number): string {
  const least = Math.min(widthOf(what), WHAT_COLUMNS_MIN);
  const figures = figuresOf(passed).find((text) => least + 2 + widthOf(text) <= columns);
  if (figures === undefined) return truncate(what, columns);
  return `${truncate(what, columns - 2 - widthOf(figures))}  ${figures}`;
}

/** From the most to the least. */
function figuresOf({ doneBytes, totalBytes, elapsedMs }: Passed): string[] {
  if (totalBytes <= 0) return [];
  const percent = `${Math.floor((100 * doneBytes) / totalBytes)} %`;
  const amount = `${formatSize(doneBytes)} of ${formatSize(totalBytes)}`;
  const perSecond = elapsedMs < RATE_AFTER_MS ? 0 : (1_000 * doneBytes) / elapsedMs;
  if (perSecond < 1) return [amount, percent];
  const rate = `${formatSize(Math.floor(perSecond))}/s`;
  const leftMs = (1_000 * (totalBytes - doneBytes)) / perSecond;
  const left = elapsedMs < LEFT_AFTER_MS || doneBytes >= totalBytes ? [] : [`${formatLeft(leftMs)} left`];
  return [[amount, rate, ...left].join(', '), [amount, ...left].join(', '), [percent, ...left].join(', '), percent];
}

/** `6 s`, `4 min`, `2 h 5 min`. */
function formatLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The disk, which tells of bytes that are read from or written to files that count. */
function countingDisk(
  sound: Disk,
  isCounted: (file: string | undefined) => boolean,
  count: (bytes: number) => void,
): Disk {
  const files = new Map<Handle, string>();
  const told = (handle: Handle, bytes: number): number => {
    if (isCounted(files.get(handle))) count(bytes);
    return bytes;
  };
  return {
    ...sound,
    open(file, purpose, mode) {
      const handle = sound.open(file, purpose, mode);
      files.set(handle, file);
      return handle;
    },
    close(handle) {
      files.delete(handle);
      sound.close(handle);
    },
    content(file) {
      const bytes = sound.content(file);
      if (isCounted(file)) count(bytes.length);
      return bytes;
    },
    read: (handle, target, from) => told(handle, sound.read(handle, target, from)),
    write: (handle, bytes, to) => told(handle, sound.write(handle, bytes, to)),
  };
}
