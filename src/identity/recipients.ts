// The keys that files are sealed to: the newest one known of each device (spec/card.md, "Recipient").
import type { DeviceKey, PersonId } from '../format/ids.js';
import { cardRecipientBytes } from './card.js';
import { cardsByDevice, type WithOwnCard } from './relations.js';
import { storedCardBytes } from './stored-card.js';
import { X25519Identity } from './x25519.js';

/** The newest known key of each of a person's devices, 32 bytes; none of whom nothing was decided about. */
export function recipientsOf(around: WithOwnCard, person: PersonId): Buffer[] {
  return [...cardsByDevice(around, person).values()].map((card) => cardRecipientBytes(storedCardBytes(card)));
}

/** The same in hex, by device. */
export function keysOfDevices(around: WithOwnCard, person: PersonId): ReadonlyMap<DeviceKey, string> {
  const cards = [...cardsByDevice(around, person)];
  return new Map(cards.map(([device, card]) => [device, cardRecipientBytes(storedCardBytes(card)).toString('hex')]));
}

/** Whether anything can be sealed to a key: to a point of small order it cannot, and anybody may have that on its card. */
export function canSealTo(recipient: Buffer): boolean {
  return ANYBODY.agree(recipient) !== undefined;
}

/** Whose key it is makes no difference to that. */
const ANYBODY = new X25519Identity(Buffer.alloc(32, 1));
