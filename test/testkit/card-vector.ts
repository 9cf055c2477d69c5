// What a vector of a founding record or of a card says, and how one is made (spec/card.md).
import { ADA } from './cast.js';
import type { BytesVector } from './vector.js';
import { sha256, u8 } from './wire.js';
import { type CardLies, card, type WirePerson } from './wire-card.js';

/** A founding record, and whom it founds. */
export interface FoundingVector extends BytesVector {
  readonly person?: string;
  readonly device?: string;
  /** The recovery key, of a founding record of version 2. */
  readonly recovery?: string;
}

/** A card, and what it says. */
export interface CardVector extends FoundingVector {
  readonly serial?: number;
  readonly recipient?: string;
  readonly cardName?: string;
  /** Of cards that are not those of a founding device. */
  readonly kind?: number;
  readonly generation?: number;
  readonly authority?: string;
}

/** A founding record that is none. */
export function badFounding(name: string, comment: string, bytes: Buffer): FoundingVector {
  return { name: `founding-${name}`, comment, bytes: bytes.toString('hex'), code: 'bad-card' };
}

/** A founding record that is one. */
export function foundingOf(name: string, comment: string, record: Buffer): FoundingVector {
  const person = sha256(u8(2), record).toString('hex');
  const recovery = record.length > 97 ? { recovery: record.toString('hex', 33, 65) } : {};
  const device = record.toString('hex', 1, 33);
  return { name, comment, bytes: record.toString('hex'), code: 'ok', person, device, ...recovery };
}

/** A card that is one. */
export function cardOf(name: string, comment: string, lies: CardLies, person: WirePerson = ADA): CardVector {
  return {
    name,
    comment,
    bytes: card(person, lies).toString('hex'),
    code: 'ok',
    person: person.id.toString('hex'),
    device: person.device.id.toString('hex'),
    serial: lies.serial ?? 1,
    recipient: person.recipient.toString('hex'),
    cardName: String(lies.name ?? person.name),
  };
}

/** A card that is none. */
export function badCard(name: string, comment: string, bytes: Buffer): CardVector {
  return { name: `card-${name}`, comment, bytes: bytes.toString('hex'), code: 'bad-card' };
}

/** A card that lies. */
export function liedCard(name: string, comment: string, lies: CardLies, person: WirePerson = ADA): CardVector {
  return badCard(name, comment, card(person, lies));
}
