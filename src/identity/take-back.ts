// The recovery words make a device the authority of its person, in the next generation (spec/devices.md, "Taking back").
import { SatchelError } from '../format/error.js';
import type { DeviceKey } from '../format/ids.js';
import { GENERATION_MAX } from '../format/limits.js';
import { publicKeyOf } from '../format/signature/signature.js';
import { type Authority, createAuthority } from './authority.js';
import type { Card } from './card.js';
import { nextCardSerial } from './card-serial.js';
import { formatCard } from './card-text.js';
import { cardOfSelf, renewCard } from './create.js';
import type { DeviceState } from './current-devices.js';
import { createDeviceList, type DeviceList, type LabelledDevice } from './device-list.js';
import {
  type Devices,
  deviceState,
  type FirstCard,
  readDevices,
  withDeviceList,
  withFurtherCard,
  withRecovered,
  writeDevices,
} from './devices.js';
import { recoveryKeyOf } from './founding.js';
import { labelledDevices, nothingKnown } from './own-devices.js';
import type { Secrets } from './secrets.js';
import { randomEpoch, type Self, writeSelf } from './self.js';

/** What the words are used for. */
export interface TakingBack {
  /** A card of any device of the person. */
  readonly card: Card;
  /** What the words were made of. */
  readonly seed: Buffer;
  /** What this device is called. */
  readonly label: string;
  /** Which of the known devices stay. */
  readonly kept: readonly DeviceKey[];
  /** ms. */
  readonly now: number;
  readonly random: (size: number) => Buffer;
}

/** Passes the card of a person that has recovery words. @throws SatchelError `no-recovery` */
export function assertRecoverable({ founding }: Pick<Card, 'founding'>): void {
  if (recoveryKeyOf(founding)) return;
  throw new SatchelError('no-recovery', 'this person was founded without recovery words', {
    hint: 'begin as a new person with "satchel init", and have your friends accept it',
  });
}

/** Passes the seed of the recovery key that the card's founding record names. @throws SatchelError `not-authentic` */
export function assertRecoverySeed({ founding, name }: Pick<Card, 'founding' | 'name'>, seed: Buffer): void {
  if (recoveryKeyOf(founding)?.equals(publicKeyOf(seed))) return;
  throw new SatchelError('not-authentic', `those are recovery words, but not ${name}'s; nothing was changed`, {
    hint: 'take the card and the words of one person',
  });
}

/** The devices that may stay: those known to be current, but for this one. */
export function keepable(
  directory: string,
  card: Card,
  self: Pick<Self, 'person' | 'device' | 'card'> | undefined,
): LabelledDevice[] {
  const { state } = before(readDevices(directory), card, self);
  const all = labelledDevices(state, { device: card.device, label: card.device.slice(0, LABEL_DIGITS) });
  return all.filter(({ device }) => device !== self?.device);
}

/** The devices that are not the person's any more then, on a device that is none of them yet. */
export function goneBy(directory: string, { card, kept }: Pick<TakingBack, 'card' | 'kept'>): DeviceKey[] {
  return gone(before(readDevices(directory), card, undefined).state, kept);
}

/**
 * Makes this device the person's authority, in a repository that has no identity; durable when it returns. Who it is is written
 * last. Only under the repository's lock.
 */
export async function becomeAuthority(directory: string, secrets: Secrets, taking: TakingBack): Promise<Self> {
  const { card, label, now, random } = taking;
  const device = publicKeyOf(secrets.device).toString('hex') as DeviceKey;
  const { devices, state } = before(readDevices(directory), card, undefined);
  const { authority, list } = nextGeneration(secrets, state, { ...taking, device, label });
  const serial = nextCardSerial({ last: 0, seen: 0, now });
  const identity = await cardOfSelf(secrets, { founding: card.founding, name: card.name, serial, binding: authority });
  const known = withFurtherCard(devices, identity, card);
  // what a restored repository noted was about the device that it was made of
  writeDevices(directory, withRecovered(withDeviceList(known, identity, list), identity, undefined));
  const self = { ...identity, epoch: randomEpoch(random), serial: 0, recoveryPrinted: true };
  writeSelf(directory, self);
  return self;
}

/**
 * The same on a device of the person; of devices that do not stay is believed what came up to `commit`. Its list decides, durably,
 * and the card follows: where only the list was written, the card does with the next one that is made.
 */
export async function takeAuthority(
  directory: string,
  { self, secrets }: { readonly self: Self; readonly secrets: Secrets },
  { commit, ...taking }: TakingBack & { readonly commit: number },
): Promise<Self> {
  const { devices, state } = before(readDevices(directory), taking.card, self);
  const { list } = nextGeneration(secrets, state, { ...taking, device: self.device });
  writeDevices(directory, withRecovered(withDeviceList(devices, self, list), self, { commit }));
  return renewCard(directory, secrets, { now: taking.now });
}

/** What is known of the person, with the card that was given. */
function before(
  devices: Devices,
  card: Card,
  self: FirstCard | undefined,
): { readonly devices: Devices; readonly state: DeviceState } {
  const { person, device } = card;
  const first = self ?? { person, device, card: formatCard(card) };
  const known = withFurtherCard(devices, first, card);
  return { devices: known, state: deviceState(first, known.get(person) ?? nothingKnown(first)) };
}

function nextGeneration(
  secrets: Secrets,
  state: DeviceState,
  { card, seed, device, label, kept, now }: TakingBack & { readonly device: DeviceKey },
): { readonly authority: Authority; readonly list: DeviceList } {
  const generation = state.generation + 1;
  if (generation > GENERATION_MAX) throw new SatchelError('over-limit', 'these words were used too often');
  const authority = createAuthority(card.founding, seed, { generation, authority: device });
  const own = { device, label: state.list?.current.find((one) => one.device === device)?.label ?? label };
  const others = labelledDevices(state, own).filter((one) => one.device !== device);
  const current = [own, ...others.filter((one) => kept.includes(one.device))];
  const removed = gone(state, kept).filter((one) => one !== device);
  const version = nextCardSerial({ last: 0, seen: 0, now });
  return {
    authority,
    list: createDeviceList({ founding: card.founding, ...authority, version, current, removed }, secrets.device),
  };
}

function gone({ removed, current }: DeviceState, kept: readonly DeviceKey[]): DeviceKey[] {
  return [...removed, ...current].filter((device) => !kept.includes(device));
}

const LABEL_DIGITS = 10;
