// Which epochs a device is known to have (spec/private.md, "Known to be had"): by what was wrapped to it, and what it wrote since.
import type { DeviceKey, EpochId } from '../../format/ids.js';
import type { Shared } from '../../format/private/control-body.js';
import type { Link } from '../../format/private/link.js';
import type { WrappedTo } from '../../format/private/wrapped-to.js';
import { epochsIn, type PlacedEpoch } from './entitled.js';
import type { Resolution } from './resolve.js';

/** The two secrets of an epoch. */
export type Secret = 'control' | 'data';

/** What is seen of others' keys. */
export interface KeysSeen {
  /** What is believed of keys that were given to a device. */
  claimsTo(device: DeviceKey): readonly Shared[];
  /** Epochs whose wraps stand in frozen parts alone: whom they name may never see them. */
  readonly lostWraps?: ReadonlySet<EpochId>;
  /** Who is believed to have wrapped an epoch's keys to whom it says; absent: everybody. */
  readonly isBelieved?: ((maker: DeviceKey) => boolean) | undefined;
  serialOf(device: DeviceKey): number | undefined;
  /** The epochs under which the device has written. */
  writtenUnder(device: DeviceKey): ReadonlySet<EpochId>;
}

/** The epochs whose secret of this kind the device is known to have, with those that they lead to. */
export function knownToHave(
  resolution: Resolution,
  seen: KeysSeen,
  device: DeviceKey,
  secret: Secret,
): ReadonlySet<EpochId> {
  const epochs = epochsIn(resolution);
  const proves = showsUse(epochs, seen.writtenUnder(device));
  const newest = seen.serialOf(device) ?? 0;
  const had = new Set<EpochId>();
  const note = (epoch: EpochId, to: readonly WrappedTo[], isLost = false): void => {
    const named = to.find((one) => one.device === device);
    if (named && ((named.serial >= newest && !isLost) || proves(epoch))) had.add(epoch);
  };
  for (const { says, author } of epochs) {
    if (seen.isBelieved?.(author.device) !== false) note(says.epoch, says.to, seen.lostWraps?.has(says.epoch));
  }
  for (const { epochs: shared, devices, isControlAlone } of seen.claimsTo(device)) {
    if (secret === 'control' || !isControlAlone) for (const epoch of shared) note(epoch, devices);
  }
  return withLinked(epochs, had, secret);
}

/**
 * The epochs whose control secret the device surely has: it wrote under them or what leads to them, or who is believed gave it. Who
 * makes an epoch may say of anybody that it was wrapped to them.
 */
export function surelyHas(
  resolution: Resolution,
  seen: KeysSeen & Required<Pick<KeysSeen, 'isBelieved'>>,
  device: DeviceKey,
): ReadonlySet<EpochId> {
  const used = withLinked(epochsIn(resolution), seen.writtenUnder(device), 'control');
  return new Set([...used, ...knownToHave(resolution, seen, device, 'control')]);
}

/** Whether a device that wrote under these has an epoch: one of them is it, or leads to it. */
function showsUse(epochs: readonly PlacedEpoch[], used: ReadonlySet<EpochId>): (epoch: EpochId) => boolean {
  const reached = withLinked(epochs, used, 'control');
  return (epoch) => reached.has(epoch);
}

function withLinked(epochs: readonly PlacedEpoch[], from: ReadonlySet<EpochId>, secret: Secret): ReadonlySet<EpochId> {
  const reached = new Set(from);
  // who cites comes behind what it cites, and only to that it links
  for (const { says } of [...epochs].reverse()) {
    if (reached.has(says.epoch)) for (const { epoch } of linksOf(says, secret)) reached.add(epoch);
  }
  return reached;
}

function linksOf({ controlLinks, dataLinks }: PlacedEpoch['says'], secret: Secret): readonly Link[] {
  return secret === 'control' ? controlLinks : dataLinks;
}
