// Sticks that are pulled out or lose power, hundreds of times: SOAK_TRIALS (100) for each kind and fate, from SOAK_FROM (1).
import { describe, it } from 'vitest';
import { MOUNT_KINDS } from '../testkit/mounts.js';
import { Ripping } from '../testkit/ripping.js';
import { memoryDirectory } from '../testkit/scratch.js';

const TRIALS = Number(process.env['SOAK_TRIALS'] ?? 100);
const FROM = Number(process.env['SOAK_FROM'] ?? 1);

describe.each(MOUNT_KINDS)('a %s stick', (kind) => {
  it.each(['rip', 'cut'] as const)('%s', async (fate) => {
    const ripping = await Ripping.create(kind, memoryDirectory(), FROM);
    for (let i = 0; i < TRIALS; i++) await ripping[fate]();
    process.stdout.write(`${kind} ${fate}: ${ripping.hits} of ${TRIALS} hit, ${ripping.torn} torn files seen\n`);
  });
});
