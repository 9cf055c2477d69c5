// The new device's side: what a welcome makes of it (spec/devices.md, "Welcome").
import { SatchelError } from '../format/error.js';
import { verifyCertificate } from './authority.js';
import type { Binding } from './binding.js';
import { verifyCard } from './card.js';
import { nextCardSerial } from './card-serial.js';
import { withWelcomed } from './contact-changes.js';
import { type Contacts, readContacts, writeContacts } from './contacts.js';
import { cardOfSelf } from './create.js';
import type { DeviceRequest } from './device-request.js';
import { type Devices, readDevices, storedCard, withDeviceList, withFurtherCard, writeDevices } from './devices.js';
import type { FileKeys } from './file-keys.js';
import { forgetFormer, readFormer } from './former.js';
import { decodeFounding } from './founding.js';
import type { Keyring } from './keyring.js';
import { firstCardOf } from './relations.js';
import { knowingRemoved } from './rotation.js';
import { openSealedBytes } from './sealed-bytes.js';
import type { Secrets } from './secrets.js';
import { randomEpoch, type Self, writeSelf } from './self.js';
import { keepTopicKeys } from './topic-keys.js';
import { decodeWelcome, type Welcome } from './welcome.js';

/**
 * The welcome in a sealed file, which answers the request of this device: list, certificate and authority's card are one
 * person's, and name this device. A restored repository goes on as nobody else's.
 * @throws SatchelError `bad-request` when it is none, `sealed` for another device's, `not-authentic`
 */
export async function openWelcome(
  directory: string,
  file: Buffer,
  { keys, request }: { readonly keys: FileKeys; readonly request: DeviceRequest },
): Promise<Welcome> {
  const welcome = decodeWelcome(await openedBytes(file, keys));
  assertWelcome(welcome, request);
  const former = readFormer(directory);
  if (former === undefined || former.person === welcome.list.person) return welcome;
  throw new SatchelError('not-authentic', `this welcome is not ${former.name}'s, whose backup was restored here`, {
    hint: 'join from a directory without a repository',
  });
}

async function openedBytes(file: Buffer, keys: FileKeys): Promise<Buffer> {
  try {
    return await openSealedBytes(file, keys);
  } catch (cause) {
    if (!(cause instanceof SatchelError) || cause.code !== 'bad-bundle') throw cause;
    const hint = 'copy it again, or have "satchel device add" make it again';
    throw new SatchelError('bad-request', `this is no welcome: ${cause.message}`, { hint, cause });
  }
}

function assertWelcome({ card, list, certificate }: Welcome, { device }: DeviceRequest): void {
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
  keyring: Keyring,
  welcome: Welcome,
  { now, random }: { readonly now: number; readonly random: (size: number) => Buffer },
): Promise<Self> {
  const { list, card, certificate, backup, privateTopics } = welcome;
  const { generation, authority, proof } = list;
  const binding: Binding = { generation, authority, proof, certificate };
  const serial = nextCardSerial({ last: 0, seen: 0, now });
  const welcomed = privateTopics.map((one) => ({ ...one, isWelcomed: true }));
  await keepTopicKeys(keyring, welcomed, { random });
  const isNews = backup !== undefined || list.removed.length > 0;
  const told = (old: Secrets): Secrets => knowingRemoved({ ...old, backup: backup ?? old.backup }, list.removed);
  const secrets = isNews ? await keyring.update(told) : await keyring.read();
  const identity = await cardOfSelf(secrets, { founding: list.founding, name: card.name, serial, binding });
  const { contacts, devices } = peopleOf(directory, welcome, now);
  const former = readFormer(directory);
  const cards = [card, ...(former ? [storedCard(former.card)] : [])];
  const known = cards.reduce((all, one) => withFurtherCard(all, identity, one), devices);
  writeContacts(directory, contacts);
  writeDevices(directory, withDeviceList(known, identity, list));
  // the words are nowhere on this device
  const self = { ...identity, epoch: randomEpoch(random), serial: 0, recoveryPrinted: true };
  writeSelf(directory, self);
  if (former) forgetFormer(directory);
  return self;
}

/**
 * The contacts with those of a welcome, and their further devices; cards with keys that nobody should accept are left out. What a
 * restored repository says of somebody stays.
 */
function peopleOf(
  directory: string,
  { contacts: given, list }: Welcome,
  now: number,
): { contacts: Contacts; devices: Devices } {
  let contacts = readContacts(directory);
  let devices = readDevices(directory);
  for (const { card, petname, flags } of given) {
    if (card.person === list.person || !verifyCard(card)) continue;
    const first = firstCardOf({ self: { person: list.person, device: list.authority }, contacts }, card.person);
    if (first) devices = withFurtherCard(devices, first, card);
    else contacts = withWelcomed(contacts, card, { petname, flags, added: now });
  }
  return { contacts, devices };
}
