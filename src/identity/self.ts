// Who this repository is: person, device, card, and the epoch and serial of what it signs (spec/repository.md, "Self").
import { SatchelError } from '../format/error.js';
import type { DeviceKey, PersonId } from '../format/ids.js';
import { layoutOf } from '../repository/layout.js';
import { readState, writeState } from '../repository/state.js';

/** This repository's own identity; nothing in it is secret. */
export interface Self {
  readonly person: PersonId;
  readonly device: DeviceKey;
  readonly name: string;
  /** The current card's text. */
  readonly card: string;
  /** 32 hex digits; what the device stated in an earlier epoch is void. */
  readonly epoch: string;
  /** Of the bundle signed last in this epoch; 0 before the first. */
  readonly serial: number;
  /** The highest serial of another card of this device that others brought, if the present card is not above it. */
  readonly cardSeen?: number | undefined;
  /** The recovery words were written down, and their seed is gone from the secret keys. */
  readonly recoveryPrinted?: boolean | undefined;
  /** Where this device says that its person publishes; absent: nowhere. */
  readonly at?: readonly string[] | undefined;
}

/**
 * The identity of the repository in `dir`.
 * @throws SatchelError `no-identity` when there is none, `damaged` when it is malformed
 */
export function readSelf(dir: string): Self {
  const self = readState(layoutOf(dir), 'self');
  if (self) return self;
  if (readState(layoutOf(dir), 'waiting')) {
    const hint = 'run "satchel device join" with what "satchel device add" wrote';
    throw new SatchelError('no-identity', "this device waits to become one of a person's", { hint });
  }
  const hint = readState(layoutOf(dir), 'former') === undefined ? INIT : AFTER_RESTORE;
  throw new SatchelError('no-identity', 'this repository has no identity', { hint });
}

/** Replaces the identity, durably. */
export function writeSelf(dir: string, self: Self): void {
  const { person, device, name, card, epoch, serial, cardSeen, recoveryPrinted, at } = self;
  const told = at && [...at];
  writeState(layoutOf(dir), 'self', { person, device, name, card, epoch, serial, cardSeen, recoveryPrinted, at: told });
}

/**
 * The serial for the next bundle: one more than any handed out in this epoch. It is spent when this returns, whatever
 * becomes of the bundle, because two different bundles under one serial could not be told apart.
 */
export function nextSerial(dir: string): number {
  const self = readSelf(dir);
  const serial = self.serial + 1;
  writeSelf(dir, { ...self, serial });
  return serial;
}

/** Begins a new epoch, durably, and returns the identity in it: what was stated before is void from its first bundle. */
export function newEpoch(dir: string, random: (size: number) => Buffer): Self {
  const self = { ...readSelf(dir), epoch: randomEpoch(random), serial: 0 };
  writeSelf(dir, self);
  return self;
}

/** A new epoch's id: 32 hex digits. */
export function randomEpoch(random: (size: number) => Buffer): string {
  return random(EPOCH_DIGITS / 2).toString('hex');
}

const EPOCH_DIGITS = 32;
const INIT = 'run "satchel init"';
/** What can be taken back last: who founds a new person stays one. */
const AFTER_RESTORE =
  'it was restored from a backup: run "satchel recovery use" if you have your recovery words, "satchel device request" if you have another device of yours; with neither "satchel init" begins as a new person, for good';
