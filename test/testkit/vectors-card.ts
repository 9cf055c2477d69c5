// Vectors of founding records, cards, card texts and fingerprints (spec/card.md).

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
import type { Outcome, Vector } from './vector.js';
import { cards2, foundings2 } from './vectors-card2.js';
import { flip, join, sha256, u8, WIRE_DOMAINS, wireKey, wireSign } from './wire.js';
import { card, cardText, founding, type WirePerson } from './wire-card.js';
import { oddKey, oddSign } from './wire-odd-key.js';

/** Text with cards in it, as hex because it may be in any encoding, and the persons found in order. */
export interface CardTextVector extends Vector {
  readonly text: string;
  readonly code: Outcome;
  readonly persons?: readonly string[];
}

/** A person's fingerprint. */
export interface FingerprintVector extends Vector {
  readonly person: string;
  readonly words: string;
}

/** Founding records. */
export function foundingVectors(): FoundingVector[] {
  return [...foundings1(), ...foundings2()];
}

function foundings1(): FoundingVector[] {
  const { device, founding: record } = ADA;
  const other = wireKey('somebody else');
  const odd = oddKey('odd founder');
  const oddRecord = join(u8(1), odd.id, oddSign(odd, WIRE_DOMAINS.founding, u8(1), odd.id));
  const bad = badFounding;
  return [
    foundingOf('founding', 'the person id is the hash of the record', record),
    foundingOf('founding-mixed-order', 'the record holds by itself; the card of such a key is refused', oddRecord),
    bad('cut-off', '96 bytes', record.subarray(0, 96)),
    bad('one-byte-more', '98 bytes', join(record, '\0')),
    bad('version-3', 'signed, but of an unknown version', founding(device, { version: 3 })),
    bad('version-2-short', 'says version 2, and has the fields of version 1', founding(device, { version: 2 })),
    bad('other-device', 'names a device that did not sign', founding(device, { device: other.id })),
    bad('foreign-domain', 'signed as a card', founding(device, { signature: signedAs(WIRE_DOMAINS.card) })),
    bad('rotten', 'one bit of the signature', flip(record, -1)),
    bad('small-order', 'a device key of small order', join(u8(1), u8(1), Buffer.alloc(31), u8(1), Buffer.alloc(63))),
  ];
}

/** Cards as bytes. */
export function cardVectors(): CardVector[] {
  return [...goodCards(), ...badCards(), ...badNames(), ...cards2()];
}

/** Cards as text. */
export function cardTextVectors(): CardTextVector[] {
  const ada = cardText(card(ADA));
  const bob = cardText(card(BOB));
  const ada2 = cardText(card(ADA_2));
  const wrapped2 = ada2.replace(/:|.{60}/g, '$&\r\n');
  const utf16 = join(Buffer.of(0xff, 0xfe), Buffer.from(ada, 'utf16le'));
  const bigEndian = join(Buffer.of(0xfe, 0xff), Buffer.from(ada, 'utf16le').swap16());
  const spare = ada.slice(0, -1) + letterAfter(ada.slice(-1));
  const found = (name: string, comment: string, text: string | Buffer, persons: readonly WirePerson[] = [ADA]) =>
    textOf(name, comment, text, { code: 'ok', persons: persons.map(({ id }) => id.toString('hex')) });
  const bad = (name: string, comment: string, text: string) => textOf(name, comment, text, { code: 'bad-card' });
  return [
    found('plain', 'one line', ada),
    found('two', 'each once, in order', `${bob}\n${ada}\n${bob}\n`, [BOB, ADA]),
    found('in-a-sentence', 'amid prose, ended by a full stop', `Here is my card: ${ada}. See you!`),
    found('wrapped', 'broken into lines of 60 characters', ada.replace(/.{60}/g, '$&\r\n')),
    found('quoted', 'quoted in a mail', ada.replace(/^/, '> ').replace(/.{60}/g, '$&\n> ')),
    found('utf-16', 'as PowerShell writes it', utf16),
    found('utf-16-big-endian', 'the other way round', bigEndian),
    found('prefix-in-prose', 'the prefix named before the card', `A card begins with satchel1: as here: ${ada}`),
    found('byte-order-mark', 'UTF-8 with a mark', `\ufeff${ada}`),
    found('card-2', 'a card of version 2 has the same prefix', ada2, [ADA_2]),
    found('card-2-wrapped', 'broken behind the prefix and into lines', wrapped2, [ADA_2]),
    found('card-2-among', 'cards of both versions', `${ada}\n${ada2}`, [ADA, ADA_2]),
    bad('none', 'no card at all', 'hello'),
    bad('prefix-only', 'the prefix and nothing else', 'satchel1:'),
    bad('prefix-in-capitals', 'a prefix that is not ours', ada.replace('satchel1', 'SATCHEL1')),
    bad('newer', 'the prefix of a later version', ada.replace('satchel1', 'satchel2')),
    bad('prefix-broken', 'a line break in the prefix', ada.replace('satchel1', 'satch\nel1')),
    bad('cut-off', 'the last character is missing', ada.slice(0, -1)),
    bad(
      'mistyped',
      'one letter is another',
      `${ada.slice(0, 100)}${letterAfter(ada.slice(100, 101))}${ada.slice(101)}`,
    ),
    ...(spare === ada ? [] : [bad('spare-bits', 'the last letter has bits that no card sets', spare)]),
  ];
}

/** Fingerprints, with words from BIP 39's own test vectors. */
export function fingerprintVectors(): FingerprintVector[] {
  const words = (name: string, entropy: string, told: string): FingerprintVector => ({
    name: `fingerprint-${name}`,
    comment: 'twelve words from the first 16 bytes, the rest does not show',
    person: `${entropy}${sha256(name).toString('hex').slice(32)}`,
    words: told,
  });
  const zoo = 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong';
  const about = `${'abandon '.repeat(11)}about`;
  return [
    words('zeros', '00'.repeat(16), about),
    words('ones', 'ff'.repeat(16), zoo),
    words('7f', '7f'.repeat(16), 'legal winner thank year wave sausage worth useful legal winner thank yellow'),
    words('80', '80'.repeat(16), 'letter advice cage absurd amount doctor acoustic avoid letter advice cage above'),
    words(
      'mixed',
      '9e885d952ad362caeb4efe34a8e91bd2',
      'ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic',
    ),
  ];
}

function goodCards(): CardVector[] {
  return [
    cardOf('card', 'serial 1', {}),
    cardOf('card-serial-highest', 'serial 2^32 - 1', { serial: 2 ** 32 - 1 }),
    cardOf('card-name-1', 'a name of one byte', { name: 'A' }),
    cardOf('card-name-32', 'a name of 32 bytes', { name: 'x'.repeat(32) }),
    cardOf('card-name-utf8', '32 bytes in 16 characters', { name: 'é'.repeat(16) }),
    cardOf('card-name-decomposed', 'not in normal form C: which form is normal depends on the version of Unicode', {
      name: 'e\u0301',
    }),
    cardOf('card-name-unassigned', 'a character that Unicode has not assigned', { name: 'A\u0378' }),
    cardOf('card-name-space', 'a space inside', { name: 'Ada Lovelace' }),
  ];
}

function badCards(): CardVector[] {
  const other = wireKey('somebody else');
  const whole = card(ADA);
  return [
    badCard('empty', 'no bytes', Buffer.alloc(0)),
    badCard('cut-off', 'the last byte is missing', whole.subarray(0, -1)),
    badCard('cut-in-fields', 'ends behind the recipient', whole.subarray(0, 135)),
    badCard('one-byte-more', 'one byte behind the signature', join(whole, '\0')),
    liedCard('version-3', 'signed, but of an unknown version', { version: 3 }),
    liedCard('1-founding-2', 'a card of version 1 with a founding record of version 2', {
      founding: ADA_2.founding,
    }),
    liedCard('kind-1', 'a kind that is reserved', { kind: 1 }),
    liedCard('serial-0', 'serials begin at 1', { serial: 0 }),
    liedCard('other-founding', "another person's founding record", { founding: BOB.founding }),
    liedCard('bad-founding', 'a founding record that is not signed', { founding: flip(ADA.founding, -1) }),
    liedCard('other-signer', 'signed by another device', { signer: other }),
    liedCard('foreign-domain', 'signed as a founding record', { domain: WIRE_DOMAINS.founding }),
    liedCard('no-domain', 'signed without the domain string', { domain: '' }),
    badCard('rotten', 'one bit of the recipient', flip(whole, 110)),
    badCard('serial-raised', 'the serial raised without the key', flip(whole, 102, 0x02)),
    badCard('mixed-order', 'all signatures hold, but the device key is not of prime order', mixedOrderCard()),
  ];
}

function badNames(): CardVector[] {
  return [
    liedCard('name-empty', 'no name', { name: '' }),
    liedCard('name-33', 'one byte too many', { name: 'x'.repeat(33) }),
    liedCard('name-not-utf8', 'bytes that are no text', { name: Buffer.of(0xc3, 0x28) }),
    liedCard('name-overlong', 'a slash in two bytes', { name: Buffer.of(0xc0, 0xaf) }),
    liedCard('name-surrogate', 'half of a pair, encoded', { name: Buffer.of(0xed, 0xa0, 0x80) }),
    liedCard('name-newline', 'a control character', { name: 'Ada\nBob' }),
    liedCard('name-escape', 'a terminal sequence', { name: '\u001b[31mAda' }),
    liedCard('name-bidi', 'an override of direction', { name: '\u202eadA' }),
    liedCard('name-invisible', 'a space of no width', { name: 'A\u200bda' }),
    liedCard('name-spaces-around', 'a space at the end', { name: 'Ada ' }),
    liedCard('name-no-break-space', 'another space at the end', { name: 'Ada\u00a0' }),
    liedCard('name-format', 'a character that shows nothing, of Unicode 15', { name: 'A\u{13439}' }),
    liedCard('name-tag', 'a code point that is to be ignored, whatever it will be', { name: 'A\u{e0fff}' }),
    liedCard('name-length-short', 'a name length of one less', { nameLength: 2 }),
    liedCard('name-length-long', 'a name length of one more', { nameLength: 4 }),
  ];
}

/** A card that is consistent in itself, of a device key of mixed order. */
function mixedOrderCard(): Buffer {
  const odd = oddKey('odd device');
  const record = join(u8(1), odd.id, oddSign(odd, WIRE_DOMAINS.founding, u8(1), odd.id));
  const whole = card(ADA, { founding: record });
  const content = whole.subarray(0, -64);
  return join(content, oddSign(odd, WIRE_DOMAINS.card, content));
}

function signedAs(domain: string): Buffer {
  return wireSign(ADA.device, domain, u8(1), ADA.device.id);
}

function textOf(
  name: string,
  comment: string,
  text: string | Buffer,
  rest: Pick<CardTextVector, 'code' | 'persons'>,
): CardTextVector {
  return { name: `text-${name}`, comment, text: Buffer.from(text as string).toString('hex'), ...rest };
}

function letterAfter(letter: string): string {
  return ALPHABET[(ALPHABET.indexOf(letter) + 1) % 64] ?? '';
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
