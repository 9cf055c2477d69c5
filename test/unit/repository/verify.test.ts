import { expect, it } from 'vitest';
import type { DeviceKey, PersonId, TopicId } from '../../../src/format/ids.js';
import type { Introduced } from '../../../src/repository/index/introduction-record.js';
import { verify } from '../../../src/repository/verify.js';
import { NOTHING } from '../../testkit/bare-repository.js';
import { outcomeOf } from '../../testkit/outcome.js';
import { wireKey } from '../../testkit/wire.js';
import { cborInt, cborList, cborMap } from '../../testkit/wire-cbor.js';
import { headsOf, runOf, segment, type WireEntry, type WireLog, wireLog } from '../../testkit/wire-segment.js';

const EXPIRES = cborMap([[1, cborInt(20_000)]]);
const LOG = wireLog(wireKey('found'), [said(), said(), said(), said()]);

it('finds the id at the end, and one run of what lacks nothing', () => {
  expect(verify(segment(runOf(LOG, 1)), NOTHING)).toMatchObject({
    header: { log: LOG.key.id.toString('hex'), first: 1, count: 3 },
    id: idAt(LOG, 4),
    runs: [{ first: 1, end: 4, previous: idAt(LOG, 1), id: idAt(LOG, 4), messages: 3, unheld: false }],
    introduction: undefined,
  });
});

it('finds what an entry 0 introduces', () => {
  const introduced: Introduced = { topic: '1' as TopicId, person: '2' as PersonId, device: '3' as DeviceKey };
  const interpreter = { ...NOTHING, introduction: () => introduced };
  const log = LOG.key.id.toString('hex');
  expect(verify(segment(runOf(LOG, 0, 1)), interpreter)).toMatchObject({ introduction: { log, ...introduced } });
  expect(verify(segment(runOf(LOG, 1, 2)), interpreter)).toMatchObject({ introduction: undefined });
});

it('takes for held what the segment itself retracts, and for unheld what it does not explain', () => {
  const back = { ...said(), meta: cborMap([[3, cborList([cborList([cborInt(2), cborInt(3)])])]]) };
  const found = verify(segment(behindIntroduction([said(), dropped(), said(), dropped(), back])), NOTHING);
  expect(found).toMatchObject({
    runs: [
      { first: 1, end: 4, unheld: false, dropped: true },
      { first: 4, end: 5, unheld: true },
      { first: 5, end: 6, unheld: false, retracts: true, takesBack: [{ from: 2, end: 3 }] },
    ],
    retracts: [{ from: 2, end: 3 }],
  });
});

it('leaves it open whether what is missing has expired: it knows no date', () => {
  expect(verify(segment(behindIntroduction([said(), { ...dropped(), meta: EXPIRES }])), NOTHING)).toMatchObject({
    runs: [
      { end: 2, unheld: false },
      { first: 2, unheld: true, expires: true },
    ],
  });
});

it('says why what is whole is not valid, and refuses at once what is not', () => {
  const run = runOf(LOG, 1);
  const forged = segment(run, { heads: headsOf({ ...run, key: wireKey('another') }, [4]) });
  expect(verify(forged, NOTHING)).toMatchObject({ header: { first: 1, count: 3 }, refusal: { code: 'bad-chain' } });
  expect(verify(segment(run, { count: 2, heads: headsOf(run, [3]) }), NOTHING)).toMatchObject({
    refusal: { code: 'bad-segment' },
  });
  expect(outcomeOf(() => verify(segment(run, { checksum: Buffer.alloc(16) }), NOTHING))).toBe('bad-checksum');
});

function behindIntroduction(entries: readonly WireEntry[]) {
  return runOf(wireLog(wireKey('found'), [said(), ...entries]), 1);
}

function idAt({ ids }: WireLog, length: number): string | undefined {
  return ids[length - 1]?.toString('hex');
}

function said(): WireEntry {
  return { payload: Buffer.from('something') };
}

function dropped(): WireEntry {
  return { ...said(), dropped: true };
}
