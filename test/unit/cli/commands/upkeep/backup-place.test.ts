// Where a backup may go (spec/cli.md, "Upkeep"): over nothing but what has the form of one.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { assertReplaceable, backupPlace } from '../../../../../src/cli/commands/upkeep/backup-place.js';
import {
  createAgeIdentity,
  createHeader,
  createPassphraseHeader,
  recipientOf,
} from '../../../../../src/identity/age.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

let directory: string;
const at = (...names: string[]): string => path.join(directory, ...names);
const place = (output: string | undefined): string => backupPlace(output, 'ana-backup', at('.satchel'));

beforeEach(() => {
  directory = scratchDirectory();
  fs.mkdirSync(at('.satchel', 'refs'), { recursive: true });
  fs.mkdirSync(at('disk'));
});

async function sealedTo(count: number): Promise<Buffer> {
  const identities = await Promise.all(Array.from({ length: count }, () => createAgeIdentity(randomBytes)));
  const { bytes } = await createHeader(await Promise.all(identities.map(recipientOf)), randomBytes);
  return Buffer.concat([bytes, randomBytes(100)]);
}

describe('a backup', () => {
  it('gets a free name in a directory, and the name that was given', () => {
    expect(place(at('disk'))).toBe(at('disk', 'ana-backup.age'));
    fs.writeFileSync(at('disk', 'ana-backup.age'), '');
    expect(place(at('disk'))).toBe(at('disk', 'ana-backup-2.age'));
    expect(place(at('disk', 'mine'))).toBe(at('disk', 'mine'));
  });

  it('replaces an older one, of either kind', async () => {
    const { bytes } = await createPassphraseHeader('secret', { workFactor: 1 });
    for (const older of [await sealedTo(1), Buffer.concat([bytes, randomBytes(100)])]) {
      fs.writeFileSync(at('mine'), older);
      expect(place(at('mine'))).toBe(at('mine'));
      expect(() => assertReplaceable(at('mine'))).not.toThrow();
    }
  });

  it('replaces nothing else', async () => {
    const others = [
      '',
      'precious',
      'age-encryption.org/v1',
      'age-encryption.org/v1\n-> scrypt',
      'age-encryption.org/v2\n',
    ];
    for (const other of [
      ...others.map((text) => Buffer.from(text)),
      await sealedTo(2),
      (await sealedTo(1)).subarray(0, 90),
    ]) {
      fs.writeFileSync(at('plan.pdf'), other);
      expect(() => place(at('plan.pdf'))).toThrow(expect.objectContaining({ code: 'usage' }));
      expect(() => assertReplaceable(at('plan.pdf'))).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  it('goes over no link, no device and no directory that came since, and into no directory that is not there', async () => {
    fs.writeFileSync(at('mine'), await sealedTo(1));
    fs.symlinkSync(at('mine'), at('link'));
    fs.symlinkSync(at('nowhere'), at('dangling'));
    for (const one of [at('link'), at('dangling'), '/dev/null'])
      expect(() => place(one)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => assertReplaceable(at('disk'))).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => place(at('none', 'mine'))).toThrow(expect.objectContaining({ code: 'io' }));
  });

  it('does not lie in the repository, by whatever way', () => {
    fs.symlinkSync(at('.satchel', 'refs'), at('way'));
    for (const inside of [at('.satchel'), at('.satchel', 'x'), at('.satchel', 'refs', 'x'), at('way'), at('way', 'x')])
      expect(() => place(inside)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(place(at('.satchel-backup'))).toBe(at('.satchel-backup'));
  });
});
