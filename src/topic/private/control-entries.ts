// The control entries of private topics that are held and can be opened (spec/epochs.md, "Control entries").
import type { LogId } from '../../format/ids.js';
import { type ControlBody, controlBodyIn } from '../../format/private/control-body.js';
import { decodeVeiled, type VeiledPayload } from '../../format/private/veiled-payload.js';
import type { PlacedEntry } from '../../repository/index/placed-entry.js';
import type { Repository } from '../../repository/repository.js';
import { isEvent, messageIn } from '../payload.js';
import { CONTROL } from './inner.js';

/** A control entry, and where it stands. */
export interface PlacedControl {
  readonly log: LogId;
  readonly seq: number;
  /** Which of its log's epochs it is sealed under. */
  readonly n: number;
  /** Undefined where no key that is here opens it. */
  readonly body: ControlBody | undefined;
  /** Keys that lie beside it for devices of members. */
  readonly wrap: Buffer | undefined;
  /** The log is known to contradict itself from here or earlier. */
  readonly frozen: boolean;
  /** Number of the commit that brought it. */
  readonly arrival: number;
}

/** A control entry as anybody can tell it, opened or not. */
export interface SealedControl {
  readonly entry: PlacedEntry;
  readonly payload: Buffer;
  readonly veiled: VeiledPayload;
  /** Number of the commit that brought it. */
  readonly arrival: number;
}

/** Those of a log; what takes messages back is not among them. Only runs that hold some are read. */
export function* sealedControlsIn(repository: Repository, log: LogId): Generator<SealedControl> {
  for (const { events, first, end, arrival } of repository.runs(log)) {
    if (events === 0) continue;
    for (const entry of repository.entries(log, Math.max(first, 1), end)) {
      const { payload } = entry;
      // told from the first bytes: most entries of a run are messages
      const veiled = payload && isEvent({ payload }) ? decodeVeiled(payload) : undefined;
      if (payload && veiled?.kind === 'control') yield { entry, payload, veiled, arrival };
    }
  }
}

/** Those of a log that say something, or may do once their keys are here. */
export function* controlEntriesIn(repository: Repository, log: LogId): Generator<PlacedControl> {
  for (const { entry, veiled, arrival } of sealedControlsIn(repository, log)) {
    const message = messageIn(entry);
    const body = message?.type === CONTROL ? controlBodyIn(message.body) : undefined;
    if (message && !body) continue;
    const { seq, frozen } = entry;
    yield { log, seq, n: veiled.n, body, wrap: veiled.wrap, frozen, arrival };
  }
}
