// What happens to files on bad sticks. Each way changes the file, so that a bundle it was done to must be refused.
import fs from 'node:fs';
import type { Chance } from './seeded.js';

const SECTOR = 512;

/** One way to damage a file. */
export type Damage = keyof typeof WAYS;

const WAYS = {
  'a bit flipped': (bytes: Buffer, chance: Chance): Buffer => {
    const at = chance.below(bytes.length);
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ (1 << chance.below(8));
    return copy;
  },
  'the end cut off': (bytes: Buffer, chance: Chance): Buffer => bytes.subarray(0, chance.below(bytes.length)),
  'a sector lost': (bytes: Buffer, chance: Chance): Buffer => {
    const sector = chance.below(bytes.length / SECTOR) * SECTOR;
    return Buffer.concat([bytes.subarray(0, sector), bytes.subarray(sector + SECTOR)]);
  },
  'a sector overwritten': (bytes: Buffer, chance: Chance): Buffer => {
    const copy = Buffer.from(bytes);
    chance.bytes(SECTOR).copy(copy, chance.below(bytes.length / SECTOR) * SECTOR);
    return copy;
  },
  'two halves swapped': (bytes: Buffer): Buffer => {
    const middle = Math.ceil(bytes.length / SECTOR / 2) * SECTOR;
    return Buffer.concat([bytes.subarray(middle), bytes.subarray(0, middle)]);
  },
  'something appended': (bytes: Buffer, chance: Chance): Buffer =>
    Buffer.concat([bytes, chance.bytes(1 + chance.below(SECTOR))]),
} as const;

/** Damages the file in one of the ways; returns which. */
export function damageFile(file: string, chance: Chance): Damage {
  const way = chance.pick(Object.keys(WAYS) as Damage[]);
  fs.writeFileSync(file, WAYS[way](fs.readFileSync(file), chance));
  return way;
}
