// Who shares what with whom (spec/private.md, "Sharing"): a pure function of what is held and known here.
import type { DeviceKey, EpochId, PersonId } from '../../format/ids.js';
import { SHARED_EPOCHS_MAX } from '../../format/limits.js';
import { epochsIn, isEntitled, type PersonOf, type PlacedEpoch } from './entitled.js';
import { type KeysKnown, reachable } from './keys-known.js';
import { covers, holdsLists, listState, statedBy } from './list-state.js';
import { participants, type Resolution } from './resolve.js';
import { type KeysSeen, knownToHave, type Secret } from './shared.js';
import { type Author, ROLE } from './statement.js';

/** What sharing is decided by. */
export interface SharingView {
  readonly resolution: Resolution;
  readonly known: KeysKnown;
  readonly seen: KeysSeen;
  readonly personOf: PersonOf;
  /** This device. */
  readonly own: Author;
  /** People whom this device added. */
  readonly added: ReadonlySet<PersonId>;
  /** Whether an import with news before this one showed already that the device lacks this secret of the epoch. */
  lackedBefore(device: DeviceKey, epoch: EpochId, secret: Secret): boolean;
}

/** Secrets to be shared with one device now. */
export interface Share {
  readonly device: DeviceKey;
  readonly person: PersonId;
  /** The newest, in order; each is entitled to the data secret too unless `isControlAlone`. */
  readonly epochs: readonly EpochId[];
  readonly isControlAlone: boolean;
  /** The device is not known to have any control secret of the topic: it is told by a letter. */
  readonly isLetter: boolean;
}

/** What a device is found to lack, shared now or not: to be remembered until the next import with news. */
export interface Lack {
  readonly device: DeviceKey;
  readonly epoch: EpochId;
  readonly secret: Secret;
}

/** What to share, and what is lacking. */
export interface SharingPlan {
  readonly shares: readonly Share[];
  readonly lacks: readonly Lack[];
}

/** The plan after an import, with keys at hand. */
export function planSharing(view: SharingView): SharingPlan {
  const plans = devicesServed(view).map((served) => planFor(view, served));
  return { shares: plans.flatMap(({ shares }) => shares), lacks: plans.flatMap(({ lacks }) => lacks) };
}

interface Served {
  readonly person: PersonId;
  readonly device: DeviceKey;
}

/** The other current devices of all who take part, and the authorities that must be able to speak. */
function devicesServed({ resolution, known, own }: SharingView): readonly Served[] {
  const people = participants(resolution);
  const taking = people.flatMap((person) => reachable(known, person).map((device) => ({ person, device })));
  const unheard = [...resolution.owners].flatMap((person) => unheardAuthority(resolution, known, person) ?? []);
  return [...taking, ...unheard].filter(({ device }) => device !== own.device);
}

/**
 * The authority of an owner who has no role, where a later generation is known here than any that spoke in the topic: the one
 * before may be a thief's, who made it leave.
 */
function unheardAuthority(resolution: Resolution, known: KeysKnown, person: PersonId): Served | undefined {
  const { generation, authority } = listState(known.listsOf(person));
  if (resolution.role(person) >= ROLE.member || generation < 2 || authority === undefined) return undefined;
  const hasSpoken = resolution.lists.some(({ list }) => list.person === person && list.generation >= generation);
  return hasSpoken || known.serialOf(authority) === undefined ? undefined : { person, device: authority };
}

function planFor(view: SharingView, served: Served): SharingPlan {
  const { resolution, seen } = view;
  const had = (secret: Secret): ReadonlySet<EpochId> => knownToHave(resolution, seen, served.device, secret);
  const hadControl = had('control');
  const data = lackedBy(view, served.person, { secret: 'data', had: had('data') });
  const all = lackedBy(view, served.person, { secret: 'control', had: hadControl });
  const control = all.filter((epoch) => !data.includes(epoch));
  const isLetter = hadControl.size === 0;
  const shares = [
    ...shareOf(view, { ...served, isControlAlone: false, isLetter }, data),
    ...shareOf(view, { ...served, isControlAlone: true, isLetter }, control),
  ];
  const lack = (epochs: readonly PlacedEpoch[], secret: Secret): readonly Lack[] =>
    epochs.map(({ says }) => ({ device: served.device, epoch: says.epoch, secret }));
  return { shares, lacks: [...lack(data, 'data'), ...lack(control, 'control')] };
}

/** What a device is known to have of one secret. */
interface Had {
  readonly secret: Secret;
  readonly had: ReadonlySet<EpochId>;
}

/** The epochs of which a device of the person may have the secret and is not known to. */
function lackedBy(view: SharingView, person: PersonId, { secret, had }: Had): readonly PlacedEpoch[] {
  const { resolution, known } = view;
  return epochsIn(resolution).filter((epoch) => {
    if (had.has(epoch.says.epoch) || !knowsLists(known, epoch, person, secret)) return false;
    if (secret === 'control') return known.hasControl(epoch.says.epoch);
    return hasBoth(known, epoch) && mayHaveData(view, epoch, person);
  });
}

function hasBoth(known: KeysKnown, { says }: PlacedEpoch): boolean {
  return known.hasControl(says.epoch) && known.hasData(says.epoch);
}

function mayHaveData({ resolution, personOf }: SharingView, epoch: PlacedEpoch, person: PersonId): boolean {
  return resolution.role(person) >= ROLE.member && isEntitled(resolution, person, epoch, personOf);
}

/** Whether this device knows of every removal that the epoch's maker knew; for control secrets of those whose lists are held. */
function knowsLists(known: KeysKnown, epoch: PlacedEpoch, person: PersonId, secret: Secret): boolean {
  if (secret === 'data' && !holdsLists(epoch.says, known.list, person)) return false;
  return covers(listState(known.listsOf(person)), statedBy(epoch.says, person, known.list));
}

/** One share of the newest; nothing while the lack may be healed by what is on its way. */
function shareOf(view: SharingView, share: Omit<Share, 'epochs'>, lacked: readonly PlacedEpoch[]): readonly Share[] {
  const secret = share.isControlAlone ? 'control' : 'data';
  if (!lacked.some((epoch) => isDue(view, share, epoch, secret))) return [];
  return [{ ...share, epochs: lacked.slice(-SHARED_EPOCHS_MAX).map(({ says }) => says.epoch) }];
}

function isDue({ own, added, lackedBefore }: SharingView, to: Served, epoch: PlacedEpoch, secret: Secret): boolean {
  if (epoch.author.device === own.device || to.person === own.person || added.has(to.person)) return true;
  return lackedBefore(to.device, epoch.says.epoch, secret);
}
