// Another name for oneself.
import { expect, test } from 'vitest';
import { decodeCard } from '../../../src/identity/card.js';
import { createIdentity, renameSelf } from '../../../src/identity/create.js';
import { readSelf } from '../../../src/identity/self.js';
import { storedCardBytes, storedCardName } from '../../../src/identity/stored-card.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const NOW = Date.UTC(2026, 0, 1);
const passphrase = (): Promise<string> => Promise.reject(new Error('asked for a passphrase'));
const random = (size: number): Buffer => Buffer.alloc(size, 7);

test('a new name comes as a card of the same person with a higher serial', async () => {
  const directory = scratchDirectory();
  const before = await createIdentity(directory, { name: 'Ana', now: NOW, random });
  const after = await renameSelf(directory, '  Ana Mari\u0301a ', { now: NOW, passphrase });
  expect(after).toEqual({ ...before, name: 'Ana María', card: after.card });
  expect(readSelf(directory)).toEqual(after);
  expect(storedCardName(after.card)).toBe('Ana María');
  const [old, fresh] = [before, after].map(({ card }) => decodeCard(storedCardBytes(card)));
  expect(fresh).toMatchObject({ person: old?.person, recipient: old?.recipient, serial: 2 });
});

test('what is no name changes nothing', async () => {
  const directory = scratchDirectory();
  const before = await createIdentity(directory, { name: 'Ana', now: NOW, random });
  await expect(renameSelf(directory, 'x'.repeat(33), { now: NOW, passphrase })).rejects.toMatchObject({
    code: 'usage',
  });
  expect(readSelf(directory)).toEqual(before);
});
