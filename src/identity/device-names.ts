// What a person's devices are called, by the list that counts (spec/devices.md, "Device list").
import type { DeviceKey, PersonId } from '../format/ids.js';
import { deviceState } from './devices.js';
import { type Decided, devicesOf, firstCardOf } from './relations.js';

/** A device, and what is known of it. */
export interface NamedDevice {
  readonly device: DeviceKey;
  /** What its owner calls it, or called it before it was removed or left out; undefined where no list said so here. */
  readonly label: string | undefined;
  /** A list took it from its person. */
  readonly isRemoved: boolean;
}

/** The current devices of somebody who was decided about. */
export function namedDevices(around: Decided, person: PersonId): NamedDevice[] {
  return devicesOf(around, person).map((device) => namedDevice(around, person, device));
}

/** One device of a person, current or not. */
export function namedDevice(around: Decided, person: PersonId | undefined, device: DeviceKey): NamedDevice {
  const first = person && firstCardOf(around, person);
  const known = person && around.devices?.get(person);
  const state = first && known ? deviceState(first, known) : undefined;
  const labels = [...(state?.list?.current ?? []), ...(known?.labels ?? [])];
  const label = labels.find((one) => one.device === device)?.label;
  return { device, label, isRemoved: state?.removed.includes(device) ?? false };
}
