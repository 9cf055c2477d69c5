// That this device gave up its logs and writes new ones, since when and why, as its user is told (spec/repository.md,
// "Restored and copied repositories"). Written before anything is given up, so that a killed process is completed.
import type { LogId, TopicId } from '../../format/ids.js';
import type { Layout } from '../../repository/layout.js';
import { readState, writeState } from '../../repository/state.js';

/** Why: behind its note; a copy, by the ages of its files; not known on this host; a log is written elsewhere too; some of it has rotten. */
export type RenewalCause = 'restored' | 'copied' | 'no-note' | 'forked' | 'damaged';

/** Entries of an own log that were written and are not here, as far as notes tell. */
export interface Missing {
  readonly log: LogId;
  /** The topic it is in, when its introduction is here. */
  readonly topic: TopicId | undefined;
  readonly from: number;
  readonly end: number;
}

/** The last time that logs were given up. */
export interface Renewal {
  readonly at: number;
  readonly cause: RenewalCause;
  readonly missing: readonly Missing[];
  /** The epoch that was given up with them. */
  readonly epoch: string;
  /** Whether a bundle was written since. */
  readonly isExported: boolean;
}

/** The last renewal; undefined when there was none. */
export function readRenewal(layout: Layout): Renewal | undefined {
  const renewal = readState(layout, 'renewal');
  return renewal && { ...renewal, missing: renewal.missing.map(({ topic, ...one }) => ({ ...one, topic })) };
}

/** Replaces it, durably. Only under the repository's lock. */
export function writeRenewal(layout: Layout, renewal: Renewal): void {
  writeState(layout, 'renewal', renewal);
}

/** Notes that a bundle was written, which is how others hear of the new logs. Only under the repository's lock. */
export function noteRenewalExported(layout: Layout): void {
  const renewal = readRenewal(layout);
  if (renewal && !renewal.isExported) writeRenewal(layout, { ...renewal, isExported: true });
}
