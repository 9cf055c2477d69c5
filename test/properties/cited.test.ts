// Whatever anybody wrote and whatever is held of it: an entry is named as the answered one only if the answer's author
// had seen exactly that one, and it is named whenever all of it is held.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogId } from '../../src/format/ids.js';
import { decodeMessage } from '../../src/topic/message/message.js';
import { openCited } from '../../src/topic/order/cited.js';
import { forkedLogs } from '../testkit/cast.js';
import { citedSource } from '../testkit/cited-source.js';
import { type CitedLog, heldLog } from '../testkit/vectors-cited.js';
import { wireKey } from '../testkit/wire.js';
import { message, type WireDep } from '../testkit/wire-message.js';
import { type WireLog, wireLog } from '../testkit/wire-segment.js';

const LENGTH = 8;
const FORKS_AT = 2;
const OWN_LENGTH = 6;
const OWN = wireKey('who answers');
const VERSIONS = forkedLogs(wireKey('who is answered'), FORKS_AT, {
  left: LENGTH - FORKS_AT,
  right: LENGTH - FORKS_AT,
});
const CITED = VERSIONS[0].key.id;

/** What an entry of the own log says: it cites an entry of a version by id, or one by way of another entry. */
const whole = fc.record({ version: fc.nat(1), seq: fc.nat(LENGTH - 1) });
const covered = fc.record({ seq: fc.nat(LENGTH - 1), by: fc.nat(OWN_LENGTH) });
const entriesOf = (deps: fc.Arbitrary<Entries[number][number]>, count: number) =>
  fc.array(fc.array(deps, { maxLength: 3 }), { minLength: count, maxLength: count });
const ownEntries = fc
  .tuple(entriesOf(whole, 3), entriesOf(fc.oneof(whole, covered), OWN_LENGTH - 3))
  .map((halves): Entries => halves.flat());
/** Of which version each run is held: what lies behind a gap can be of another. */
const versions = fc.array(fc.nat(1), { minLength: 3, maxLength: 3 });
/** Runs by where they begin and end; whole logs often. */
const runs = (length: number) =>
  fc.oneof(
    fc.constant([[0, length]] as CitedLog['runs']),
    fc.uniqueArray(fc.nat(length), { minLength: 4, maxLength: 6 }).map((ends) => {
      const sorted = [...ends].sort((a, b) => a - b);
      return sorted.slice(1).flatMap((end, i) => (i % 2 === 0 ? [[sorted[i] ?? 0, end] as const] : []));
    }),
  );

it('a covered dep names what its author had seen, or nothing', () => {
  const seen = { named: 0, unnamed: 0 };
  fc.assert(
    fc.property(ownEntries, versions, runs(LENGTH), runs(OWN_LENGTH), (entries, heldVersions, citedRuns, ownRuns) => {
      const own = wireLog(
        OWN,
        entries.map((deps) => ({ payload: message({ body: 'Hi', deps: deps.map(depOf) }) })),
      );
      const held = patchwork(citedRuns, heldVersions);
      const [version = 0] = heldVersions;
      const logs = [heldLog(own, ownRuns), heldLog(held, citedRuns)];
      const source = citedSource(logs);
      const cited = openCited(source);
      const log = Buffer.from(OWN.id).toString('hex') as LogId;
      for (const [seq, { payload }] of own.entries.entries()) {
        for (const dep of decodeMessage(Buffer.from(payload ?? ''))?.deps ?? []) {
          if ('id' in dep) continue;
          const named = cited.idOf({ log, seq }, dep);
          const isHeld = source.entry(dep.log, dep.seq) !== undefined;
          expect(isHeld && cited.isCovered({ log, seq }, dep)).toBe(named !== undefined);
          const commits = idsCommittedTo(entries, seq, dep);
          if (named !== undefined) expect(commits).toContain(named);
          const isAllHeld = [citedRuns, ownRuns].every(([run]) => run?.[0] === 0 && run[1] >= OWN_LENGTH);
          const isWhole = isAllHeld && citedRuns[0]?.[1] === LENGTH;
          if (isWhole && coversIn(entries, seq, dep).includes(version)) expect(named).toBe(idOf(held, dep.seq));
          seen[named === undefined ? 'unnamed' : 'named']++;
        }
      }
    }),
    { numRuns: 4_000 },
  );
  expect(Math.min(seen.named, seen.unnamed)).toBeGreaterThan(100);
});

type Entries = readonly (readonly ({ version: number; seq: number } | { seq: number; by: number })[])[];
type Covered = { readonly seq: number; readonly by: number };

/** The log as held: what each run holds is of one version. */
function patchwork(held: CitedLog['runs'], heldVersions: readonly number[]): WireLog {
  const versionAt = (seq: number): WireLog => {
    const run = held.findIndex(([from, end]) => from <= seq && seq < end);
    return VERSIONS[heldVersions[run] ?? 0] as WireLog;
  };
  const seqs = Array.from({ length: LENGTH }, (_, seq) => seq);
  const entries = seqs.map((seq) => versionAt(seq).entries[seq] ?? {});
  return { ...VERSIONS[0], entries, ids: seqs.map((seq) => versionAt(seq).ids[seq] ?? Buffer.alloc(32)) };
}

/** The versions of which the entry at `by` cites the seq or a later one. */
function coversIn(entries: Entries, seq: number, dep: Covered): number[] {
  const cover = dep.by > 0 && dep.by < seq ? (entries[dep.by] ?? []) : [];
  return cover.flatMap((one) => ('version' in one && one.seq >= dep.seq ? [one.version] : []));
}

function idsCommittedTo(entries: Entries, seq: number, dep: Covered): string[] {
  return coversIn(entries, seq, dep).map((version) => idOf(VERSIONS[version] as WireLog, dep.seq));
}

function idOf({ ids }: WireLog, seq: number): string {
  return (ids[seq] ?? Buffer.alloc(0)).toString('hex');
}

function depOf(one: Entries[number][number]): WireDep {
  if ('by' in one) return [CITED, one.seq, one.by];
  return [CITED, one.seq, VERSIONS[one.version]?.ids[one.seq] ?? Buffer.alloc(32)];
}
