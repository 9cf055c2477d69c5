// The authority's side of adding a device: a certificate, a new device list, and the welcome that brings both
// (spec/devices.md, "Welcome").
import { SatchelError } from '../format/error.js';
import { DEVICES_MAX } from '../format/limits.js';
import { certifyDevice } from './authority.js';
import { type Contacts, flagsOf, readContacts } from './contacts.js';
import type { DeviceState } from './current-devices.js';
import { type DeviceList, tooManyDevices } from './device-list.js';
import type { DeviceRequest } from './device-request.js';
import { type Devices, readDevices, storedCard } from './devices.js';
import {
  assertAuthority,
  keepList,
  type ListAuthor,
  labelledDevices,
  nextList,
  ownAuthority,
  ownDevices,
} from './own-devices.js';
import { sealBytes } from './sealed-bytes.js';
import type { Secrets } from './secrets.js';
import type { Self } from './self.js';
import { encodeWelcome, type Welcome, type WelcomeContact } from './welcome.js';

/** What answers a request. */
export interface Answer {
  readonly list: DeviceList;
  /** The sealed welcome. */
  readonly file: Buffer;
}

/** Who answers, and what the new device is given along. */
export interface Answering extends ListAuthor {
  readonly self: Self;
  readonly secrets: Secrets;
  readonly topics: Pick<Welcome, 'topics' | 'current' | 'privateTopics'>;
}

/**
 * Passes a request that this device may answer.
 * @throws SatchelError `not-allowed`, `over-limit`, `usage` for a device that was removed, or for this one
 */
export function assertAnswerable(
  directory: string,
  self: Self,
  { device }: Pick<DeviceRequest, 'device'>,
): DeviceState {
  const state = ownDevices(directory, self);
  assertAuthority(self, state);
  const others = state.current.filter((one) => one !== device);
  if (others.length >= DEVICES_MAX) throw tooManyDevices();
  if (device === self.device) throw new SatchelError('usage', 'that is the request of this device itself');
  if (!state.removed.includes(device)) return state;
  const hint = 'have "satchel device request" make a new one, in a place without a repository';
  throw new SatchelError('usage', 'that device was removed, and does not come back', { hint });
}

/**
 * The answer to a request. The list is kept here, durably, when this returns: whatever becomes of the welcome, the device may
 * be answered again. Only under the repository's lock.
 * @throws SatchelError as {@link assertAnswerable}
 */
export async function answerRequest(
  directory: string,
  author: Answering,
  request: DeviceRequest,
  { now, random }: { readonly now: number; readonly random: (size: number) => Buffer },
): Promise<Answer> {
  const { self, secrets, topics } = author;
  const state = assertAnswerable(directory, self, request);
  const list = nextList(author, state, { current: currentWith(author, state, request), now });
  const card = storedCard(self.card);
  const certified = { generation: ownAuthority(self, state).generation, device: request.device };
  const certificate = certifyDevice(card.founding, secrets.device, certified);
  const contacts = welcomeContacts(readContacts(directory), readDevices(directory));
  const welcome = encodeWelcome({ certificate, list, card, contacts, ...topics, backup: backupIn(secrets) });
  const file = await sealBytes(welcome, [request.recipient], random);
  const asked = { device: request.device, recipient: request.recipient.toString('hex') };
  keepList(directory, self, list, { asked });
  return { list, file };
}

function currentWith({ self, label }: ListAuthor, state: DeviceState, request: DeviceRequest) {
  const before = labelledDevices(state, { device: self.device, label });
  const others = before.filter(({ device }) => device !== request.device);
  return [...others, { device: request.device, label: request.label }];
}

/** Nobody could open a backup that is sealed to words which are not written down. */
function backupIn({ recovery, backup }: Secrets): Buffer | undefined {
  return recovery === undefined ? backup : undefined;
}

function welcomeContacts(contacts: Contacts, devices: Devices): WelcomeContact[] {
  return [...contacts.values()].flatMap((contact) => {
    const cards = [contact, ...(devices.get(contact.person)?.cards ?? [])];
    return cards.map(({ card }) => ({ card: storedCard(card), petname: contact.petname, flags: flagsOf(contact) }));
  });
}
