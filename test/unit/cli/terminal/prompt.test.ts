import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPassphrase } from '../../../../src/cli/terminal/passphrase.js';
import { typeSecret } from '../../../../src/cli/terminal/prompt.js';

describe('typeSecret', () => {
  it.each([
    ['', 'abc', { secret: 'abc', state: 'open' }],
    ['a', 'bc\rd', { secret: 'abc', state: 'done' }],
    ['ab😀', '\x7f\x7fc\n', { secret: 'ac', state: 'done' }],
    ['abc', '\x15x\x04', { secret: 'x', state: 'done' }],
    ['abc', '\x03', { secret: '', state: 'interrupted' }],
    ['', '\x01\x1bé', { secret: 'é', state: 'open' }],
  ])('%j then %j', (secret, keys, expected) => {
    expect(typeSecret(secret, keys)).toEqual(expected);
  });
});

describe('findPassphrase', () => {
  const ask = async (): Promise<string> => 'asked';
  const directory = mkdtempSync(path.join(tmpdir(), 'satchel-'));
  const file = path.join(directory, 'pass');

  it('reads the first line of the named file', async () => {
    writeFileSync(file, 'correct horse\r\nsecond\n');
    const env = { SATCHEL_PASSPHRASE_FILE: file };
    expect(await findPassphrase('?', { env, canAsk: true, ask })).toBe('correct horse');
  });

  it('asks on a terminal', async () => {
    expect(await findPassphrase('?', { env: {}, canAsk: true, ask })).toBe('asked');
  });

  it('is locked when nobody can answer', async () => {
    await expect(findPassphrase('?', { env: {}, canAsk: false, ask })).rejects.toMatchObject({
      code: 'locked',
      exit: 14,
    });
    const env = { SATCHEL_PASSPHRASE_FILE: path.join(directory, 'none') };
    await expect(findPassphrase('?', { env, canAsk: true, ask })).rejects.toMatchObject({ code: 'locked' });
  });
});
