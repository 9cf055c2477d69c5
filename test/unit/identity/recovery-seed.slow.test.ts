// The seed of the recovery key leaves every file that holds it.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createIdentity } from '../../../src/identity/create.js';
import { Keyring } from '../../../src/identity/keyring.js';
import { readSecrets, writeSecrets } from '../../../src/identity/keys.js';
import { recoveryState, removeRecovery, settleRemoval } from '../../../src/identity/recovery-seed.js';
import { decodeSecrets, type Secrets } from '../../../src/identity/secrets.js';
import { readSelf, writeSelf } from '../../../src/identity/self.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const CHEAP = { workFactor: 4 };

let directory: string;
let plain: Buffer;
let before: Secrets;
let keyring: Keyring;

beforeEach(async () => {
  directory = scratchDirectory();
  let drawn = 0;
  await createIdentity(directory, { name: 'Ana', now: 0, random: (size) => Buffer.alloc(size, ++drawn) });
  plain = fs.readFileSync(inKeys('secrets.json'));
  before = decodeSecrets(plain, 'keys');
  await writeSecrets(directory, before, 'horse', CHEAP);
  keyring = new Keyring(directory, async () => 'horse', CHEAP);
});

function inKeys(name = ''): string {
  return path.join(directory, '.satchel', 'keys', name);
}

async function expectGone(): Promise<void> {
  expect(fs.readdirSync(inKeys())).toEqual(['secrets.age']);
  const { recovery: _, ...rest } = before;
  expect(await readSecrets(directory, async () => 'horse')).toEqual(rest);
  expect(recoveryState(readSelf(directory))).toBe('printed');
}

test.each([
  ['nothing else', []],
  ['what a change of form left that was interrupted', ['secrets.json']],
  ['what an interrupted write left', ['secrets.json.1.tmp', 'secrets.age.2.tmp']],
])('from keys under a passphrase, beside %s', async (_what, beside) => {
  expect(recoveryState(readSelf(directory))).toBe('here');
  for (const name of beside) fs.writeFileSync(inKeys(name), plain);
  await removeRecovery(directory, keyring);
  await expectGone();
});

test.each(['secrets.json', 'secrets.json.1.tmp'])(
  'also when %s was left by a removal that was interrupted',
  async (name) => {
    await removeRecovery(directory, keyring);
    fs.writeFileSync(inKeys(name), plain);
    await settleRemoval(directory, keyring);
    await expectGone();
  },
);

test('a removal that was interrupted before it was noted is noted, and else nothing is written', async () => {
  await removeRecovery(directory, keyring);
  const { recoveryPrinted: _, ...self } = readSelf(directory);
  writeSelf(directory, self);
  await settleRemoval(directory, keyring);
  await expectGone();
  const written = fs.readFileSync(inKeys('secrets.age'));
  await settleRemoval(directory, keyring);
  expect(fs.readFileSync(inKeys('secrets.age'))).toEqual(written);
});
