// The birth of a device: keys, founding record, card (spec/card.md, "Founding a person").
import type { DeviceKey } from '../format/ids.js';
import { publicKeyOf } from '../format/signature.js';
import { recipientOf } from './age.js';
import { decodeCard, encodeCard } from './card.js';
import { formatCard } from './card-text.js';
import { encodeFounding } from './founding.js';
import { readSecrets, writeSecrets } from './keys.js';
import { parseName } from './names.js';
import { createSecrets } from './secrets.js';
import { randomEpoch, type Self, writeSelf } from './self.js';

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
  await writeSecrets(directory, await createSecrets(options.random), options.passphrase);
  const self = {
    ...(await identityOf(directory, name, 1, options.passphrase)),
    epoch: randomEpoch(options.random),
    serial: 0,
  };
  writeSelf(directory, self);
  return self;
}

async function identityOf(
  directory: string,
  name: string,
  serial: number,
  passphrase: string | undefined,
): Promise<Pick<Self, 'person' | 'device' | 'name' | 'card'>> {
  const secrets = await readSecrets(directory, passphrase === undefined ? undefined : async () => passphrase);
  const founding = encodeFounding(secrets.device);
  const recipient = await recipientOf(secrets.age);
  const card = decodeCard(encodeCard({ founding, serial, recipient, name }, secrets.device));
  const device = publicKeyOf(secrets.device).toString('hex') as DeviceKey;
  return { person: card.person, device, name, card: formatCard(card) };
}
