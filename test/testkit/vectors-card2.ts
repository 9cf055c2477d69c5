// Vectors of founding records with a recovery key, and of cards of version 2 (spec/card.md).

import {
  badCard,
  badFounding,
  type CardVector,
  cardOf,
  type FoundingVector,
  foundingOf,
  liedCard,
} from './card-vector.js';
import { ADA, ADA_2, BOB } from './cast.js';
import { furtherCards } from './vectors-further.js';
import { flip, join, u8, WIRE_DOMAINS, wireKey, wireSign } from './wire.js';
import { type CardLies, card, type FoundingLies, founding2 } from './wire-card.js';
import { oddKey, oddSign } from './wire-odd-key.js';

/** Founding records of version 2. */
export function foundings2(): FoundingVector[] {
  const { device, recovery, founding: record } = ADA_2;
  const lied = (name: string, comment: string, lies: FoundingLies): FoundingVector =>
    badFounding(`2-${name}`, comment, founding2(device, recovery, lies));
  return [
    foundingOf('founding-2', 'the recovery key is part of what the person id hashes', record),
    foundingOf('founding-2-mixed-order', 'the record holds by itself; its card is refused', mixedOrderRecord()),
    foundingOf('founding-2-recovery-small', 'nobody verifies by the recovery key yet; its card is refused', small()),
    badFounding('2-cut-off', '128 bytes', record.subarray(0, 128)),
    badFounding('2-one-byte-more', '130 bytes', join(record, '\0')),
    badFounding('2-no-recovery-key', 'the fields of version 1', join(record.subarray(0, 33), record.subarray(65))),
    lied('version-1', 'says version 1, and has the fields of version 2', { version: 1 }),
    lied('version-3', 'signed, but of an unknown version', { version: 3 }),
    lied('other-device', 'names a device that did not sign', { device: wireKey('somebody else').id }),
    lied('old-domain', 'signed as version 1', { domain: WIRE_DOMAINS.founding }),
    lied('by-recovery-key', 'signed by the recovery key', {
      signature: wireSign(recovery, WIRE_DOMAINS.founding2, record.subarray(0, 65)),
    }),
    lied('recovery-not-signed', 'a signature that does not cover the recovery key', {
      signature: wireSign(device, WIRE_DOMAINS.founding2, record.subarray(0, 33)),
    }),
    badFounding('2-other-recovery', 'another recovery key', flip(record, 40)),
    badFounding('2-rotten', 'one bit of the signature', flip(record, -1)),
  ];
}

/** Cards of version 2. */
export function cards2(): CardVector[] {
  return [...good(), ...bad(), ...otherKinds(), ...furtherCards()];
}

function good(): CardVector[] {
  return [
    cardOf('card-2', 'version 2, with a recovery key', {}, ADA_2),
    cardOf('card-2-serial-highest', 'serial 2^32 - 1', { serial: 2 ** 32 - 1 }, ADA_2),
    cardOf('card-2-name-1', 'a name of one byte', { name: 'A' }, ADA_2),
    cardOf('card-2-name-32', '264 bytes, the most that this kind has', { name: 'x'.repeat(32) }, ADA_2),
    cardOf('card-2-founding-1', 'version 2 with a founding record of version 1', { version: 2 }),
  ];
}

function bad(): CardVector[] {
  const whole = card(ADA_2);
  const lied = (name: string, comment: string, lies: CardLies): CardVector =>
    liedCard(`2-${name}`, comment, lies, ADA_2);
  return [
    badCard('2-version-only', 'one byte', whole.subarray(0, 1)),
    badCard('2-cut-off', 'the last byte is missing', whole.subarray(0, -1)),
    badCard('2-cut-in-founding', 'ends within the founding record', whole.subarray(0, 100)),
    badCard('2-cut-in-fields', 'ends behind the recipient', whole.subarray(0, 167)),
    badCard('2-one-byte-more', 'one byte behind the signature', join(whole, '\0')),
    lied('says-1', 'says version 1', { version: 1 }),
    lied('version-3', 'signed, but of an unknown version', { version: 3 }),
    lied('founding-3', 'a founding record of an unknown version', {
      founding: founding2(ADA_2.device, ADA_2.recovery, { version: 3 }),
    }),
    lied('serial-0', 'serials begin at 1', { serial: 0 }),
    lied('name-33', 'one byte too many', { name: 'x'.repeat(33) }),
    lied('name-length-long', 'a name length of one more', { nameLength: 4 }),
    lied('other-founding', "another person's founding record", { founding: BOB.founding }),
    lied('bad-founding', 'a founding record that is not signed', { founding: flip(ADA_2.founding, -1) }),
    lied('by-recovery-key', 'signed by the recovery key', { signer: ADA_2.recovery }),
    lied('foreign-domain', 'signed as a founding record', { domain: WIRE_DOMAINS.founding2 }),
    badCard('2-founding-swapped', 'the founding record of version 1 of the same device', swapped()),
    badCard('2-rotten', 'one bit of the recipient', flip(whole, 140)),
    badCard('2-mixed-order', 'all signatures hold, but the device key is not of prime order', mixedOrderCard()),
    lied('recovery-mixed-order', 'the recovery key is not of prime order', {
      founding: founding2(ADA_2.device, ADA_2.recovery, { recovery: oddKey('odd recovery').id }),
    }),
    lied('recovery-small', 'the recovery key is of small order', { founding: small() }),
    lied('recovery-no-point', 'the recovery key is no point', {
      founding: founding2(ADA_2.device, ADA_2.recovery, { recovery: Buffer.alloc(32, 0xff) }),
    }),
  ];
}

/** Kinds that are none, and those of further devices without what binds these. */
function otherKinds(): CardVector[] {
  return [1, 2, 3, 4, 255].map((kind) =>
    liedCard(`2-kind-${kind}`, 'the fields of kind 0 under another kind', { kind }, ADA_2),
  );
}

function small(): Buffer {
  const neutral = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
  return founding2(ADA_2.device, ADA_2.recovery, { recovery: neutral });
}

function swapped(): Buffer {
  const whole = card(ADA, { version: 2 });
  const tail = card(ADA_2).subarray(130);
  return join(u8(2), whole.subarray(1, 98), tail);
}

function mixedOrderRecord(): Buffer {
  const odd = oddKey('odd founder');
  const statement = join(u8(2), odd.id, ADA_2.recovery.id);
  return join(statement, oddSign(odd, WIRE_DOMAINS.founding2, statement));
}

function mixedOrderCard(): Buffer {
  const content = card(ADA_2, { founding: mixedOrderRecord() }).subarray(0, -64);
  return join(content, oddSign(oddKey('odd founder'), WIRE_DOMAINS.card, content));
}
