// What each rule is for: with it left out, one of the graphs by hand comes to something else.
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULES, type Rules } from '../../src/topic/members/rules.js';
import { type GraphVector, graphVectors } from '../testkit/vectors-resolve.js';
import { resolveGraph } from './program.js';

/** By rule, a graph that fails without it. */
const NEEDED: Readonly<Partial<Record<keyof Rules, string>>> = {
  authorityAlone: 'tablet-states-list',
  laterGeneration: 'old-authority-late',
  citedByFirst: 'old-list-cited-later',
  citedByNext: 'old-list-cited-by-third',
  rivalsCited: 'late-rival',
  takenBack: 'taken-back',
  neitherList: 'minted',
  certificates: 'added-in-second',
  greaterList: 'kept-by-greater',
  shutOutVoid: 'device-back-dates',
  firstDecides: 'device-cited-later',
  oneProtects: 'removal-back-dated',
  leaving: 'leaves-while-added',
  ownersSet: 'member-adds',
  leftOwners: 'owner-leaves',
  ownersUntouched: 'owner-untouched',
  knownRoles: 'unknown-role',
  laterSet: 'added-again',
  lowestRole: 'added-and-removed',
  authorTakesPart: 'removed-adds',
  roleAtHeads: 'log-of-member',
  removalCuts: 'log-cut',
  deviceCuts: 'log-of-removed-device',
};

/** The rules that are no matter of graphs alone are left out in the tests of their modules. */
const ELSEWHERE: Readonly<Partial<Record<keyof Rules, string>>> = {
  strangersDiscarded: 'held',
  deviceQuota: 'held',
  mergesFree: 'held',
  flood: 'held',
  makerCurrent: 'usable',
  statedOnce: 'usable',
  removalsKnown: 'usable',
  leavesOfReaders: 'usable',
  ownersDevices: 'usable',
  listsCovered: 'usable',
  listsHeld: 'usable',
  allEntitled: 'usable',
};

const vectors = graphVectors();

describe('left out', () => {
  it.each(Object.entries(NEEDED))('%s: %s', (rule, name) => {
    const failing = vectors.filter((vector) => !isMet(vector, { [rule]: false })).map((vector) => vector.name);
    expect(failing).toContain(name);
  });

  it('that the certificate of the statement itself decides: later-certificate', () => {
    const failing = vectors.filter((vector) => !isMet(withNewestCertificates(vector))).map(({ name }) => name);
    expect(failing).toContain('later-certificate');
  });

  it.each(Object.entries(ELSEWHERE))('%s: in the test of %s', (rule, name) => {
    const file = new URL(`../unit/topic/members/${name}.test.ts`, import.meta.url);
    expect(fs.readFileSync(file, 'utf8')).toContain(rule);
  });

  it('is every rule somewhere', () => {
    expect([...Object.keys(NEEDED), ...Object.keys(ELSEWHERE)].sort()).toEqual(Object.keys(RULES).sort());
  });

  it('none: nothing fails', () => {
    expect(vectors.filter((vector) => !isMet(vector))).toEqual([]);
  });
});

/** As if any card of a device that is known told how it is bound. */
function withNewestCertificates(vector: GraphVector): GraphVector {
  const newest = (device: string): number =>
    Math.max(...vector.statements.filter(({ by }) => by === device).map(({ generation = 1 }) => generation));
  return { ...vector, statements: vector.statements.map((one) => ({ ...one, generation: newest(one.by) })) };
}

function isMet(vector: GraphVector, rules: Partial<Rules> = {}): boolean {
  const { role, counts, end } = resolveGraph(vector, rules);
  const isRole = ([person, expected]: readonly [string, number]): boolean => role(person) === expected;
  const without = vector.statements.map(({ id }) => id).filter((id) => !counts(id));
  const ends = (vector.logs ?? []).every((log) => (end(log) ?? 'waiting') === (log.end === 'all' ? Infinity : log.end));
  return Object.entries(vector.roles).every(isRole) && without.join() === vector.without.join() && ends;
}
