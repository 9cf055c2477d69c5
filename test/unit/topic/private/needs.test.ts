// What a device is told to lack, and how much is repeated for it (spec/epochs.md, "Control entries").
import { describe, expect, it } from 'vitest';
import type { DeviceKey, EpochId, LogId, StatementId } from '../../../../src/format/ids.js';
import { ANSWERED_BYTES_MAX, STATEMENT_MAX } from '../../../../src/format/limits.js';
import type { Signed } from '../../../../src/format/private/signed.js';
import { statementId } from '../../../../src/format/private/statement.js';
import type { SignedStatement } from '../../../../src/topic/members/signed-statement.js';
import type { PlacedControl } from '../../../../src/topic/private/control-entries.js';
import { statementsAnswering } from '../../../../src/topic/private/needs.js';
import { claimsIn, needsIn } from '../../../../src/topic/private/told.js';
import { idOf, nameOf } from '../../../testkit/members-graph.js';

function control(log: string, seq: number, arrival: number, body: PlacedControl['body']): PlacedControl {
  return { log: idOf<LogId>(log), seq, n: 0, body, wrap: undefined, frozen: false, arrival };
}

it('of all that somebody asks for a part is repeated with each export', () => {
  const all = Array.from({ length: 60 }, (_, i): Signed => {
    const bytes = Buffer.alloc(STATEMENT_MAX);
    bytes.writeUInt32BE(i);
    return { bytes, signature: Buffer.alloc(64) };
  });
  const signed = new Map(all.map((one) => [statementId(one.bytes), one as SignedStatement]));
  const need = { pairs: [], statements: [...signed.keys()].sort(), epochs: [] };
  const controls: PlacedControl[] = [];
  const told = new Set<StatementId>();
  for (let visit = 2; told.size < all.length; visit++) {
    const said = statementsAnswering({ controls, signed }, { need, arrival: 1 });
    expect(said.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(ANSWERED_BYTES_MAX);
    expect(said.length).toBeGreaterThan(0);
    for (const { bytes } of said) told.add(statementId(bytes));
    controls.push(control('l', visit, visit, { statements: said }));
  }
  expect(statementsAnswering({ controls, signed }, { need, arrival: 1 })).toEqual([]);
});

describe('what a device needs', () => {
  const needs = (epoch: string): PlacedControl['body'] => ({
    need: { pairs: [], statements: [], epochs: [idOf<EpochId>(epoch)] },
  });
  const devices = new Map(
    [
      ['l', 'ben'],
      ['m', 'ben'],
      ['n', 'cleo'],
    ].map(([log = '', device = '']) => [idOf<LogId>(log), idOf<DeviceKey>(device)]),
  );
  const ENDS: Readonly<Record<string, number>> = { l: 6, m: Number.POSITIVE_INFINITY, n: 9 };
  const logs = { deviceOf: devices, endOf: (log: LogId) => ENDS[nameOf(log)] };
  const told = (...controls: PlacedControl[]): string[] =>
    needsIn(controls, logs).map(({ device, need }) => `${nameOf(device)}: ${need.epochs.map(nameOf)}`);

  it('is what it said last in a log, whatever came first', () => {
    expect(told(control('l', 1, 9, needs('p')), control('l', 2, 4, needs('q')))).toEqual(['ben: q']);
  });

  it('is what it said last where its log counts', () => {
    expect(told(control('l', 5, 1, needs('p')), control('l', 6, 2, needs('q')))).toEqual(['ben: p']);
    expect(told(control('l', 6, 2, needs('q')))).toEqual([]);
  });

  it('was given to it, as far as the log counts that says so', () => {
    const shared = { epochs: [idOf<EpochId>('p')], devices: [], isControlAlone: false };
    const said = [5, 6].map((seq) => control('l', seq, seq, { shared }));
    expect(claimsIn(said, logs).map(({ by, arrival }) => [nameOf(by), arrival])).toEqual([['ben', 5]]);
  });

  it('is one thing, in however many logs it says so: what came last', () => {
    const both = [control('l', 5, 9, needs('p')), control('m', 7, 4, needs('q'))];
    expect(told(...both, control('n', 1, 1, needs('r')))).toEqual(['ben: p', 'cleo: r']);
    expect(told(...both.reverse())).toEqual(['ben: p']);
  });
});
