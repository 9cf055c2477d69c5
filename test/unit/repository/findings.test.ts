import { expect, it } from 'vitest';
import { findingsOf } from '../../../src/repository/findings.js';
import { NOTHING } from '../../testkit/bare-repository.js';
import { wireKey } from '../../testkit/wire.js';
import { cborInt, cborList, cborMap } from '../../testkit/wire-cbor.js';
import { runOf, segment, type WireEntry, wireLog } from '../../testkit/wire-segment.js';

const EXPIRES = cborMap([[1, cborInt(20_000)]]);

it('are the run of a segment that lacks nothing', () => {
  expect(runsOf([said(), said(), said()])).toMatchObject([{ first: 1, end: 4, messages: 3, unheld: false }]);
});

it('take for held what the segment itself retracts, and for unheld what it does not explain', () => {
  const back = { ...said(), meta: cborMap([[3, cborList([cborList([cborInt(2), cborInt(3)])])]]) };
  expect(runsOf([said(), dropped(), said(), dropped(), back])).toMatchObject([
    { first: 1, end: 4, unheld: false, dropped: true },
    { first: 4, end: 5, unheld: true },
    { first: 5, end: 6, unheld: false, retracts: true },
  ]);
});

it('leave it to who knows the date when what is missing may have expired', () => {
  expect(runsOf([said(), { ...dropped(), meta: EXPIRES }])).toBeUndefined();
  expect(runsOf([said(), { ...said(), meta: EXPIRES }])).toMatchObject([{ first: 1, end: 3, expires: true }]);
});

/** The runs found in a segment with these entries, which begin with entry 1. */
function runsOf(entries: readonly WireEntry[]) {
  const log = wireLog(wireKey('found'), [said(), ...entries]);
  const findings = findingsOf(segment(runOf(log, 1, log.entries.length)), NOTHING);
  expect(findings?.id).toBe(log.ids.at(-1)?.toString('hex'));
  return findings?.runs?.runs;
}

function said(): WireEntry {
  return { payload: Buffer.from('something') };
}

function dropped(): WireEntry {
  return { ...said(), dropped: true };
}
