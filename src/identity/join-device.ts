// The new device's side: what a welcome makes of it (spec/devices.md, "Welcome").
import { SatchelError } from '../format/error.js';
import type { PersonId } from '../format/ids.js';
import { verifyCertificate } from './authority.js';
import type { Binding } from './binding.js';
import { type Card, verifyCard } from './card.js';
import { nextCardSerial } from './card-serial.js';
import { formatCard } from './card-text.js';
import { type Contact, type Contacts, contactFrom, writeContacts } from './contacts.js';
import { cardOfSelf } from './create.js';
import type { DeviceRequest } from './device-request.js';
import { type Devices, withDeviceList, withFurtherCard, writeDevices } from './devices.js';
import { decodeFounding } from './founding.js';
import type { Secrets } from './secrets.js';
import { randomEpoch, type Self, writeSelf } from './self.js';
import type { Welcome } from './welcome.js';

/**
 * Passes a welcome that answers this request: list, certificate and authority's card are one person's, and name this device.
 * @throws SatchelError `not-authentic`
 */
export function assertWelcome({ card, list, certificate }: Welcome, { device }: DeviceRequest): void {
  const isOne = card.person === list.person && card.device === list.authority && verifyCard(card);
  const isNamed = list.current.some((one) => one.device === device);
  const isCertified = verifyCertificate(decodeFounding(list.founding), list, { device, certificate });
  if (isOne && isNamed && isCertified) return;
  const hint = 'have "satchel device add" make it again';
  throw new SatchelError('not-authentic', "this welcome does not make this device one of anybody's", { hint });
}

/**
 * Makes this device one of the person's whose welcome was compared; durable when it returns. Who it is is written last, so that
 * before it still waits. Only under the repository's lock.
 */
export async function joinPerson(
  directory: string,
  secrets: Secrets,
  welcome: Welcome,
  { now, random }: { readonly now: number; readonly random: (size: number) => Buffer },
): Promise<Self> {
  const { list, card, certificate } = welcome;
  const { generation, authority, proof } = list;
  const binding: Binding = { generation, authority, proof, certificate };
  const serial = nextCardSerial({ last: 0, seen: 0, now });
  const identity = await cardOfSelf(secrets, { founding: list.founding, name: card.name, serial, binding });
  const { contacts, devices } = peopleOf(welcome, now);
  const own = withDeviceList(withFurtherCard(devices, identity, card), identity, list);
  writeContacts(directory, contacts);
  writeDevices(directory, own);
  // the words are nowhere on this device
  const self = { ...identity, epoch: randomEpoch(random), serial: 0, recoveryPrinted: true };
  writeSelf(directory, self);
  return self;
}

/** The contacts of a welcome, and their further devices; cards with keys that nobody should accept are left out. */
function peopleOf({ contacts: given, list }: Welcome, now: number): { contacts: Contacts; devices: Devices } {
  const people = new Map<PersonId, Contact>();
  let devices: Devices = new Map();
  for (const { card, petname, flags } of given) {
    if (card.person === list.person || !verifyCard(card)) continue;
    const first = people.get(card.person);
    if (first) devices = withFurtherCard(devices, first, card);
    else people.set(card.person, contactFrom({ ...fieldsOf(card), petname, flags, added: now }));
  }
  return { contacts: people, devices };
}

function fieldsOf(card: Card): Pick<Contact, 'person' | 'device' | 'serial' | 'card'> {
  const { person, device, serial } = card;
  return { person, device, serial, card: formatCard(card) };
}
