// A device that was lost, and what its user makes of a backup on another computer with the recovery words, as the commands do it.
import fs from 'node:fs';
import path from 'node:path';
import { createHeader } from '../../src/identity/age.js';
import { storedCard } from '../../src/identity/devices.js';
import { forgetFormer } from '../../src/identity/former.js';
import { readSecrets } from '../../src/identity/keys.js';
import { knowingRemoved } from '../../src/identity/rotation.js';
import { becomeAuthority, goneBy } from '../../src/identity/take-back.js';
import { sealedBackup, snapshotOf } from '../../src/sync/backup/backup.js';
import { restoreBackup } from '../../src/sync/backup/restore.js';
import { openFile } from '../../src/sync/import/source.js';
import { Replica } from './replica.js';
import { sha256 } from './wire.js';

/** A repository at one moment, and what its words were made of. */
export interface Kept {
  /** Another device of the person, which has what was held then, and is the only one: the others are said to be gone. */
  restore(name: string, parent: string, now: number): Promise<Replica>;
}

/** Keeps what a device holds now. */
export async function backUp({ directory, repository }: Replica): Promise<Kept> {
  const secrets = await readSecrets(directory, undefined);
  const { recovery: seed } = secrets;
  if (!seed) throw new Error('without words nothing comes back');
  const header = await createHeader([Buffer.alloc(32, 9)], (size) => Buffer.alloc(size, 3));
  const pieces: Buffer[] = [];
  const snapshot = snapshotOf(repository, secrets);
  for await (const piece of sealedBackup(snapshot, header, Buffer.alloc(16, 5))) pieces.push(Buffer.from(piece));
  snapshot.close();
  const place = { headerEnd: header.bytes.length, fileKey: header.fileKey };
  return {
    async restore(name, parent, now) {
      const to = path.join(parent, name);
      fs.mkdirSync(to, { recursive: true });
      const file = path.join(parent, `${name}.backup`);
      fs.writeFileSync(file, Buffer.concat(pieces));
      const random = chanceOf(name);
      const source = openFile(file);
      try {
        await restoreBackup(source, place, {
          directory: to,
          world: { now: () => now, random },
          lockTimeoutMs: 1_000,
          become: async (beside, fresh, about) => {
            const card = storedCard(about.card);
            const secrets = knowingRemoved(fresh, goneBy(beside, { card, kept: [] }));
            await becomeAuthority(beside, secrets, { card, seed, kept: [], label: name, now, random });
            forgetFormer(beside);
            return secrets;
          },
        });
      } finally {
        source.close();
      }
      return Replica.at(name, to, now);
    },
  };
}

function chanceOf(name: string): (size: number) => Buffer {
  let drawn = 0;
  return (size) => {
    drawn += 1;
    return Buffer.concat(
      Array.from({ length: Math.ceil(size / 32) }, (_, i) => sha256(`${name} ${drawn} ${i}`)),
    ).subarray(0, size);
  };
}
