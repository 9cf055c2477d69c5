import fs from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import type * as signature from '../../../../src/format/signature/signature.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { crowdBundle } from '../../../testkit/crowd.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

// hoisted, like the mock that uses it, above the imports
const counter = vi.hoisted(() => ({ verified: 0 }));

vi.mock('../../../../src/format/signature/signature.js', async (original) => {
  const real = await original<typeof signature>();
  const verifySignature: typeof real.verifySignature = (...args) => {
    counter.verified++;
    return real.verifySignature(...args);
  };
  return { ...real, verifySignature };
});

// that of the introduction, and the head of each of two segments; cards were remembered when they were made here
it('verifies each signature of a stranger once', async () => {
  const directory = scratchDirectory();
  const reader = (await Replica.create('reader', directory)).join('market');
  const few = await verifiedFor(reader, directory, 0, 3);
  const many = await verifiedFor(reader, directory, 3, 13);
  expect(many - few).toBe(7 * 3);
});

async function verifiedFor(reader: Replica, directory: string, from: number, end: number): Promise<number> {
  const speakers = Array.from({ length: end - from }, (_, i) => ({
    name: `p${from + i}`,
    topic: rendezvousTopic('market'),
    label: 'market',
    messages: [{ time: 1_000 * (from + i), text: 'apples' }],
  }));
  const file = path.join(directory, `${from}.satchel`);
  fs.writeFileSync(file, await crowdBundle(speakers));
  counter.verified = 0;
  expect(reader.import(file)).toMatchObject({ fresh: 2 * speakers.length, refused: [] });
  return counter.verified;
}
