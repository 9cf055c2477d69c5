import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonExcess } from '../../../src/format/json-bounds.js';

const excessOf = (text: string): string | undefined => jsonExcess(Buffer.from(text));
const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth);

it('lets lists and objects be 16 deep', () => {
  expect(excessOf(nested(16))).toBeUndefined();
  expect(excessOf(nested(17))).toContain('16 deep');
  expect(excessOf('{"a":'.repeat(17))).toContain('16 deep');
  expect(excessOf(`[${`${nested(15)},`.repeat(40)}0]`)).toBeUndefined();
});

it('counts no brackets and commas in texts, whatever is escaped there', () => {
  expect(excessOf(`"${'[{,'.repeat(600_000)}"`)).toBeUndefined();
  expect(excessOf(`["\\"${'['.repeat(40)}"]`)).toBeUndefined();
  expect(excessOf(`["\\\\"${',['.repeat(40)}`)).toContain('16 deep');
});

it('counts the keys of each object for itself', () => {
  const object = (keys: number): string => `{${Array.from({ length: keys }, (_, i) => `"${i}":[0,1]`).join(',')}}`;
  expect(excessOf(`[${object(256)},${object(256)}]`)).toBeUndefined();
  expect(excessOf(object(257))).toContain('256 keys');
});

it('counts all commas', () => {
  expect(excessOf(`[${'0,'.repeat(524_288)}0]`)).toBeUndefined();
  expect(excessOf(`[${'0,'.repeat(524_289)}0]`)).toContain('524288 commas');
});

it('answers as what is parsed does', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  fc.assert(
    fc.property(fc.json({ maxDepth: 20, depthSize: 'max' }), (text) => {
      expect(excessOf(text)?.includes('deep') ?? false).toBe(depthOf(JSON.parse(text)) > 16);
    }),
  );
});
