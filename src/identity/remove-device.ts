// The authority's side of removing a device (spec/devices.md, "Device list").
import { SatchelError } from '../format/error.js';
import { shortId } from '../format/ids.js';
import type { DeviceState } from './current-devices.js';
import type { DeviceList, LabelledDevice } from './device-list.js';
import type { GoneDevice } from './devices.js';
import { nameKey } from './names.js';
import { assertAuthority, keepList, type ListAuthor, labelledDevices, nextList, ownDevices } from './own-devices.js';

/**
 * The one current device that is meant by its label or the beginning of its key; the own one is called `label` where no list
 * says otherwise.
 * @throws SatchelError `not-found`, `ambiguous`
 */
export function findDevice(
  devices: readonly LabelledDevice[],
  which: string,
  { hint }: { readonly hint: string },
): LabelledDevice {
  const key = nameKey(which.trim());
  const isId = new RegExp(`^[0-9a-f]{${PREFIX_MIN},64}$`).test(key);
  const found = devices.filter(({ device, label }) => nameKey(label) === key || (isId && device.startsWith(key)));
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  if (!first) throw new SatchelError('not-found', `no device is called "${which}"`, { hint });
  const candidates = found.map(({ device, label }) => `${shortId(device)} (${label})`).join(' or ');
  throw new SatchelError('ambiguous', `"${which}" could be ${found.length} devices`, {
    hint: `give digits of its id instead: ${candidates}`,
  });
}

/**
 * The device that is meant, if this one may remove it; `leftOut` are those that may be removed beside the current ones.
 * @throws SatchelError `not-allowed`, `not-found`, `ambiguous`, `usage` for this device itself
 */
export function deviceToRemove(
  author: Pick<ListAuthor, 'self' | 'label'>,
  state: DeviceState,
  { which, leftOut }: { readonly which: string; readonly leftOut: readonly LabelledDevice[] },
): LabelledDevice {
  const { self, label } = author;
  assertAuthority(self, state);
  const own = labelledDevices(state, { device: self.device, label });
  const named = findDevice([...own, ...leftOut], which, { hint: 'run "satchel device list"' });
  if (named.device !== self.device) return named;
  throw new SatchelError('usage', 'the device that removes others cannot remove itself', {
    hint: 'use your recovery words on another one: "satchel recovery use"',
  });
}

/** A device that is to go, and the last commit of what is believed of it. */
export interface Removing extends GoneDevice {
  /** ms. */
  readonly now: number;
}

/**
 * Removes a device for ever; durable when it returns. Only under the repository's lock.
 * @throws SatchelError `not-allowed`
 */
export function removeDevice(directory: string, author: ListAuthor, { now, ...gone }: Removing): DeviceList {
  const { self, label } = author;
  const state = ownDevices(directory, self);
  assertAuthority(self, state);
  const before = labelledDevices(state, { device: self.device, label });
  const current = before.filter((one) => one.device !== gone.device);
  const list = nextList(author, state, { current, removed: [gone.device], now });
  keepList(directory, self, list, { gone });
  return list;
}

const PREFIX_MIN = 4;
