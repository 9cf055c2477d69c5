// Cards, and text with cards in it: what people paste, and what lies on sticks.
import { verifyCard } from '../../../src/identity/card.js';
import { parseCards } from '../../../src/identity/card-text.js';
import { bytesOf, wireKey } from '../../testkit/wire.js';
import {
  type CardLies,
  card,
  cardText,
  founding,
  founding2,
  wirePerson,
  wirePerson2,
} from '../../testkit/wire-card.js';
import {
  authorityCard,
  certificate,
  firstAuthority,
  furtherCard,
  LAPTOP,
  PHONE,
  provenAuthority,
} from '../../testkit/wire-device.js';
import { FILE, type HostileCase, type Kind } from '../case.js';
import { exitOf, MALLORY } from '../cast.js';

const MIB = 1_048_576;
const PREFIX = 'satchel1:';
const GOOD = cardText(card(MALLORY));
const MALLORY_2 = wirePerson2('Mallory');
const FIRST = firstAuthority();
const SECOND = provenAuthority(PHONE, 2);
const GOOD_2 = cardText(card(MALLORY_2));

/** One card in a file. */
export const CARD: Kind = {
  name: 'card',
  place: 'case.card',
  judge: judgeCards,
  cases: [
    lying('an unknown version', { version: 9 }),
    lying('an unknown kind', { kind: 7 }),
    lying('the serial 0', { serial: 0 }),
    lying('a name of no bytes', { name: '' }),
    lying('a name of 33 bytes', { name: 'x'.repeat(33) }),
    lying('a name longer than the card', { nameLength: 255 }),
    lying('a name that turns text around', { name: 'a\u202eb' }),
    lying('a name of no UTF-8', { name: bytesOf(9, 0xff) }),
    lying('signed by another device', { signer: wireKey('another') }),
    lying('a signature of small order', { signature: Buffer.concat([Buffer.of(1), bytesOf(63)]) }),
    lying('a founding record of another device', { founding: founding(wireKey('another')) }),
    lying('a founding record that nobody signed', {
      founding: founding(MALLORY.device, { signature: bytesOf(64, 3) }),
    }),
    lying2('version 2 that says 1', { version: 1 }),
    lying2('a further device', { kind: 1 }),
    lying2('version 2 with the serial 0', { serial: 0 }),
    lying2('version 2 with a founding record of no known version', {
      founding: founding2(MALLORY_2.device, MALLORY_2.recovery, { version: 3 }),
    }),
    lying2('version 2 with a founding record that nobody signed', {
      founding: founding2(MALLORY_2.device, MALLORY_2.recovery, { signature: bytesOf(64, 3) }),
    }),
    lying2('a recovery key that is no point', {
      founding: founding2(MALLORY_2.device, MALLORY_2.recovery, { recovery: bytesOf(32, 0xff) }),
    }),
    lying2('a recovery key of small order', {
      founding: founding2(MALLORY_2.device, MALLORY_2.recovery, { recovery: bytesOf(32) }),
    }),
    further('a further device that nobody vouches for', () =>
      furtherCard(FIRST, LAPTOP, { certificate: bytesOf(64, 3) }),
    ),
    further('a further device that vouches for itself', () =>
      furtherCard(FIRST, LAPTOP, { certificate: certificate({ ...FIRST, key: LAPTOP }, LAPTOP) }),
    ),
    further('an authority that no recovery key names', () => authorityCard({ ...SECOND, proof: bytesOf(64, 3) })),
    further('an authority of small order', () => {
      const small = { ...wireKey('small'), id: Buffer.concat([Buffer.of(1), bytesOf(31)]) };
      return furtherCard(provenAuthority(small, 2), LAPTOP);
    }),
    further('generation 65,535 under another authority', () =>
      furtherCard({ ...provenAuthority(PHONE, 65_535), key: LAPTOP }, LAPTOP),
    ),
    file('version 2 cut off in its founding record', () => Buffer.from(GOOD_2.slice(0, 100))),
    file('letters of no card of version 2', () => Buffer.from(`${PREFIX}AgI${'A'.repeat(900)}`)),
    file('cut off in its middle', () => Buffer.from(GOOD.slice(0, 150))),
    file('letters of no card', () => Buffer.from(`${PREFIX}${'A'.repeat(900)}`)),
  ],
};

/** Text with cards in it. */
export const PASTED: Kind = {
  name: 'pasted text',
  place: 'case.txt',
  judge: judgeCards,
  cases: [
    { ...file('1 MiB of cards of distinct people', () => crowd(3_000)), isBig: true },
    { ...file('1 MiB of the same card', () => Buffer.from(`${GOOD} `.repeat(3_000)), 0), isBig: true, isTaken: true },
    file('100,000 times the beginning of a card', () => Buffer.from(PREFIX.repeat(100_000))),
    file('100,000 times the first letters of a card', () => Buffer.from(`${PREFIX}AQE `.repeat(80_000))),
    file('a card in 1 MiB of blanks', () => Buffer.from(`${PREFIX}${' '.repeat(MIB - 400)}${GOOD.slice(9)}`)),
    file('a card quoted 8,000 times', () => Buffer.from(`${PREFIX}\n${'>'.repeat(8_000)}AQE${'> '.repeat(9_000)}`)),
    file('1 MiB of prose', () => Buffer.from('satchel one: '.repeat(80_000))),
    file('1 MiB of invisible characters', () => Buffer.from(`${PREFIX}A${'\u200b'.repeat(300_000)}`)),
    file('1 MiB in UTF-16', () => Buffer.from(`\ufeff${PREFIX}${'A'.repeat(500_000)}`, 'utf16le')),
    file('half a character of UTF-16', () => Buffer.from('fffe73', 'hex')),
    file('a file of more than 1 MiB', () => bytesOf(2 * MIB, 0x41)),
    file('no text at all', () => Buffer.alloc(0)),
    file('1 MiB of zeros', () => bytesOf(MIB - 1)),
    file('1 MiB of bytes that are no UTF-8', () => bytesOf(MIB - 1, 0xff)),
    { ...file('129 cards', () => crowd(129)), isBig: true },
  ],
};

function further(name: string, content: () => Buffer): HostileCase {
  return file(name, () => Buffer.from(`${cardText(content())}\n`));
}

function lying2(name: string, lies: CardLies): HostileCase {
  return file(name, () => Buffer.from(`${cardText(card(MALLORY_2, lies))}\n`));
}

function lying(name: string, lies: CardLies): HostileCase {
  return file(name, () => Buffer.from(`${cardText(card(MALLORY, lies))}\n`));
}

function file(name: string, content: () => Buffer, exit = 2): HostileCase {
  return { name, content, runs: [{ args: ['contact', 'add', FILE], exit }] };
}

function crowd(count: number): Buffer {
  const cards = Array.from({ length: count }, (_, i) => cardText(card(wirePerson(`M${i}`))));
  return Buffer.from(cards.join('\n'));
}

function judgeCards(content: Buffer): number {
  return exitOf(() => {
    // as whoever accepts cards asks
    return parseCards(content).every(verifyCard) ? 0 : 2;
  });
}
