// What links lead to, whoever lies in some of them (spec/epochs.md, "Links").
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceKey, EpochId, PersonId } from '../../../../src/format/ids.js';
import { EPOCH_SECRET, type EpochKeys, epochOf, type WholeEpoch } from '../../../../src/format/private/epoch.js';
import { linksTo } from '../../../../src/format/private/link.js';
import { HeldStatements } from '../../../../src/topic/members/held.js';
import type { Says } from '../../../../src/topic/members/statement.js';
import { followLinks } from '../../../../src/topic/private/linked-keys.js';
import { type GraphStatement, idOf, statementsOf } from '../../../testkit/members-graph.js';

/** Those to whom a statement links by C, and by D. */
interface Row {
  readonly id: string;
  readonly by?: string;
  readonly prev?: readonly string[];
  /** The epoch that it states; one of its own name if it is not said. */
  readonly epoch?: string;
  readonly control?: readonly string[];
  readonly data?: readonly string[];
  /** What it says C of these is, and D. */
  readonly lies?: Readonly<Record<string, { readonly control?: Buffer; readonly data?: Buffer }>>;
}

function epochNamed(name: string): WholeEpoch {
  return epochOf(Buffer.alloc(EPOCH_SECRET, `C of ${name}`), Buffer.alloc(EPOCH_SECRET, `D of ${name}`));
}

/** What who has these epochs finds. */
function found(rows: readonly Row[], had: readonly EpochKeys[]) {
  const owners = ['ana', 'bea', 'eve'];
  const statements = rows.map(
    ({ id, by = 'ana', prev = [], epoch = id }): GraphStatement => ({ id, by, prev, epoch: { epoch, to: [] } }),
  );
  const held = new HeldStatements({ owners: owners.map((name) => idOf<PersonId>(name)), own: idOf<DeviceKey>('ana') });
  held.take(
    statementsOf({ owners, statements }).map((statement, i) => ({ ...statement, says: sealedBy(rows[i] as Row) })),
  );
  const known = new Map(had.map((one) => [one.id, one]));
  return followLinks(held.resolution, (epoch) => known.get(epoch));
}

function sealedBy({ id, epoch = id, control = [], data = [], lies = {} }: Row): Says {
  const child = epochNamed(epoch);
  const said = (name: string): EpochKeys => ({ ...epochNamed(name), ...lies[name] });
  return {
    kind: 'epoch',
    epoch: child.id,
    to: [],
    lists: [],
    ...linksTo(child, { control: control.map(said), data: data.map(said) }),
  };
}

const idsOf = (all: readonly EpochKeys[]): EpochId[] => all.map(({ id }) => id).sort();
const named = (...names: readonly string[]): EpochId[] => names.map((name) => epochNamed(name).id).sort();
const controlOf = ({ id, control, dataHash }: EpochKeys): EpochKeys => ({ id, control, dataHash });
const FALSE = Buffer.alloc(EPOCH_SECRET, 'no secret of anybody');

describe('links', () => {
  const row = Array.from({ length: 40 }, (_, i) => `e${i}`);
  const chain: readonly Row[] = row.map((id, i) => {
    const before = i === 0 ? [] : [`e${i - 1}`];
    return { id, prev: before, control: before, data: before };
  });

  it('lead from the newest epoch to all before it, in one pass', () => {
    const { proven, unproven } = found(chain, [epochNamed('e39')]);
    expect(idsOf(proven)).toEqual(named(...row.slice(0, 39)));
    expect(proven.every(({ data }) => data !== undefined)).toBe(true);
    expect(unproven).toEqual([]);
  });

  it('lead who has C alone to C alone, which nothing proves', () => {
    const { proven, unproven } = found(chain, [controlOf(epochNamed('e39'))]);
    expect(proven).toEqual([]);
    expect(idsOf(unproven)).toEqual(named(...row.slice(0, 39)));
  });

  it('to C and to D of an epoch may stand in different ones, and prove each other', () => {
    // D of the first is linked by the third alone, C by the second
    const rows: readonly Row[] = [
      { id: 'a' },
      { id: 'b', prev: ['a'], control: ['a'] },
      { id: 'c', prev: ['b'], control: ['b'], data: ['a'] },
    ];
    const { proven, unproven } = found(rows, [epochNamed('c')]);
    expect(proven).toEqual([epochNamed('a')]);
    expect(idsOf(unproven)).toEqual(named('b'));
  });

  it('to what its maker did not know count for nothing', () => {
    const rows: readonly Row[] = [{ id: 'a' }, { id: 'b', control: ['a'], data: ['a'] }];
    expect(found(rows, [epochNamed('b')])).toEqual({ proven: [], unproven: [] });
  });
});

describe('whoever lies in a link', () => {
  it('keeps nobody from the C that others tell, whichever came first', () => {
    for (const order of [
      ['eve', 'bea'],
      ['bea', 'eve'],
    ]) {
      const rows: readonly Row[] = [
        { id: 'a' },
        ...order.map((by): Row => {
          const linking = { id: `by-${by}`, by, prev: ['a'], control: ['a'] };
          return by === 'eve' ? { ...linking, lies: { a: { control: FALSE } } } : linking;
        }),
      ];
      const had = order.map((by) => epochNamed(`by-${by}`));
      const { proven, unproven } = found(rows, had);
      expect(proven).toEqual([]);
      expect(unproven.map(({ control }) => control.toString()).sort()).toEqual(
        [epochNamed('a').control, FALSE].map(String).sort(),
      );
      // what is proven puts an end to all that is not
      const more = found([...rows, { id: 'z', by: 'bea', prev: ['a'], data: ['a'] }], [...had, epochNamed('z')]);
      expect(more).toEqual({ proven: [epochNamed('a')], unproven: [] });
    }
  });

  it('is believed by nobody, whatever it says of how many', () => {
    const lies = fc.record({ control: fc.boolean(), data: fc.boolean() });
    const rows = fc.array(fc.record({ by: fc.constantFrom('ana', 'bea', 'eve'), lie: lies, parents: fc.nat(255) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(rows, fc.nat(255), (all, mask) => {
        const ids = all.map((_, i) => `e${i}`);
        const among = (bits: number, until: number) => ids.slice(0, until).filter((_, i) => (bits >> i) & 1);
        const built = all.map(({ by, lie, parents }, i): Row => {
          const linked = among(parents, i);
          const isFalse =
            by === 'eve' ? { ...(lie.control && { control: FALSE }), ...(lie.data && { data: FALSE }) } : {};
          const told = Object.fromEntries(linked.map((id) => [id, isFalse]));
          return { id: `e${i}`, by, prev: i === 0 ? [] : [`e${i - 1}`], control: linked, data: linked, lies: told };
        });
        const { proven, unproven } = found(built, among(mask, all.length).map(epochNamed));
        for (const one of proven) expect(ids.map(epochNamed)).toContainEqual(one);
        expect(unproven.every(({ data, dataHash }) => !data && !dataHash)).toBe(true);
        expect(new Set(idsOf(proven)).size).toBe(proven.length);
      }),
      { numRuns: 40 },
    );
  });

  it('and states an epoch of another once more hides nothing', () => {
    const rows: readonly Row[] = [
      { id: 'a' },
      { id: 'b', by: 'bea', prev: ['a'], control: ['a'], data: ['a'] },
      { id: 'c', by: 'bea', prev: ['b'], control: ['b'], data: ['b'] },
      { id: 'late', by: 'eve', epoch: 'b', prev: ['c'] },
    ];
    const { proven } = found(rows, [epochNamed('c')]);
    expect(idsOf(proven)).toEqual(named('a', 'b'));
  });
});
