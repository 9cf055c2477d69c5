// Every secret key against its public half, with and without a passphrase (spec/repository.md, "Check").
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import { epochOf } from '../../../src/format/private/epoch.js';
import { Keyring } from '../../../src/identity/keyring.js';
import { readSecrets, writeSecrets } from '../../../src/identity/keys.js';
import type { Secrets } from '../../../src/identity/secrets.js';
import { keepTopicKeys } from '../../../src/identity/topic-keys.js';
import { topicKeysDirectory } from '../../../src/identity/topic-keys-there.js';
import { checkKeys } from '../../../src/sync/check-keys.js';
import { writeTo } from '../../testkit/private-member.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const CHEAP = { workFactor: 2 };
const typed = (passphrase: string) => (): Promise<string> => Promise.resolve(passphrase);

function turned(seed: Buffer): Buffer {
  const other = Buffer.from(seed);
  other[5] = (other[5] ?? 0) ^ 0x10;
  return other;
}

/** A wrong digit in each of the keys in turn. */
function wrongOnes(secrets: Secrets, other: Secrets): readonly (readonly [string, Secrets])[] {
  const [[log, seed] = ['' as LogId, Buffer.alloc(32)]] = secrets.logs;
  return [
    ['device', { ...secrets, device: turned(secrets.device) }],
    ['age', { ...secrets, recipients: other.recipients }],
    ['log', { ...secrets, logs: new Map([...secrets.logs, [log, turned(seed)]]) }],
  ];
}

describe.each([undefined, 'pass'])('under the passphrase %s', (passphrase) => {
  it('finds each key that is not the other half of what is known', async () => {
    const parent = scratchDirectory();
    const [ana, ben] = await Promise.all([Replica.create('ana', parent), Replica.create('ben', parent)]);
    ana.join('t');
    await ana.post('t', 'one');
    const [secrets, other] = await Promise.all([ana, ben].map(({ directory }) => readSecrets(directory, undefined)));
    const source = passphrase === undefined ? undefined : typed(passphrase);
    await writeSecrets(ana.directory, secrets as Secrets, passphrase, CHEAP);
    expect(await checkKeys(ana.directory, source)).toEqual({ findings: [], areCompared: true });
    for (const [what, wrong] of wrongOnes(secrets as Secrets, other as Secrets)) {
      await writeSecrets(ana.directory, wrong, passphrase, CHEAP);
      const { findings, areCompared } = await checkKeys(ana.directory, source);
      expect(areCompared).toBe(true);
      expect(findings).toMatchObject([{ severity: 'error', code: 'secrets' }]);
      expect(findings[0]?.message).toContain(what);
    }
    for (const one of [ana, ben]) one.repository.close();
  });
});

it('says so where nobody gave the passphrase, or another one', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  await writeSecrets(ana.directory, await readSecrets(ana.directory, undefined), 'pass', CHEAP);
  expect(await checkKeys(ana.directory, undefined)).toEqual({ findings: [], areCompared: false });
  const { findings, areCompared } = await checkKeys(ana.directory, typed('other'));
  expect(findings).toMatchObject([{ severity: 'hint', code: 'secrets' }]);
  expect(areCompared).toBe(false);
  ana.repository.close();
});

it('finds joined private topics of which there are no keys any more', async () => {
  const [ana, ben] = await Promise.all(['ana', 'ben'].map((name) => Replica.create(name, scratchDirectory())));
  if (!ana || !ben) throw new Error('nobody');
  await writeTo(ana.meet(ben), [ben], 'one');
  expect(await checkKeys(ana.directory, undefined)).toEqual({ findings: [], areCompared: true });
  fs.rmSync(topicKeysDirectory(ana.directory), { recursive: true });
  const { findings } = await checkKeys(ana.directory, undefined);
  expect(findings).toMatchObject([{ severity: 'error', message: expect.stringContaining('private topic "ben"') }]);
  for (const one of [ana, ben]) one.repository.close();
});

it('finds files with keys of private topics that do not open', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const keyring = new Keyring(ana.directory, undefined);
  const random = (size: number) => Buffer.alloc(size, 9);
  const epochs = [epochOf(random(32), random(32))];
  await keepTopicKeys(keyring, [{ statement: Buffer.from('statement'), epochs }], { random });
  expect(await checkKeys(ana.directory, undefined)).toEqual({ findings: [], areCompared: true });
  const file = path.join(topicKeysDirectory(ana.directory), '000001.age');
  fs.writeFileSync(file, turned(fs.readFileSync(file)));
  const { findings } = await checkKeys(ana.directory, undefined);
  expect(findings).toMatchObject([{ severity: 'error', message: expect.stringContaining('topics/000001.age') }]);
  ana.repository.close();
});
