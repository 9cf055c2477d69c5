// Who may have an epoch (spec/private.md, "Entitled").
import type { DeviceKey, PersonId } from '../../format/ids.js';
import type { EpochBody } from '../../format/private/epoch-body.js';
import type { Placed } from './graph.js';
import type { PlacedSet, Resolution } from './resolve.js';
import { ROLE } from './statement.js';

/** The statement of an epoch. */
export type PlacedEpoch = Placed<EpochBody>;

/** The statements of epochs that are held, each after its past. */
export function epochsIn({ graph }: Resolution): readonly PlacedEpoch[] {
  return graph.all.filter((one): one is PlacedEpoch => one.says.kind === 'epoch');
}

/** Whose device somebody's key is; undefined where no card told. */
export type PersonOf = (device: DeviceKey) => PersonId | undefined;

/** Owners, whom it was wrapped to as its maker signed, and who was added by somebody who did not know of it. */
export function isEntitled(resolution: Resolution, person: PersonId, epoch: PlacedEpoch, personOf: PersonOf): boolean {
  if (resolution.role(person) === ROLE.owner) return true;
  if (epoch.says.to.some(({ device }) => personOf(device) === person)) return true;
  return grantsOf(resolution, person).some(({ at }) => !epoch.past.has(at));
}

/** The counting sets that made the person a member. */
export function grantsOf(resolution: Resolution, person: PersonId): readonly PlacedSet[] {
  return resolution.setsOn(person).filter(({ says }) => says.role === ROLE.member);
}
