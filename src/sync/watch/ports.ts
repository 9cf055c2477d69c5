// What watching needs of the world; tests pass their own (spec/drive.md, "Watching").
import type { HookName } from '../hooks.js';
import type { Failure, Named, VisitDocument, WatchEvent } from './events.js';
import type { Look } from './look.js';
import type { Mount } from './mount.js';

/** How a visit ended. */
export type VisitEnd =
  | { readonly kind: 'done'; readonly visit: VisitDocument }
  /** What it did before it failed stays done. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly visit: VisitDocument | undefined }
  | { readonly kind: 'absent' };

/** Time, drives, and whoever is told. Nothing here rejects but `mounts`. */
export interface WatchPorts {
  /** Milliseconds of a clock that nobody sets. */
  now(): number;
  /** Runs something later; returns how to call it off. */
  after(ms: number, run: () => void): () => void;
  /** What is mounted in the usual places. @throws whatever reading the table fails of */
  mounts(): Promise<readonly Mount[]>;
  look(directory: string, signal: AbortSignal): Promise<Look>;
  visit(directory: string, signal: AbortSignal): Promise<VisitEnd>;
  /** Calls `changed` when something in the drive's folder may have changed; returns how to stop. */
  watchFolder(directory: string, changed: () => void): Promise<() => void>;
  /** Calls `changed` when this repository may have something new to tell. */
  watchRepository(changed: () => void): Promise<() => void>;
  hook(name: HookName, drive: Named, outcome: VisitEnd | undefined, signal: AbortSignal): Promise<void>;
  emit(event: WatchEvent): void;
}

/** How often and how long. */
export interface WatchTimes {
  /** Something that changed is left alone until it has been quiet for so long ... */
  readonly quietMs: number;
  /** ... but no longer than this. */
  readonly quietMaxMs: number;
  /** Where nothing tells of changes there is a look this often. */
  readonly lookMs: number;
  /** The longest pause after failures. */
  readonly pauseMaxMs: number;
  /** A file that is not whole yet is looked at again after this. */
  readonly arrivingMs: number;
  /** The mount table is read this often. */
  readonly mountsMs: number;
}

/** What is used unless said otherwise. */
export const DEFAULT_TIMES: WatchTimes = {
  quietMs: 2_000,
  quietMaxMs: 30_000,
  lookMs: 60_000,
  pauseMaxMs: 15 * 60_000,
  arrivingMs: 65_000,
  mountsMs: 2_000,
};
