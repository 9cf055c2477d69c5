// The birth of a device: keys, founding record, card (spec/card.md, "Founding a person").
import { recipientOf } from './age.js';
import { type CardFields, decodeCard, encodeCard } from './card.js';
import { formatCard } from './card-text.js';
import { encodeFounding } from './founding.js';
import { assertDeviceKey } from './key-halves.js';
import { type PassphraseSource, readSecrets, writeSecrets } from './keys.js';
import { parseName } from './names.js';
import { createSecrets, type Secrets } from './secrets.js';
import { randomEpoch, readSelf, type Self, writeSelf } from './self.js';
import { storedCardBytes } from './stored-card.js';

/**
 * Founds a person with this device as its first, in a repository that has none yet; durable when it returns.
 * @throws SatchelError `usage` for a name that cannot be one
 */
export async function createIdentity(
  directory: string,
  options: {
    readonly name: string;
    readonly random: (size: number) => Buffer;
    readonly passphrase?: string | undefined;
  },
): Promise<Self> {
  const name = parseName(options.name);
  const secrets = await createSecrets(options.random);
  await writeSecrets(directory, secrets, options.passphrase);
  const identity = await identityOf(secrets, { founding: encodeFounding(secrets.device), name, serial: 1 });
  const self = { ...identity, epoch: randomEpoch(options.random), serial: 0 };
  writeSelf(directory, self);
  return self;
}

/**
 * Gives this person another name: a card whose serial is one higher, so that it replaces the older one wherever it
 * arrives. Durable when it returns. Only under the repository's lock.
 * @throws SatchelError `usage` for a name that cannot be one, and as {@link readSecrets}
 */
export async function renameSelf(directory: string, name: string, passphrase: PassphraseSource): Promise<Self> {
  const parsed = parseName(name);
  const old = readSelf(directory);
  const card = decodeCard(storedCardBytes(old.card));
  const secrets = await readSecrets(directory, passphrase);
  assertDeviceKey(old, secrets);
  const identity = await identityOf(secrets, { founding: card.founding, name: parsed, serial: card.serial + 1 });
  const self = { ...old, ...identity };
  writeSelf(directory, self);
  return self;
}

async function identityOf(
  secrets: Secrets,
  fields: Pick<CardFields, 'founding' | 'name' | 'serial'>,
): Promise<Pick<Self, 'person' | 'device' | 'name' | 'card'>> {
  const recipient = await recipientOf(secrets.age);
  const card = decodeCard(encodeCard({ ...fields, recipient }, secrets.device));
  return { person: card.person, device: card.device, name: card.name, card: formatCard(card) };
}
