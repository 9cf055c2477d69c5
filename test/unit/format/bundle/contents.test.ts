import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTENTS_RECORD_SIZE, decodeContentsRecord, encodeContents } from '../../../../src/format/bundle/contents.js';
import type { EntryId, LogId } from '../../../../src/format/ids.js';
import { LENGTH_LIMIT } from '../../../../src/format/limits.js';
import { outcomeOf } from '../../../testkit/outcome.js';

const ids = fc.stringMatching(/^[0-9a-f]{64}$/);
const ranges = fc
  .uniqueArray(fc.nat(LENGTH_LIMIT - 1), { minLength: 2, maxLength: 2 })
  .map(([a = 0, b = 1]) => ({ first: Math.min(a, b), end: Math.max(a, b) }));
const records = fc
  .record({ log: ids, id: ids, range: ranges, offset: fc.nat(2 ** 32), length: fc.integer({ min: 16, max: 2 ** 32 }) })
  .map(({ log, id, range, offset, length }) => ({ log: log as LogId, id: id as EntryId, ...range, offset, length }));

test('records come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(records), (list) => {
      const bytes = encodeContents(list);
      expect(list.map((_, index) => decodeContentsRecord(bytes, index * CONTENTS_RECORD_SIZE))).toEqual(list);
    }),
  );
});

test.each([
  ['an empty range', { first: 5, end: 5 }],
  ['a range backwards', { first: 6, end: 5 }],
  ['a seq of 2^48', { end: LENGTH_LIMIT }],
  ['a length of zero', { length: 0 }],
])('a record with %s is refused', (_, change) => {
  const good = {
    log: '0'.repeat(64) as LogId,
    id: '1'.repeat(64) as EntryId,
    first: 0,
    end: 9,
    offset: 0,
    length: 200,
  };
  expect(outcomeOf(() => decodeContentsRecord(encodeContents([good])))).toBe('ok');
  expect(outcomeOf(() => decodeContentsRecord(encodeContents([{ ...good, ...change }])))).toBe('bad-member');
});
