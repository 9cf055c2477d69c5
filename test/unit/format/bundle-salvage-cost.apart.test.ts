import type * as crypto from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { salvageBundle } from '../../../src/format/bundle/salvage.js';
import type * as limits from '../../../src/format/limits.js';
import { sourceOf } from '../../../src/format/source.js';
import { makeLog, makeSegments } from '../../testkit/make.js';
import { outcomeOf } from '../../testkit/outcome.js';

// hoisted, like the mocks that use it, above the imports
const counter = vi.hoisted(() => ({ hashed: 0 }));

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  const hash = (algorithm: string, data: Buffer, form: 'hex') => {
    counter.hashed += data.length;
    return real.hash(algorithm, data, form);
  };
  return { ...real, hash };
});

vi.mock('../../../src/format/limits.js', async (original) => ({
  ...(await original<typeof limits>()),
  BUNDLE_RAW_MAX: 200,
}));

test('no more is salvaged than a bundle may decompress to', () => {
  const segments = makeSegments(makeLog('long', ['a'.repeat(90), 'b'.repeat(90), 'c'.repeat(90)]), 1);
  const found: number[] = [];
  const all = () => {
    for (const { offset } of salvageBundle(sourceOf(Buffer.concat(segments.map(({ bytes }) => bytes)))).segments()) {
      found.push(offset);
    }
  };
  expect(outcomeOf(all)).toBe('over-limit');
  expect(found).toHaveLength(2);
});

test('a file full of false starts costs no more than a few times its size', () => {
  for (const copies of [500, 5_000, 50_000]) {
    const file = falseStarts(copies);
    counter.hashed = 0;
    expect([...salvageBundle(sourceOf(file)).segments()]).toEqual([]);
    expect(counter.hashed).toBeGreaterThan(SEGMENT_LENGTH);
    expect(counter.hashed).toBeLessThan(2 * file.length + SEGMENT_LENGTH);
  }
});

const SEGMENT_LENGTH = 104 + 600_000 + 72 + 16;

/** Headers back to back; each claims that a long segment begins there, so that checking all of them is quadratic. */
function falseStarts(copies: number): Buffer {
  const header = Buffer.alloc(104);
  header.write('satchseg', 'latin1');
  header.writeUInt32BE(1, 8);
  header.writeUInt32BE(SEGMENT_LENGTH, 12);
  header.writeUInt32BE(1, 56);
  header.writeUInt8(1, 92);
  header.writeUIntBE(1, 93, 3);
  header.writeUInt32BE(600_000, 96);
  header.writeUInt32BE(600_000, 100);
  return Buffer.concat([...Array<Buffer>(copies).fill(header), Buffer.alloc(SEGMENT_LENGTH)]);
}
