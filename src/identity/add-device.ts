// The authority's side of adding a device: a certificate, a new device list, and the welcome that brings both
// (spec/devices.md, "Welcome").
import { SatchelError } from '../format/error.js';
import type { DeviceKey } from '../format/ids.js';
import { certifyDevice } from './authority.js';
import { nextCardSerial } from './card-serial.js';
import { type Contacts, flagsOf, readContacts } from './contacts.js';
import type { DeviceState } from './current-devices.js';
import { createDeviceList, type DeviceList, type LabelledDevice } from './device-list.js';
import type { DeviceRequest } from './device-request.js';
import {
  type Devices,
  deviceState,
  type FirstCard,
  readDevices,
  storedCard,
  withDeviceList,
  writeDevices,
} from './devices.js';
import { sealBytes } from './sealed-bytes.js';
import type { Secrets } from './secrets.js';
import type { Self } from './self.js';
import { encodeWelcome, type WelcomeContact } from './welcome.js';

/** What answers a request. */
export interface Answer {
  readonly list: DeviceList;
  /** The sealed welcome. */
  readonly file: Buffer;
}

/** Our own devices, by all that is known here. */
function ownDevices(directory: string, self: FirstCard): DeviceState {
  return deviceState(self, readDevices(directory).get(self.person) ?? nothingKnown(self));
}

/**
 * Passes if this device adds and removes the person's devices.
 * @throws SatchelError `not-allowed`
 */
function assertAuthority(self: Pick<Self, 'device'>, { authority, list }: DeviceState): void {
  if (authority === self.device) return;
  const label = list?.current.find(({ device }) => device === authority)?.label;
  const where = label === undefined ? 'your first device' : `"${label}"`;
  throw new SatchelError('not-allowed', 'this device does not add or remove devices', { hint: `run it on ${where}` });
}

/**
 * The answer to a request. The list is kept here, durably, when this returns: whatever becomes of the welcome, the device may
 * be answered again. Only under the repository's lock.
 * @throws SatchelError `not-allowed`, `over-limit`, `usage` for a device that was removed
 */
export async function answerRequest(
  directory: string,
  author: { readonly self: Self; readonly secrets: Secrets; readonly label: string },
  request: DeviceRequest,
  { now, random }: { readonly now: number; readonly random: (size: number) => Buffer },
): Promise<Answer> {
  const { self, secrets } = author;
  const state = ownDevices(directory, self);
  assertAuthority(self, state);
  const list = listWith(self, secrets, { state, label: author.label, request, now });
  const { founding, binding } = storedCard(self.card);
  const certified = { generation: binding.generation, device: request.device };
  const certificate = certifyDevice(founding, secrets.device, certified);
  const contacts = welcomeContacts(readContacts(directory), readDevices(directory));
  const welcome = encodeWelcome({ certificate, list, card: storedCard(self.card), contacts });
  const file = await sealBytes(welcome, [request.recipient], random);
  keepList(directory, self, list);
  return { list, file };
}

/** Keeps a list of our own, durably. */
function keepList(directory: string, self: FirstCard, list: DeviceList): void {
  writeDevices(directory, withDeviceList(readDevices(directory), self, list));
}

interface ListGiven {
  readonly state: DeviceState;
  /** What this device is called where no list says so yet. */
  readonly label: string;
  readonly request: DeviceRequest;
  readonly now: number;
}

function listWith(self: Self, secrets: Secrets, { state, label, request, now }: ListGiven): DeviceList {
  if (state.removed.includes(request.device)) {
    const hint = 'have "satchel device request" make a new one, in a place without a repository';
    throw new SatchelError('usage', 'that device was removed, and does not come back', { hint });
  }
  const { founding, binding } = storedCard(self.card);
  const { generation, authority, proof } = binding;
  const others = labelled(state, { device: self.device, label }).filter(({ device }) => device !== request.device);
  const version = nextCardSerial({ last: state.list?.version ?? 0, seen: 0, now });
  const current = [...others, { device: request.device, label: request.label }];
  return createDeviceList(
    { founding, generation, authority, proof, version, current, removed: state.removed },
    secrets.device,
  );
}

/** The current devices with their labels; those that no list names are called by the digits of their keys. */
function labelled(state: DeviceState, own: LabelledDevice): LabelledDevice[] {
  const labels = new Map<DeviceKey, string>([[own.device, own.label]]);
  for (const { device, label } of state.list?.current ?? []) labels.set(device, label);
  return state.current.map((device) => ({ device, label: labels.get(device) ?? device.slice(0, 10) }));
}

function welcomeContacts(contacts: Contacts, devices: Devices): WelcomeContact[] {
  return [...contacts.values()].flatMap((contact) => {
    const cards = [contact, ...(devices.get(contact.person)?.cards ?? [])];
    return cards.map(({ card }) => ({ card: storedCard(card), petname: contact.petname, flags: flagsOf(contact) }));
  });
}

function nothingKnown({ person, card }: FirstCard) {
  return { person, known: storedCard(card).binding.generation, cards: [], lists: [] };
}
