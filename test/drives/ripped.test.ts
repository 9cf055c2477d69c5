// Real sticks that are pulled out in the middle of a visit, or lose power: the repository stays whole, the drive readable,
// and the next visits complete the job (spec/drive.md, "Writing").
import { describe, expect, it } from 'vitest';
import { MOUNT_KINDS, mountsAreRequired, whyNoMount } from '../testkit/mounts.js';
import { Ripping } from '../testkit/ripping.js';
import { memoryDirectory } from '../testkit/scratch.js';

const TRIALS = 6;
const LIMIT_MS = 240_000;

describe.each(MOUNT_KINDS)('a %s stick', { timeout: LIMIT_MS }, (kind) => {
  const reason = whyNoMount(kind);
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount ${kind}: ${reason}`, () => {});
    return;
  }

  it('that is pulled out at any moment', async () => {
    expect(reason).toBeUndefined();
    const ripping = await Ripping.create(kind, memoryDirectory(), 1);
    for (let i = 0; i < TRIALS; i++) await ripping.rip();
    expect(ripping.hits).toBeGreaterThan(0);
  });

  it('of which a copy is taken at any moment, which another person visits', async () => {
    expect(reason).toBeUndefined();
    const ripping = await Ripping.create(kind, memoryDirectory(), 2);
    for (let i = 0; i < TRIALS / 2; i++) await ripping.cut();
    expect(ripping.hits).toBeGreaterThan(0);
  });
});
