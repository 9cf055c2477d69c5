// What stands before the record of a run is read as it was written (spec/repository.md, "Index").
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogId } from '../../../../src/format/ids.js';
import { unionRanges } from '../../../../src/repository/index/held.js';
import { encodeDetails, housekeepingIn, waitingIn } from '../../../../src/repository/index/run-details.js';

const LOG = 'a'.repeat(64) as LogId;

it('tells which entries wait for a key, and which are housekeeping, however they alternate', () => {
  // more than find room in one record
  const seqs = fc.array(fc.nat(299), { maxLength: 300, size: 'max' });
  fc.assert(
    fc.property(fc.nat(2 ** 40), seqs, fc.boolean(), seqs, (first, some, isAll, others) => {
      const end = first + 300;
      const all = [{ from: Math.max(first, 1), end }];
      const single = some.filter((i) => first + i > 0).map((i) => ({ from: first + i, end: first + i + 1 }));
      const waiting = isAll || single.length === 0 ? all : unionRanges(single);
      const housekeeping = { seqs: [...new Set(others)].sort((a, b) => a - b).map((i) => first + i), clock: 7 };
      const details = Buffer.concat(encodeDetails({ log: LOG, first, end, messages: 1, waiting, housekeeping }));
      expect(waitingIn(details, { first, end })).toEqual(waiting);
      expect(housekeepingIn(details, first).seqs).toEqual(housekeeping.seqs);
    }),
  );
});
