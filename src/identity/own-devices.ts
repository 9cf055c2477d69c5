// Our own devices, and what only their authority does (spec/devices.md, "Authority", "Device list").
import { SatchelError } from '../format/error.js';
import type { DeviceKey } from '../format/ids.js';
import type { Authority } from './authority.js';
import type { Binding } from './binding.js';
import { nextCardSerial } from './card-serial.js';
import type { DeviceState } from './current-devices.js';
import { createDeviceList, type DeviceList, type LabelledDevice } from './device-list.js';
import {
  type AskedDevice,
  deviceState,
  type FirstCard,
  type GoneDevice,
  type KnownDevices,
  readDevices,
  storedCard,
  withAsked,
  withDeviceList,
  withGone,
  writeDevices,
} from './devices.js';
import type { Secrets } from './secrets.js';
import type { Self } from './self.js';

/** The device that signs a list. */
export interface ListAuthor {
  readonly self: Pick<Self, 'person' | 'device' | 'card'>;
  readonly secrets: Pick<Secrets, 'device'>;
  /** What this device is called where no list says so yet. */
  readonly label: string;
}

/** Our own devices, by all that is known here. */
export function ownDevices(directory: string, self: FirstCard): DeviceState {
  return deviceState(self, readDevices(directory).get(self.person) ?? nothingKnown(self));
}

/**
 * Our own devices of earlier generations that the list which counts neither names nor removes, by their keys; never this one. The
 * recovery words were used where nobody knew of them, as with an older backup.
 */
export function leftOutDevices(directory: string, self: FirstCard): DeviceKey[] {
  const known = readDevices(directory).get(self.person);
  const { generation, list, current, removed } = ownDevices(directory, self);
  if (!known || !list || generation === 1) return [];
  const older = known.cards.filter(({ card }) => storedCard(card).binding.generation < generation);
  const met = [...older, ...(known.labels ?? [])].map(({ device }) => device);
  const told = new Set([self.device, ...current, ...removed]);
  return [...new Set(met)].filter((device) => !told.has(device)).sort();
}

/** What is known of somebody of whom there is one card. */
export function nothingKnown({ person, card }: FirstCard): KnownDevices {
  return { person, known: storedCard(card).binding.generation, cards: [], lists: [] };
}

/**
 * Passes if this device adds and removes the person's devices.
 * @throws SatchelError `not-allowed`
 */
export function assertAuthority(self: Pick<Self, 'device'>, state: DeviceState): void {
  if (state.authority === self.device) return;
  throw new SatchelError('not-allowed', 'this device does not add or remove devices', {
    hint: `run it on ${authorityName(state)}`,
  });
}

/** What a device of a person is called that surely is one, for who is on another. */
export function otherDevice(directory: string, self: Self): string {
  const state = ownDevices(directory, self);
  return state.authority === self.device ? 'another device of yours' : authorityName(state);
}

function authorityName({ authority, list, generation }: DeviceState): string {
  const label = list?.current.find(({ device }) => device === authority)?.label;
  if (label !== undefined) return `"${label}"`;
  if (generation === 1) return 'your first device';
  return 'the device on which you used your recovery words';
}

/**
 * As whom this device signs lists and certificates. The list says it: where the words were used and the power was cut, the card
 * follows later.
 */
export function ownAuthority(self: Pick<Self, 'device' | 'card'>, { authority, list }: DeviceState): Authority {
  if (list && authority === self.device) return authorityIn(list);
  return authorityIn(storedCard(self.card).binding);
}

/** How the next card of this device binds it to its person: as the last one, unless the recovery words were used here since. */
export function ownBinding(self: FirstCard, state: DeviceState): Binding {
  const { binding } = storedCard(self.card);
  const isAuthority = state.list !== undefined && state.authority === self.device;
  return isAuthority && state.generation > binding.generation ? ownAuthority(self, state) : binding;
}

/** Whether the own card says less of this device than what is known: the power was cut when the recovery words were used. */
export function isBoundAnew(directory: string, self: FirstCard): boolean {
  return ownBinding(self, ownDevices(directory, self)).generation !== storedCard(self.card).binding.generation;
}

/** The next list of this authority: with these current devices, and with these removed besides those that were. */
export function nextList(
  { self, secrets }: ListAuthor,
  state: DeviceState,
  changed: {
    readonly current: readonly LabelledDevice[];
    readonly removed?: readonly DeviceKey[];
    readonly now: number;
  },
): DeviceList {
  const { current, removed = [], now } = changed;
  const version = nextCardSerial({ last: state.list?.version ?? 0, seen: 0, now });
  const { founding } = storedCard(self.card);
  const all = [...state.removed, ...removed];
  return createDeviceList({ founding, ...ownAuthority(self, state), version, current, removed: all }, secrets.device);
}

/** The current devices with their labels; those that no list names are called by the digits of their keys. */
export function labelledDevices(state: DeviceState, own: LabelledDevice): LabelledDevice[] {
  const labels = new Map<DeviceKey, string>([[own.device, own.label]]);
  for (const { device, label } of state.list?.current ?? []) labels.set(device, label);
  return state.current.map((device) => ({ device, label: labels.get(device) ?? device.slice(0, LABEL_DIGITS) }));
}

/** What goes with a list of our own. */
export interface ListNews {
  /** What the device asked with that it adds. */
  readonly asked?: AskedDevice;
  /** The device that it removes. */
  readonly gone?: GoneDevice;
}

/** Keeps a list of our own, durably. Only under the repository's lock. */
export function keepList(directory: string, self: FirstCard, list: DeviceList, { asked, gone }: ListNews): void {
  const devices = withDeviceList(readDevices(directory), self, list);
  const answered = asked ? withAsked(devices, self, asked) : devices;
  writeDevices(directory, gone ? withGone(answered, self, gone) : answered);
}

function authorityIn({ generation, authority, proof }: Authority): Authority {
  return { generation, authority, proof };
}

const LABEL_DIGITS = 10;
