// What is known on this device of keys and devices, beside the statements: what epochs are judged by (spec/private.md, "Usable
// epochs", "Sharing").
import type { DeviceKey, EpochId, PersonId, StatementId } from '../../format/ids.js';
import type { EpochBody } from '../../format/private/epoch-body.js';
import { covers, holdsLists, type KnownLists, listState, statedBy } from './list-state.js';
import type { StatedList } from './statement.js';

/** Facts that differ from device to device. */
export interface KeysKnown {
  /** The device lists that are held. */
  readonly list: KnownLists;
  /** Those of them that are a person's. */
  listsOf(person: PersonId): readonly StatedList[];
  /** The current devices of a person by lists and cards (spec/devices.md, "Current devices"). */
  currentOf(person: PersonId): readonly DeviceKey[];
  /** The serial of a device's newest card; undefined where none is known, so that nothing can be encrypted to it. */
  serialOf(device: DeviceKey): number | undefined;
  /** Whether the control secret of an epoch is here. */
  hasControl(epoch: EpochId): boolean;
  /** Whether its data secret is here. */
  hasData(epoch: EpochId): boolean;
  /** Whether a log brought the statement, and not a letter alone. */
  isInLog(statement: StatementId): boolean;
}

/** The devices of a person that can be encrypted to. */
export function reachable(known: KeysKnown, person: PersonId): readonly DeviceKey[] {
  return known.currentOf(person).filter((device) => known.serialOf(device) !== undefined);
}

/** Whether every removal among a person's devices that an epoch's maker knew of is known here: else one of them might be given its keys. */
export function knowsRemovals(known: KeysKnown, epoch: EpochBody, person: PersonId): boolean {
  const stated = statedBy(epoch, person, known.list);
  return holdsLists(epoch, known.list, person) && covers(listState(known.listsOf(person)), stated);
}
