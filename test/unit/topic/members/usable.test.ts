// Under which epochs may be written (spec/private.md, "Usable epochs"), and what each rule of it is for.
import { describe, expect, it } from 'vitest';
import type { PersonId, StatementId } from '../../../../src/format/ids.js';
import type { PlacedEpoch } from '../../../../src/topic/members/entitled.js';
import { RULES, type Rules } from '../../../../src/topic/members/rules.js';
import {
  controlEpoch,
  spentBy,
  type UsableView,
  usableEpoch,
  whyUnusable,
} from '../../../../src/topic/members/usable.js';
import { type KeysScene, keysScene } from '../../../testkit/keys-scene.js';
import { type GraphStatement, idOf, nameOf } from '../../../testkit/members-graph.js';

const set = (id: string, by: string, prev: string[], person: string, role: number): GraphStatement => ({
  id,
  by,
  prev,
  set: { person, role },
});
const epoch = (id: string, by: string, prev: string[], to: string[], more: object = {}): GraphStatement => ({
  id,
  by,
  prev,
  epoch: { to, ...more },
});
const list = (id: string, by: string, prev: string[], removed: string[]): GraphStatement => ({
  id,
  by,
  prev,
  list: { generation: 1, version: 2, authority: by, current: [by], removed, hash: `list-${id}` },
});

const BEN = set('b', 'ana', [], 'ben', 3);
const EVERYBODY = ['ana', 'bea', 'ben'];
/** Ana, Bea and Ben with a device each; the epoch `p` is for all of them. */
const BEGUN: readonly GraphStatement[] = [BEN, epoch('p', 'ana', ['b'], EVERYBODY)];

interface Case {
  readonly scene: KeysScene;
  readonly because: string;
  /** The rule without which it is usable. */
  readonly rule: keyof Rules;
  readonly person?: string;
}

const BEN_LIST = {
  person: 'ben',
  generation: 1,
  version: 2,
  authority: 'ben',
  current: ['ben'],
  removed: ['ben.a'],
  hash: 'benlist',
};

const CASES: Readonly<Record<string, Case>> = {
  "its maker's device is not current, whatever it says": {
    scene: {
      statements: [BEN, epoch('p', 'ben.a', ['b'], EVERYBODY, { lists: { ben: ['benlist'] } })],
      lists: [BEN_LIST],
    },
    because: 'U1',
    rule: 'makerCurrent',
    person: 'ben',
  },
  'somebody states its id again': {
    scene: { statements: [...BEGUN, epoch('q', 'ben', ['p'], EVERYBODY, { epoch: 'p' })] },
    because: 'U1',
    rule: 'statedOnce',
    person: 'ben',
  },
  'an owner removed somebody meanwhile': {
    scene: { statements: [...BEGUN, set('r', 'bea', ['b'], 'ben', 0)] },
    because: 'U2',
    rule: 'removalsKnown',
  },
  'a member left meanwhile': {
    scene: { statements: [...BEGUN, set('l', 'ben', ['p'], 'ben', 0)] },
    because: 'U2',
    rule: 'removalsKnown',
    person: 'ben',
  },
  'one left who was added meanwhile': {
    scene: { statements: [...BEGUN, set('c', 'ana', ['p'], 'cleo', 3), set('l', 'cleo', ['c'], 'cleo', 0)] },
    because: 'U2',
    rule: 'removalsKnown',
    person: 'cleo',
  },
  'a device was taken from an owner': {
    scene: { statements: [...BEGUN, list('d', 'bea', ['b'], ['bea.a'])] },
    because: 'U2',
    rule: 'ownersDevices',
    person: 'bea',
  },
  'a list is known here that its maker did not know': {
    scene: { statements: BEGUN, lists: [BEN_LIST] },
    because: 'U3',
    rule: 'listsCovered',
    person: 'ben',
  },
  'it names a list that is not held': {
    scene: { statements: [BEN, epoch('p', 'ana', ['b'], EVERYBODY, { lists: { cleo: ['nowhere'] } })] },
    because: 'U3',
    rule: 'listsHeld',
  },
  'somebody was added before, and left out': {
    scene: { statements: [BEN, epoch('p', 'ana', ['b'], ['ana', 'bea'])] },
    because: 'U4',
    rule: 'allEntitled',
  },
};

function viewOf(scene: KeysScene, rules: Partial<Rules> = {}, spent: readonly string[] = []): UsableView {
  const view = keysScene(scene);
  return { ...view, rules: { ...RULES, ...rules }, spent: new Set(spent.map((name) => idOf<PersonId>(name))) };
}

function why(view: UsableView, name = 'p'): { rule: string; person?: string } | undefined {
  const placed = view.resolution.graph.get(idOf<StatementId>(name));
  const found = whyUnusable(view, placed as PlacedEpoch);
  return found && { rule: found.rule, ...(found.person && { person: nameOf(found.person) }) };
}

describe('an epoch', () => {
  it('is usable when all who take part have it, and nothing happened since', () => {
    expect(why(viewOf({ statements: BEGUN }))).toBeUndefined();
    expect(usableEpoch(viewOf({ statements: BEGUN }))?.id).toBe(idOf('p'));
  });

  it.each(Object.entries(CASES))('is not when %s', (_what, { scene, because, rule, person }) => {
    expect(why(viewOf(scene))).toEqual({ rule: because, ...(person && { person }) });
    expect(why(viewOf(scene, { [rule]: false }))).toBeUndefined();
  });

  it('stays usable when somebody leaves who could not read it anyway', () => {
    const removed = set('r', 'ana', ['b'], 'ben', 0);
    const statements = [BEN, removed, epoch('p', 'ana', ['r'], ['ana', 'bea']), set('l', 'ben', ['b'], 'ben', 0)];
    expect(why(viewOf({ statements }))).toBeUndefined();
    expect(why(viewOf({ statements }, { leavesOfReaders: false }))).toEqual({ rule: 'U2', person: 'ben' });
  });

  it('stays usable for whom nothing can be encrypted to yet', () => {
    const statements = [BEN, epoch('p', 'ana', ['b'], ['ana', 'bea'])];
    expect(why(viewOf({ statements, cardless: ['ben'] }))).toBeUndefined();
  });

  it('is one for whoever was added by somebody who did not know of it', () => {
    const statements = [...BEGUN, set('c', 'bea', ['b'], 'cleo', 3)];
    expect(why(viewOf({ statements }))).toBeUndefined();
  });

  it('that names the list known here covers it; a later generation covers an earlier one', () => {
    const later = {
      ...BEN_LIST,
      generation: 2,
      authority: 'ben.b',
      current: ['ben.b', 'ben'],
      removed: [],
      hash: 'later',
    };
    const named = (hash: string): GraphStatement[] => [
      BEN,
      epoch('p', 'ana', ['b'], EVERYBODY, { lists: { ben: [hash] } }),
    ];
    expect(why(viewOf({ statements: named('benlist'), lists: [BEN_LIST] }))).toBeUndefined();
    expect(why(viewOf({ statements: named('later'), lists: [BEN_LIST, later] }))).toBeUndefined();
    expect(why(viewOf({ statements: named('benlist'), lists: [BEN_LIST, later] }))).toEqual({
      rule: 'U3',
      person: 'ben',
    });
  });

  it('whose secrets are not here, or that does not count, is none', () => {
    expect(why(viewOf({ statements: BEGUN, lacking: ['p'] }))).toEqual({ rule: 'U1' });
    expect(why(viewOf({ statements: BEGUN, controlAlone: ['p'] }))).toEqual({ rule: 'U1' });
    const removed = [BEN, set('r', 'ana', ['b'], 'ben', 0), epoch('p', 'ben', ['r'], EVERYBODY)];
    expect(why(viewOf({ statements: removed }))).toEqual({ rule: 'U1' });
  });

  it('whose statement came by a letter alone is none, neither for messages nor for control entries', () => {
    const view = viewOf({ statements: BEGUN, byLetter: ['p'] });
    expect([why(view), usableEpoch(view), controlEpoch(view)]).toEqual([{ rule: 'U1' }, undefined, undefined]);
  });

  it('that was restated by one who knew of it is laid to that one', () => {
    const statements = [...BEGUN, epoch('q', 'ben', ['p'], EVERYBODY, { epoch: 'p' })];
    expect(why(viewOf({ statements }), 'q')).toEqual({ rule: 'U1', person: 'ben' });
  });
});

describe('of several', () => {
  it('the later, then the smaller id', () => {
    const two = [BEN, epoch('q', 'ana', ['b'], EVERYBODY), epoch('p', 'bea', ['b'], EVERYBODY)];
    expect(usableEpoch(viewOf({ statements: two }))?.id).toBe(idOf('p'));
    const later = [...two, epoch('z', 'ben', ['p', 'q'], EVERYBODY)];
    expect(usableEpoch(viewOf({ statements: later }))?.id).toBe(idOf('z'));
  });

  it('without a usable one control entries go under the newest that counts', () => {
    const statements = [...BEGUN, set('r', 'bea', ['b'], 'ben', 0)];
    expect(usableEpoch(viewOf({ statements }))).toBeUndefined();
    expect(controlEpoch(viewOf({ statements }))?.id).toBe(idOf('p'));
    expect(controlEpoch(viewOf({ statements, lacking: ['p'] }))).toBeUndefined();
    expect(controlEpoch(viewOf({ statements, controlAlone: ['p'] }))?.id).toBe(idOf('p'));
  });
});

describe('somebody who forced as many renewals as one may', () => {
  const byPerson = Object.entries(CASES).filter(([, { person }]) => person !== undefined);

  it.each(byPerson)('forces none by this: %s', (_what, { scene, person = '' }) => {
    expect(why(viewOf(scene, {}, [person]))).toBeUndefined();
    expect(why(viewOf(scene, {}, ['dora']))).toBeDefined();
  });

  it('is removed all the same', () => {
    expect(why(viewOf({ statements: [...BEGUN, set('r', 'bea', ['b'], 'ben', 0)] }, {}, ['ben', 'bea']))).toEqual({
      rule: 'U2',
    });
  });

  it('writes for nobody else after it left', () => {
    const statements = [BEN, epoch('p', 'ben', ['b'], EVERYBODY), set('l', 'ben', ['p'], 'ben', 0)];
    expect(why(viewOf({ statements }, {}, ['ben']))).toEqual({ rule: 'U1' });
    expect(why(viewOf({ statements }, { makerCurrent: false }, ['ben']))).toBeUndefined();
  });

  it('is one for thirty days', () => {
    const day = 86_400_000;
    const renewals = [1, 2, 3, 4].map((on) => ({ person: idOf<PersonId>('ben'), timeMs: on * day }));
    const others = [1, 2, 3].map((on) => ({ person: idOf<PersonId>('cleo'), timeMs: on * day }));
    expect([...spentBy([...renewals, ...others], 30 * day)].map(nameOf)).toEqual(['ben']);
    expect(spentBy(renewals, 31 * day)).toEqual(new Set());
    // nor by a clock that went far ahead for once
    expect(spentBy(renewals, -29 * day)).toEqual(new Set());
    expect([...spentBy(renewals, -25 * day)].map(nameOf)).toEqual(['ben']);
  });
});
