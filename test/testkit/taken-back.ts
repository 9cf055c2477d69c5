// A person that takes itself back with its recovery words, as "recovery use" does it.
import path from 'node:path';
import type { Card } from '../../src/identity/card.js';
import { storedCard } from '../../src/identity/devices.js';
import { readSecrets } from '../../src/identity/keys.js';
import { backupRecipient } from '../../src/identity/recovery.js';
import { readSelf } from '../../src/identity/self.js';
import { becomeAuthority, goneBy, takeAuthority } from '../../src/identity/take-back.js';
import { createKeys } from '../../src/identity/waiting.js';
import { createRepository, sealRepository } from '../../src/repository/create.js';
import { Replica } from './replica.js';
import { sha256 } from './wire.js';

/** A card of somebody, and what its recovery words were made of. */
export interface Paper {
  readonly card: Card;
  readonly seed: Buffer;
}

/** What somebody wrote down while its first device was there. */
export async function paperOf({ directory }: Replica): Promise<Paper> {
  const { recovery: seed } = await readSecrets(directory, undefined);
  if (!seed) throw new Error('without words nobody comes back');
  return { card: storedCard(readSelf(directory).card), seed };
}

/** The words are used on a device of the person; only `kept` stay. */
export async function useWordsOn(device: Replica, paper: Paper, kept: readonly Replica[] = []): Promise<void> {
  const { directory, now, repository } = device;
  const { self, secrets } = await device.author();
  const taking = { ...paper, kept: keysOf(kept), label: device.name, now, random: chanceOf(device.name) };
  await repository.lockedAsync(() =>
    takeAuthority(directory, { self, secrets }, { ...taking, commit: repository.lastArrival }),
  );
}

/** The words are used on a computer that has nothing else. */
export async function useWordsOnNew(name: string, parent: string, paper: Paper, now: number): Promise<Replica> {
  const directory = path.join(parent, name);
  const random = chanceOf(name);
  const layout = createRepository(directory);
  const backup = await backupRecipient(paper.seed);
  const removed = goneBy(directory, { ...paper, kept: [] });
  const secrets = await createKeys(directory, { now, random, backup, removed });
  await becomeAuthority(directory, secrets, { ...paper, kept: [], label: name, now, random });
  sealRepository(layout);
  return Replica.at(name, directory, now);
}

function keysOf(replicas: readonly Replica[]) {
  return replicas.map(({ session }) => session.self.device);
}

function chanceOf(name: string): (size: number) => Buffer {
  let drawn = 0;
  return (size) => {
    drawn += 1;
    const parts = Array.from({ length: Math.ceil(size / 32) }, (_, i) => sha256(`${name} words ${drawn} ${i}`));
    return Buffer.concat(parts).subarray(0, size);
  };
}
