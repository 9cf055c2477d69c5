// Logs that were given up stay given up, whatever becomes of their keys (spec/repository.md, "Restored and copied
// repositories").
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { readSecrets, writeSecrets } from '../../src/identity/keys.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';

it('nothing is written in them when their keys come back from a backup', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const noPassphrase = async (): Promise<string> => '';
  const [{ log: old } = { log: '' }] = await ana.post('garden', 'one');
  const backup = await readSecrets(ana.directory, noPassphrase);
  fs.rmSync(ana.stateDirectory, { recursive: true });
  const [{ log: next } = { log: '' }] = await ana.post('garden', 'two');
  expect(next).not.toBe(old);
  await writeSecrets(ana.directory, backup, undefined);
  const [{ log: last } = { log: '' }] = await ana.post('garden', 'three');
  expect([old, next]).not.toContain(last);
});
