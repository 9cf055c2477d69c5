// Our files and keys against the age program and its library.
import fs from 'node:fs';
import path from 'node:path';
import { bech32 } from '@scure/base';
import { identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  createAgeIdentity,
  decryptWithPassphrase,
  encryptUnderPassphrase,
  recipientOf,
} from '../../../src/identity/age.js';
import { ageDecrypt, ageRecipient, needAge } from '../../testkit/age-cli.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { flip } from '../../testkit/wire.js';

const CONTENT = Buffer.from('{"secret": "\u{1f511}"}\n');
const CHEAP = { workFactor: 10 };

describe('an identity', () => {
  test('is made of the random bytes, and is age\u2019s', async () => {
    const identity = await createAgeIdentity((size) => Buffer.alloc(size, 7));
    expect(identity).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/);
    expect(Buffer.from(bech32.decodeToBytes(identity.toLowerCase()).bytes)).toEqual(Buffer.alloc(32, 7));
  });

  test.each([1, 2, 3, 254, 255])('of bytes %i has the recipient that age says', async (byte) => {
    const identity = await createAgeIdentity((size) => Buffer.alloc(size, byte));
    const recipient = bech32.encodeFromBytes('age', await recipientOf(identity));
    expect(recipient).toBe(await identityToRecipient(identity));
  });

  test.each([
    ['nothing', ''],
    ['a mistyped one', 'AGE-SECRET-KEY-1QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURSKMP32L'],
    ['a recipient', bech32.encodeFromBytes('age', Buffer.alloc(32, 7))],
    ['a short one', bech32.encodeFromBytes('age-secret-key-', Buffer.alloc(31, 7))],
  ])('is not %s', async (_what, text) => {
    await expect(recipientOf(text)).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('a file under a passphrase', () => {
  test('opens with it and no other', async () => {
    const file = await encryptUnderPassphrase(CONTENT, 'pass', CHEAP);
    expect(await decryptWithPassphrase(file, 'pass')).toEqual(CONTENT);
    await expect(decryptWithPassphrase(file, 'Pass')).rejects.toMatchObject({ code: 'wrong-passphrase' });
    await expect(decryptWithPassphrase(file, '')).rejects.toMatchObject({ code: 'wrong-passphrase' });
  });

  test('is never the same twice, and as slow to guess as age makes its own', async () => {
    const file = await encryptUnderPassphrase(CONTENT, 'pass');
    expect(file.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S{22} 18\n/);
    expect(file).not.toEqual(await encryptUnderPassphrase(CONTENT, 'pass'));
  });

  test('is refused with any byte damaged, cut or added', async () => {
    const file = await encryptUnderPassphrase(CONTENT, 'pass', { workFactor: 1 });
    const refused = { code: expect.stringMatching(/^(damaged|wrong-passphrase)$/) };
    for (let at = 0; at < file.length; at++) {
      await expect(decryptWithPassphrase(flip(file, at), 'pass'), `byte ${at}`).rejects.toMatchObject(refused);
      await expect(decryptWithPassphrase(file.subarray(0, at), 'pass'), `cut ${at}`).rejects.toMatchObject(refused);
    }
    const longer = Buffer.concat([file, Buffer.of(0)]);
    await expect(decryptWithPassphrase(longer, 'pass')).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('the age program', () => {
  beforeEach(needAge);

  test('opens our files with the passphrase and no other', async () => {
    const dir = scratchDirectory();
    const file = path.join(dir, 'x.age');
    const output = path.join(dir, 'x');
    fs.writeFileSync(file, await encryptUnderPassphrase(CONTENT, 'pass wörd', CHEAP));
    expect(ageDecrypt(file, 'pass word', output)).not.toBe(0);
    expect(fs.existsSync(output)).toBe(false);
    expect(ageDecrypt(file, 'pass wörd', output)).toBe(0);
    expect(fs.readFileSync(output)).toEqual(CONTENT);
  });

  test('knows our identities', async () => {
    const identity = await createAgeIdentity((size) => Buffer.alloc(size, 9));
    expect(ageRecipient(identity)).toBe(bech32.encodeFromBytes('age', await recipientOf(identity)));
  });
});
