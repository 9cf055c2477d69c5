// The keys that files are sealed to: the newest one known of each device (spec/card.md, "Recipient").
import type { DeviceKey, PersonId } from '../format/ids.js';
import { cardRecipientBytes } from './card.js';
import { cardsByDevice, devicesOf, type WithOwnCard } from './relations.js';
import { storedCardBytes } from './stored-card.js';
import { X25519Identity } from './x25519.js';

/** The newest known key of each of a person's devices, 32 bytes; none of whom nothing was decided about. */
export function recipientsOf(around: WithOwnCard, person: PersonId): Buffer[] {
  return [...keysOfDevices(around, person).values()].map((key) => Buffer.from(key, 'hex'));
}

/** The same in hex, by device: of one that was added here and whose card is still to come what it asked with. */
export function keysOfDevices(around: WithOwnCard, person: PersonId): ReadonlyMap<DeviceKey, string> {
  const cards = [...cardsByDevice(around, person)];
  const devices = devicesOf(around, person);
  const asked = (around.devices?.get(person)?.asked ?? []).filter(({ device }) => devices.includes(device));
  return new Map([
    ...asked.map(({ device, recipient }) => [device, recipient] as const),
    ...cards.map(([device, card]) => [device, cardRecipientBytes(storedCardBytes(card)).toString('hex')] as const),
  ]);
}

/** Whether anything can be sealed to a key: to a point of small order it cannot, and anybody may have that on its card. */
export function canSealTo(recipient: Buffer): boolean {
  anybody ??= new X25519Identity(Buffer.alloc(32, 1));
  return anybody.agree(recipient) !== undefined;
}

/** The keys, each once and in an order by chance: so that the place of a stanza says nothing about whose it is. */
export function shuffledRecipients(keys: readonly Buffer[], random: (size: number) => Buffer): Buffer[] {
  const left = distinct(keys);
  const taken: Buffer[] = [];
  while (left.length > 0) taken.push(...left.splice(random(4).readUInt32BE() % left.length, 1));
  return taken;
}

function distinct(keys: readonly Buffer[]): Buffer[] {
  return [...new Map(keys.map((key) => [key.toString('hex'), key])).values()];
}

/** Whose key it is makes no difference to that. */
let anybody: X25519Identity | undefined;
