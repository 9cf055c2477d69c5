// Who was founded before there were recovery keys: the same id, and cards that every program reads.
import { expect, test } from 'vitest';
import { createAgeIdentity, recipientOf } from '../../../src/identity/age.js';
import { decodeCard } from '../../../src/identity/card.js';
import { renameSelf } from '../../../src/identity/create.js';
import { keyProblems } from '../../../src/identity/key-halves.js';
import { readSecrets, writeSecrets } from '../../../src/identity/keys.js';
import { readSelf, writeSelf } from '../../../src/identity/self.js';
import { storedCardBytes } from '../../../src/identity/stored-card.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { card, cardText, wirePerson } from '../../testkit/wire-card.js';

const passphrase = (): Promise<string> => Promise.reject(new Error('asked for a passphrase'));

test('keep their id and their version of cards under a new name', async () => {
  const directory = scratchDirectory();
  const ada = wirePerson('Ada');
  const key = await createAgeIdentity((size) => Buffer.alloc(size, 9));
  const recipient = await recipientOf(key);
  const [person, device] = [ada.id, ada.device.id].map((id) => id.toString('hex'));
  const text = cardText(card(ada, { recipient, serial: 3 }));
  const self = { person, device, name: 'Ada', card: text, epoch: 'e'.repeat(32), serial: 12 };
  writeSelf(directory, self as Parameters<typeof writeSelf>[1]);
  await writeSecrets(
    directory,
    { device: ada.device.seed, recipients: [{ key, from: 0 }], logs: new Map() },
    undefined,
  );
  const renamed = await renameSelf(directory, 'Augusta', { now: 0, passphrase });
  expect(storedCardBytes(renamed.card)).toEqual(card(ada, { recipient, serial: 4, name: 'Augusta' }));
  expect(decodeCard(storedCardBytes(renamed.card))).toMatchObject({ person, serial: 4 });
  expect(readSelf(directory)).toMatchObject({ person, device, serial: 12 });
  expect(await keyProblems(renamed, await readSecrets(directory, passphrase))).toEqual([]);
});
