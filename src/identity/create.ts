// The birth of a device: keys, founding record, card (spec/card.md, "Founding a person"); and its later cards.
import { publicKeyOf } from '../format/signature/signature.js';
import { recipientOf } from './age.js';
import { type CardFields, decodeCard, encodeCard } from './card.js';
import { nextCardSerial } from './card-serial.js';
import { formatCard } from './card-text.js';
import { encodeFounding } from './founding.js';
import { assertDeviceKey } from './key-halves.js';
import type { Keyring } from './keyring.js';
import { type PassphraseSource, readSecrets, writeSecrets } from './keys.js';
import { parseName } from './names.js';
import { ownBinding, ownDevices } from './own-devices.js';
import { backupRecipient } from './recovery.js';
import { createSecrets, type Secrets } from './secrets.js';
import { randomEpoch, readSelf, type Self, writeSelf } from './self.js';
import { storedCardBytes } from './stored-card.js';

/** What a person begins with; `now` in ms. */
interface Found {
  readonly name: string;
  readonly recovery: Buffer;
  readonly now: number;
  readonly random: (size: number) => Buffer;
}

/**
 * Founds a person with this device as its first, in a repository that has none yet; durable when it returns. The seed of its
 * recovery key lies with the secret keys until its words are written down.
 * @throws SatchelError `usage` for a name that cannot be one
 */
export async function createIdentity(
  directory: string,
  options: {
    readonly name: string;
    /** ms. */
    readonly now: number;
    readonly random: (size: number) => Buffer;
    readonly passphrase?: string | undefined;
  },
): Promise<Self> {
  const name = parseName(options.name);
  const { secrets, recovery } = await createSecrets(options.random, options.now);
  await writeSecrets(directory, secrets, options.passphrase);
  return found(directory, secrets, { ...options, name, recovery });
}

/**
 * Founds a new person on a device that has keys and no identity, as after restoring a backup; durable when it returns. Only
 * under the repository's lock.
 * @throws SatchelError `usage` for a name that cannot be one, and as {@link readSecrets}
 */
export async function foundOnDevice(
  directory: string,
  keyring: Keyring,
  { name, now, random }: { readonly name: string; readonly now: number; readonly random: (size: number) => Buffer },
): Promise<Self> {
  const parsed = parseName(name);
  const recovery = random(32);
  const backup = await backupRecipient(recovery);
  const secrets = await keyring.update((old) => ({ ...old, recovery, backup }));
  return found(directory, secrets, { name: parsed, recovery, now, random });
}

async function found(directory: string, secrets: Secrets, { name, recovery, now, random }: Found): Promise<Self> {
  const founding = encodeFounding(secrets.device, publicKeyOf(recovery));
  const serial = nextCardSerial({ last: 0, seen: 0, now });
  const identity = await cardOfSelf(secrets, { founding, name, serial });
  const self = { ...identity, epoch: randomEpoch(random), serial: 0 };
  writeSelf(directory, self);
  return self;
}

/**
 * Gives this person another name: a card with a higher serial, so that it replaces the older one wherever it arrives. Durable
 * when it returns; `now` is in ms. Only under the repository's lock.
 * @throws SatchelError `usage` for a name that cannot be one, and as {@link readSecrets}
 */
export async function renameSelf(
  directory: string,
  name: string,
  { now, passphrase }: { readonly now: number; readonly passphrase: PassphraseSource },
): Promise<Self> {
  const parsed = parseName(name);
  const secrets = await readSecrets(directory, passphrase);
  return renewCard(directory, secrets, { now, name: parsed });
}

/**
 * A new card of this device, under the same name if none is given; durable when it returns. Only under the repository's lock.
 * @throws SatchelError `damaged` when the keys are another device's
 */
export async function renewCard(
  directory: string,
  secrets: Secrets,
  { now, name }: { readonly now: number; readonly name?: string },
): Promise<Self> {
  const { cardSeen, ...old } = readSelf(directory);
  assertDeviceKey(old, secrets);
  const { founding, serial: last } = decodeCard(storedCardBytes(old.card));
  const binding = ownBinding(old, ownDevices(directory, old));
  const serial = nextCardSerial({ last, seen: cardSeen ?? 0, now });
  const self = { ...old, ...(await cardOfSelf(secrets, { founding, binding, name: name ?? old.name, serial })) };
  writeSelf(directory, self);
  return self;
}

/** Who a device with these keys is, with a card that says so. */
export async function cardOfSelf(
  secrets: Secrets,
  fields: Omit<CardFields, 'recipient'>,
): Promise<Pick<Self, 'person' | 'device' | 'name' | 'card'>> {
  const recipient = await recipientOf(secrets.recipients[0].key);
  const card = decodeCard(encodeCard({ ...fields, recipient }, secrets.device));
  return { person: card.person, device: card.device, name: card.name, card: formatCard(card) };
}
