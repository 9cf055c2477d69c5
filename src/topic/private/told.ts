// What control entries tell of keys: which were given away, and what somebody lacks (spec/epochs.md, "Control entries").
import type { DeviceKey, LogId } from '../../format/ids.js';
import type { Need, Shared } from '../../format/private/control-body.js';
import type { PlacedControl } from './control-entries.js';

/** A control entry that tells of keys that were given away, and whose log it stands in. */
export interface PlacedClaim extends Shared {
  /** There is no wrap beside it: they went by a letter. */
  readonly isLetter: boolean;
  readonly by: DeviceKey;
  readonly arrival: number;
}

/** What a device said last that it lacks. */
export interface PlacedNeed {
  readonly device: DeviceKey;
  readonly log: LogId;
  readonly seq: number;
  readonly need: Need;
  readonly arrival: number;
}

/** What is known of the topic's logs. */
export interface LogsTold {
  /** Whose device writes them, as their introductions say. */
  readonly deviceOf: ReadonlyMap<LogId, DeviceKey>;
  /** As far as they count; undefined while all of one waits. */
  endOf(log: LogId): number | undefined;
}

/** The claims among those of these entries that count. */
export function claimsIn(controls: readonly PlacedControl[], { deviceOf, endOf }: LogsTold): readonly PlacedClaim[] {
  return controls.flatMap(({ log, seq, body, frozen, arrival, wrap }) => {
    const by = deviceOf.get(log);
    if (!body?.shared || frozen || by === undefined || seq >= (endOf(log) ?? 0)) return [];
    return [{ ...body.shared, isLetter: wrap === undefined, by, arrival }];
  });
}

/** Of each device what it said last of what counts; of several logs what came last. */
export function needsIn(controls: readonly PlacedControl[], { deviceOf, endOf }: LogsTold): readonly PlacedNeed[] {
  const ofLogs = new Map<LogId, PlacedNeed>();
  for (const { log, seq, body, frozen, arrival } of controls) {
    const device = deviceOf.get(log);
    if (!body?.need || frozen || device === undefined || seq >= (endOf(log) ?? 0)) continue;
    ofLogs.set(log, { device, log, seq, need: body.need, arrival });
  }
  const ofDevices = new Map<DeviceKey, PlacedNeed>();
  for (const one of ofLogs.values()) {
    const other = ofDevices.get(one.device);
    if (!other || other.arrival <= one.arrival) ofDevices.set(one.device, one);
  }
  return [...ofDevices.values()];
}
