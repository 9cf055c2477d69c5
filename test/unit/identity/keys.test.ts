// Secret keys on disk: with and without a passphrase, and after a crash at any step in between.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import { publicKeyOf } from '../../../src/format/signature/signature.js';
import { checkSecrets, readSecrets, secretsForm, updateSecrets, writeSecrets } from '../../../src/identity/keys.js';
import { type Secrets, withLogKey } from '../../../src/identity/secrets.js';
import { nodeDisk } from '../../../src/repository/disk.js';
import { ageDecrypt, needAge } from '../../testkit/age-cli.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const CHEAP = { workFactor: 2 };
const SECRETS: Secrets = {
  device: Buffer.alloc(32, 3),
  recipients: [{ key: 'AGE-SECRET-KEY-1X', from: 0 }],
  logs: new Map(),
};
const SEED = Buffer.alloc(32, 1);
const LOG = publicKeyOf(SEED).toString('hex') as LogId;
const MORE = withLogKey(SECRETS, LOG, SEED);
const typed = (passphrase: string) => (): Promise<string> => Promise.resolve(passphrase);
const neverAsked = (): Promise<string> => Promise.reject(new Error('the passphrase was asked for'));

function keyFile(dir: string, name = ''): string {
  return path.join(dir, '.satchel', 'keys', name);
}

function modeOf(file: string): string {
  return (fs.statSync(file).mode & 0o777).toString(8);
}

describe('without a passphrase', () => {
  test('come back, nobody asked, readable to their owner only', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, MORE, undefined);
    expect(await readSecrets(dir, neverAsked)).toEqual(MORE);
    expect(await readSecrets(dir, undefined)).toEqual(MORE);
    expect(fs.readdirSync(keyFile(dir))).toEqual(['secrets.json']);
    expect([modeOf(keyFile(dir)), modeOf(keyFile(dir, 'secrets.json'))]).toEqual(['700', '600']);
    expect(secretsForm(dir)).toBe('plain');
    expect(checkSecrets(dir)).toEqual([]);
  });

  test('are closed to others again by the next write', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, undefined);
    fs.chmodSync(keyFile(dir, 'secrets.json'), 0o644);
    await writeSecrets(dir, SECRETS, undefined);
    expect(checkSecrets(dir)).toEqual([]);
  });
});

describe('under a passphrase', () => {
  test('come back with it only', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, MORE, 'pass', CHEAP);
    expect(await readSecrets(dir, typed('pass'))).toEqual(MORE);
    await expect(readSecrets(dir, typed('other'))).rejects.toMatchObject({ code: 'wrong-passphrase', exit: 14 });
    await expect(readSecrets(dir, undefined)).rejects.toMatchObject({ code: 'locked', exit: 14 });
    expect(fs.readdirSync(keyFile(dir))).toEqual(['secrets.age']);
    expect(modeOf(keyFile(dir, 'secrets.age'))).toBe('600');
    expect(secretsForm(dir)).toBe('sealed');
    expect(checkSecrets(dir)).toEqual([]);
  });

  test('pass on what the one who is asked says', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, MORE, 'pass', CHEAP);
    await expect(readSecrets(dir, neverAsked)).rejects.toThrow('the passphrase was asked for');
  });

  test('show nothing of the keys on disk', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, MORE, 'pass', CHEAP);
    const bytes = fs.readFileSync(keyFile(dir, 'secrets.age'));
    for (const part of ['satchel-secrets', LOG, SEED.toString('hex')]) expect(bytes.includes(part)).toBe(false);
  });

  test('are damaged when the file is', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, MORE, 'pass', CHEAP);
    fs.truncateSync(keyFile(dir, 'secrets.age'), 200);
    await expect(readSecrets(dir, typed('pass'))).rejects.toMatchObject({ code: 'damaged' });
  });

  test('are not written under an empty one', async () => {
    const dir = scratchDirectory();
    await expect(writeSecrets(dir, MORE, '', CHEAP)).rejects.toMatchObject({ code: 'usage' });
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('are JSON for the age program', async (context) => {
    needAge(context);
    const dir = scratchDirectory();
    await writeSecrets(dir, MORE, 'pass', CHEAP);
    expect(ageDecrypt(keyFile(dir, 'secrets.age'), 'pass', path.join(dir, 'out'))).toBe(0);
    const value = JSON.parse(fs.readFileSync(path.join(dir, 'out'), 'utf8'));
    expect(value).toMatchObject({
      format: 'satchel-secrets/2',
      device: '03'.repeat(32),
      logs: { [LOG]: '01'.repeat(32) },
    });
  });
});

test('are missing before init', async () => {
  const dir = scratchDirectory();
  await expect(readSecrets(dir, neverAsked)).rejects.toMatchObject({ code: 'no-identity' });
  expect(secretsForm(dir)).toBeUndefined();
  expect(checkSecrets(dir)).toEqual([]);
});

describe('an update', () => {
  test.each([
    ['plain', undefined],
    ['sealed', 'pass'],
  ])('leaves %s what is %s', async (form, passphrase) => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, passphrase, CHEAP);
    const ask = vi.fn(typed('pass'));
    const change = (secrets: Secrets): Secrets => withLogKey(secrets, LOG, SEED);
    expect(await updateSecrets(dir, ask, change, CHEAP)).toEqual(MORE);
    expect(ask).toHaveBeenCalledTimes(passphrase ? 1 : 0);
    expect(secretsForm(dir)).toBe(form);
    expect(await readSecrets(dir, ask)).toEqual(MORE);
  });
});

describe('going from one form to the other', () => {
  test('leaves only the new one', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, undefined);
    await writeSecrets(dir, SECRETS, 'pass', CHEAP);
    expect(fs.readdirSync(keyFile(dir))).toEqual(['secrets.age']);
    await writeSecrets(dir, MORE, undefined);
    expect(fs.readdirSync(keyFile(dir))).toEqual(['secrets.json']);
    expect(await readSecrets(dir, neverAsked)).toEqual(MORE);
  });

  test('crashed before the plain one was removed: the sealed one counts, the plain one serves', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, undefined);
    await interrupted(() => writeSecrets(dir, MORE, 'pass', CHEAP));
    expect(secretsForm(dir)).toBe('sealed');
    expect(await readSecrets(dir, typed('pass'))).toEqual(MORE);
    expect(await readSecrets(dir, typed('other'))).toEqual(SECRETS);
    expect(await readSecrets(dir, undefined)).toEqual(SECRETS);
    await expect(readSecrets(dir, neverAsked)).rejects.toThrow('the passphrase was asked for');
  });

  test('crashed before the sealed one was removed: the plain one counts, nobody is asked', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, 'pass', CHEAP);
    await interrupted(() => writeSecrets(dir, MORE, undefined));
    expect(secretsForm(dir)).toBe('plain');
    expect(await readSecrets(dir, neverAsked)).toEqual(MORE);
  });

  test('crashed on the way there and again on the way back: the one written last counts', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, 'one', CHEAP);
    await interrupted(() => writeSecrets(dir, SECRETS, undefined));
    await interrupted(() => writeSecrets(dir, MORE, 'two', CHEAP));
    expect(secretsForm(dir)).toBe('sealed');
    expect(await readSecrets(dir, typed('two'))).toEqual(MORE);
    await interrupted(() => writeSecrets(dir, SECRETS, undefined));
    expect(secretsForm(dir)).toBe('plain');
    expect(await readSecrets(dir, neverAsked)).toEqual(SECRETS);
  });

  test.each([undefined, 'new'])('after a crash the next write settles it (passphrase: %s)', async (passphrase) => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, undefined);
    await interrupted(() => writeSecrets(dir, SECRETS, 'pass', CHEAP));
    expect(checkSecrets(dir).map(({ problem }) => problem)).toEqual(['both-forms']);
    await writeSecrets(dir, MORE, passphrase, CHEAP);
    expect(fs.readdirSync(keyFile(dir))).toEqual([passphrase ? 'secrets.age' : 'secrets.json']);
    expect(await readSecrets(dir, typed('new'))).toEqual(MORE);
    expect(checkSecrets(dir)).toEqual([]);
  });

  test.each([undefined, 'new'])('crashed at any file operation, some form opens (to: %s)', async (target) => {
    const operations = ['open', 'write', 'sync', 'rename', 'remove'] as const;
    for (const operation of operations) {
      const dir = scratchDirectory();
      await writeSecrets(dir, SECRETS, target ? undefined : 'old', CHEAP);
      await interrupted(() => writeSecrets(dir, MORE, target, CHEAP), operation);
      const read = await readSecrets(dir, typed(target ?? 'old'));
      expect([SECRETS, MORE], operation).toContainEqual(read);
    }
  });

  test('a leftover that rotted does not stand in the way of the one that counts', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, undefined);
    await interrupted(() => writeSecrets(dir, MORE, 'pass', CHEAP));
    fs.writeFileSync(keyFile(dir, 'secrets.json'), '{');
    expect(await readSecrets(dir, typed('pass'))).toEqual(MORE);
  });

  test('removes the temporary files of writes that did not finish', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, undefined);
    await interrupted(() => writeSecrets(dir, MORE, undefined), 'rename');
    const [finding] = checkSecrets(dir);
    expect(finding).toMatchObject({ problem: 'left-behind', path: expect.stringContaining('secrets.json.') });
    expect(await readSecrets(dir, neverAsked)).toEqual(SECRETS);
    await writeSecrets(dir, SECRETS, 'pass', CHEAP);
    expect(fs.readdirSync(keyFile(dir))).toEqual(['secrets.age']);
  });
});

describe.skipIf(process.platform === 'win32')('a check', () => {
  test.each([0o640, 0o604, 0o620])('finds a file with mode %o', async (mode) => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, undefined);
    const file = keyFile(dir, 'secrets.json');
    fs.chmodSync(file, mode);
    const detail = `others may use ${file} (mode 0${mode.toString(8)})`;
    expect(checkSecrets(dir)).toEqual([{ problem: 'readable-by-others', path: file, detail }]);
  });

  test('finds an open directory', async () => {
    const dir = scratchDirectory();
    await writeSecrets(dir, SECRETS, 'pass', CHEAP);
    fs.chmodSync(keyFile(dir), 0o755);
    expect(checkSecrets(dir)).toMatchObject([{ problem: 'readable-by-others' }]);
  });
});

/** Runs `write` until it comes to that operation of the disk, and ends it there, as a crash would. */
async function interrupted(
  write: () => Promise<void>,
  operation: 'open' | 'write' | 'sync' | 'rename' | 'remove' = 'remove',
): Promise<void> {
  const spy = vi.spyOn(nodeDisk, operation).mockImplementation(() => {
    throw new Error('crash');
  });
  await expect(write()).rejects.toThrow('crash');
  spy.mockRestore();
}
