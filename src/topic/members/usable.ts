// Under which epochs may be written (spec/private.md, "Usable epochs"): those whose maker knew of every removal that is known here.
import type { PersonId } from '../../format/ids.js';
import { RENEWAL_DAYS, RENEWALS_MAX } from '../../format/limits.js';
import { epochsIn, grantsOf, isEntitled, type PersonOf, type PlacedEpoch } from './entitled.js';
import { causallyLast } from './graph.js';
import { type KeysKnown, reachable } from './keys-known.js';
import { covers, holdsLists, listState, statedBy } from './list-state.js';
import { isOnSelf, type PlacedSet, participants, type Resolution } from './resolve.js';
import { RULES, type Rules } from './rules.js';
import { ROLE } from './statement.js';

/** What epochs are judged by. */
export interface UsableView {
  readonly resolution: Resolution;
  readonly known: KeysKnown;
  readonly personOf: PersonOf;
  /** People who forced so many renewals lately that their lists, leaves and restated ids force none now. */
  readonly spent: ReadonlySet<PersonId>;
  /** For tests. */
  readonly rules?: Rules;
}

/** Why an epoch is not usable: by which rule, and because of whom if it is one who can force only so many renewals. */
export interface Unusable {
  readonly rule: 'U1' | 'U2' | 'U3' | 'U4';
  readonly person?: PersonId;
}

/** A renewal that was made here. */
export interface Renewal {
  /** Because of whom. */
  readonly person: PersonId;
  /** By the own clock, in milliseconds. */
  readonly timeMs: number;
}

/** Who forced as many renewals within the last days as one person may. */
export function spentBy(renewals: readonly Renewal[], nowMs: number): ReadonlySet<PersonId> {
  const recent = renewals.filter((renewal) => isRecent(renewal, nowMs));
  const isSpent = (person: PersonId): boolean =>
    recent.filter((renewal) => renewal.person === person).length >= RENEWALS_MAX;
  return new Set(recent.map(({ person }) => person).filter(isSpent));
}

/** Whether it counts still; not by a clock that once was far ahead. */
export function isRecent({ timeMs }: Pick<Renewal, 'timeMs'>, nowMs: number): boolean {
  return Math.abs(nowMs - timeMs) < RENEWAL_DAYS * DAY_MS;
}

/** The epoch to write under; undefined where one has to be made. */
export function usableEpoch(view: UsableView): PlacedEpoch | undefined {
  return best(epochsIn(view.resolution).filter((epoch) => whyUnusable(view, epoch) === undefined));
}

/** The epoch that control entries go under: the usable one, else the newest one that counts; undefined: one has to be made. */
export function controlEpoch(view: UsableView): PlacedEpoch | undefined {
  const { resolution, known } = view;
  const counting = (): readonly PlacedEpoch[] =>
    epochsIn(resolution).filter((epoch) => isStated(view, epoch) && known.hasControl(epoch.says.epoch));
  return usableEpoch(view) ?? best(counting());
}

/** Why nothing is written under the epoch; undefined where something may. */
export function whyUnusable(view: UsableView, epoch: PlacedEpoch): Unusable | undefined {
  const { known } = view;
  if (!isStated(view, epoch) || !known.hasControl(epoch.says.epoch) || !known.hasData(epoch.says.epoch)) {
    return { rule: 'U1' };
  }
  return byMaker(view, epoch) ?? byRemovals(view, epoch) ?? byLists(view, epoch) ?? byEntitled(view, epoch);
}

/** Whether it counts, and others can know of it: what came by a letter alone may be known to nobody else. */
function isStated({ resolution, known }: UsableView, { id }: PlacedEpoch): boolean {
  return resolution.counts(id) && known.isInLog(id);
}

/** U1: its maker takes part, its device is current, and nobody else stated its id. */
function byMaker({ resolution, known, spent, rules = RULES }: UsableView, epoch: PlacedEpoch): Unusable | undefined {
  const { person, device } = epoch.author;
  if (rules.makerCurrent && resolution.role(person) < ROLE.member) return { rule: 'U1' };
  const isCurrent = spent.has(person) || known.currentOf(person).includes(device);
  if (rules.makerCurrent && !isCurrent) return { rule: 'U1', person };
  const restaters = rules.statedOnce ? restatersOf(resolution, epoch) : [];
  const restater = restaters.find((one) => !spent.has(one));
  return restater && { rule: 'U1', person: restater };
}

/** Who stated the epoch's id besides its maker, or its maker where it did so knowing of the other statement. */
function restatersOf(resolution: Resolution, epoch: PlacedEpoch): readonly PersonId[] {
  const others = epochsIn(resolution).filter(
    ({ id, says }) => id !== epoch.id && says.epoch === epoch.says.epoch && resolution.counts(id),
  );
  return others.map((other) => (epoch.past.has(other.at) ? epoch : other).author.person);
}

/** U2: it knows of whoever was removed, left, or lost a device. */
function byRemovals(view: UsableView, epoch: PlacedEpoch): Unusable | undefined {
  const { resolution, spent, rules = RULES } = view;
  for (const person of rules.removalsKnown ? resolution.persons : []) {
    for (const set of resolution.setsOn(person)) {
      if (set.says.role !== ROLE.none || epoch.past.has(set.at)) continue;
      if (!isOnSelf(set)) return { rule: 'U2' };
      if (!spent.has(person) && couldRead(view, set, epoch)) return { rule: 'U2', person };
    }
  }
  const missed = resolution.lists.find(
    ({ at, list }) =>
      resolution.owners.has(list.person) && list.removed.length > 0 && !spent.has(list.person) && !epoch.past.has(at),
  );
  return missed && rules.ownersDevices ? { rule: 'U2', person: missed.list.person } : undefined;
}

/** Whether who left could read the epoch before: a participant as its maker knew, or added by somebody else meanwhile. */
function couldRead({ resolution, rules = RULES }: UsableView, leave: PlacedSet, epoch: PlacedEpoch): boolean {
  if (!rules.leavesOfReaders) return true;
  const { person } = leave.says;
  if (resolution.roleIn(person, epoch.past) >= ROLE.member) return true;
  return grantsOf(resolution, person).some(({ at }) => !epoch.past.has(at));
}

/** U3: it knows what is known here of the devices of all who take part, and nothing that is not. */
function byLists({ resolution, known, spent, rules = RULES }: UsableView, epoch: PlacedEpoch): Unusable | undefined {
  const isBehind = (person: PersonId): boolean =>
    !spent.has(person) && !covers(statedBy(epoch.says, person, known.list), listState(known.listsOf(person)));
  const behind = rules.listsCovered ? participants(resolution).find(isBehind) : undefined;
  if (behind !== undefined) return { rule: 'U3', person: behind };
  return rules.listsHeld && !holdsLists(epoch.says, known.list) ? { rule: 'U3' } : undefined;
}

/** U4: everybody who takes part, and can be encrypted to, may have it. */
function byEntitled(view: UsableView, epoch: PlacedEpoch): Unusable | undefined {
  const { resolution, known, personOf, rules = RULES } = view;
  const lacks = (person: PersonId): boolean =>
    reachable(known, person).length > 0 && !isEntitled(resolution, person, epoch, personOf);
  return rules.allEntitled && participants(resolution).some(lacks) ? { rule: 'U4' } : undefined;
}

/** Of several the one that no other has in its past, then the smallest id. */
function best(epochs: readonly PlacedEpoch[]): PlacedEpoch | undefined {
  return [...causallyLast(epochs)].sort((a, b) => (a.says.epoch < b.says.epoch ? -1 : 1))[0];
}

const DAY_MS = 86_400_000;
