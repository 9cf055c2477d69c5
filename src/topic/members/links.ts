// To which earlier epochs a new one leads (spec/private.md, "Links"): a link is a share with everybody who can open the new one.
import type { PersonId } from '../../format/ids.js';
import { EPOCH_LINKS_MAX } from '../../format/limits.js';
import { epochsIn, isEntitled, type PersonOf, type PlacedEpoch } from './entitled.js';
import { causallyLast } from './graph.js';
import type { KeysKnown } from './keys-known.js';
import { covers, holdsLists, listState, statedBy } from './list-state.js';
import type { Resolution } from './resolve.js';

/** What links are decided by. */
export interface LinksView {
  readonly resolution: Resolution;
  readonly known: KeysKnown;
  readonly personOf: PersonOf;
}

/** The epochs linked to by each secret: of those that may be, the ones in no other's past, each id once. */
export interface LinkPlan {
  readonly control: readonly PlacedEpoch[];
  readonly data: readonly PlacedEpoch[];
}

/** The links of an epoch that is wrapped to devices of these people. */
export function planLinks({ resolution, known, personOf }: LinksView, people: ReadonlySet<PersonId>): LinkPlan {
  const control = epochsIn(resolution).filter(({ says }) => known.hasControl(says.epoch) && knowsAll(known, says));
  const isForAll = (epoch: PlacedEpoch): boolean =>
    [...people].every((person) => isEntitled(resolution, person, epoch, personOf));
  const data = control.filter(
    (epoch) => known.hasData(epoch.says.epoch) && holdsLists(epoch.says, known.list) && isForAll(epoch),
  );
  return { control: linked(control), data: linked(data) };
}

/** Those in no other's past, each id once, and of too many the newest. */
function linked(epochs: readonly PlacedEpoch[]): readonly PlacedEpoch[] {
  const byId = new Map(causallyLast(epochs).map((epoch) => [epoch.says.epoch, epoch]));
  return [...byId.values()].slice(-EPOCH_LINKS_MAX);
}

/** Whether this device knows of every removal that the epoch's maker stated by lists that are held here. */
function knowsAll(known: KeysKnown, says: PlacedEpoch['says']): boolean {
  return says.lists.every(({ person }) => covers(listState(known.listsOf(person)), statedBy(says, person, known.list)));
}
