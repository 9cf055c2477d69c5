import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFrontier,
  encodeFrontier,
  type FrontierRange,
  frontierLogSize,
} from '../../../../src/format/bundle/frontier.js';
import { type EntryId, type LogId, NO_ENTRY } from '../../../../src/format/ids.js';
import { LENGTH_LIMIT } from '../../../../src/format/limits.js';
import { outcomeOf } from '../../../testkit/outcome.js';

const LOG = '12'.repeat(32) as LogId;
const ID = '34'.repeat(32) as EntryId;
const INFINITY = Number.POSITIVE_INFINITY;

const ids = fc.stringMatching(/^[0-9a-f]{64}$/);
const rangeLists = fc
  .record({ cuts: fc.uniqueArray(fc.nat(LENGTH_LIMIT - 1), { maxLength: 9 }), id: ids })
  .map(({ cuts, id }) =>
    rangesAt(
      cuts.toSorted((a, b) => a - b),
      id as EntryId,
    ),
  );
const frontiers = fc
  .uniqueArray(fc.tuple(ids, rangeLists), { selector: ([log]) => log, maxLength: 20 })
  .map((logs) => new Map(logs.map(([log, ranges]) => [log as LogId, ranges])));

describe('a frontier', () => {
  test('comes back as it was written, its logs in the same order', () => {
    fc.assert(
      fc.property(frontiers, (frontier) => {
        const read = decodeFrontier(encodeFrontier(frontier));
        expect([...read]).toEqual([...frontier]);
      }),
    );
  });

  test('has the size that a writer can plan with', () => {
    fc.assert(
      fc.property(rangeLists, (ranges) => {
        expect(encodeFrontier(new Map([[LOG, ranges]])).length).toBe(frontierLogSize(ranges.length));
      }),
    );
  });

  test('cut off anywhere is refused, unless behind a log', () => {
    const bytes = encodeFrontier(new Map([[LOG, [{ from: 0, end: 5, id: ID }]]]));
    for (let end = 1; end < bytes.length; end++) {
      expect(outcomeOf(() => decodeFrontier(bytes.subarray(0, end)))).toBe('bad-member');
    }
  });

  test('of more than 64 KiB is neither written nor read', () => {
    const many = new Map(
      Array.from({ length: 1821 }, (_, i) => [i.toString(16).padStart(64, '0') as LogId, []] as const),
    );
    expect(outcomeOf(() => encodeFrontier(many))).toBe('over-limit');
    expect(outcomeOf(() => decodeFrontier(Buffer.alloc(65_537)))).toBe('over-limit');
  });

  test('that says a log twice is refused', () => {
    const once = encodeFrontier(new Map([[LOG, []]]));
    expect(outcomeOf(() => decodeFrontier(Buffer.concat([once, once])))).toBe('bad-member');
  });
});

test.each<[string, FrontierRange[]]>([
  ['that is empty', [{ from: 3, end: 3, id: ID }]],
  ['backwards', [{ from: 4, end: 3, id: ID }]],
  ['beyond 2^48', [{ from: 0, end: LENGTH_LIMIT, id: ID }]],
  ['from beyond 2^48', [{ from: LENGTH_LIMIT, end: INFINITY, id: NO_ENTRY }]],
  [
    'that overlaps another',
    [
      { from: 0, end: 3, id: ID },
      { from: 2, end: 5, id: ID },
    ],
  ],
  [
    'out of order',
    [
      { from: 4, end: 5, id: ID },
      { from: 0, end: 3, id: ID },
    ],
  ],
  [
    'behind an open-ended one',
    [
      { from: 0, end: INFINITY, id: NO_ENTRY },
      { from: 9, end: 10, id: ID },
    ],
  ],
  [
    'two open-ended ones',
    [
      { from: 0, end: INFINITY, id: NO_ENTRY },
      { from: 5, end: INFINITY, id: NO_ENTRY },
    ],
  ],
  ['that is open-ended with an id', [{ from: 0, end: INFINITY, id: ID }]],
])('a range %s is refused', (_, ranges) => {
  expect(outcomeOf(() => decodeFrontier(encodeFrontier(new Map([[LOG, ranges]]))))).toBe('bad-member');
});

test('a count that no file can hold is refused at once', () => {
  const bytes = encodeFrontier(new Map([[LOG, []]]));
  bytes.writeUInt32BE(0xffff_ffff, 32);
  expect(outcomeOf(() => decodeFrontier(bytes))).toBe('bad-member');
});

/** Ranges between ascending cuts; an odd one at the end opens the last range. */
function rangesAt(cuts: readonly number[], id: EntryId): FrontierRange[] {
  const ranges: FrontierRange[] = [];
  for (let i = 0; i < cuts.length; i += 2) {
    const [from = 0, end = INFINITY] = cuts.slice(i, i + 2);
    ranges.push({ from, end, id: end === INFINITY ? NO_ENTRY : id });
  }
  return ranges;
}
