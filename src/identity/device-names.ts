// What a person's devices are called, by the list that counts (spec/devices.md, "Device list").
import { type DeviceKey, type PersonId, shortId } from '../format/ids.js';
import type { LabelledDevice } from './device-list.js';
import { deviceState, type FirstCard } from './devices.js';
import { leftOutDevices } from './own-devices.js';
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

/** Our own devices that the list which counts says nothing of, as in {@link leftOutDevices}; without a label by digits of their keys. */
export function namedLeftOut(around: Decided & { readonly self: FirstCard }, directory: string): LabelledDevice[] {
  return leftOutDevices(directory, around.self).map((device) => {
    return { device, label: namedDevice(around, around.self.person, device).label ?? shortId(device) };
  });
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
