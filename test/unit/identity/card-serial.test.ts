// Which card of a device counts, and the serial of its next one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CARD_SERIAL_MAX } from '../../../src/identity/card.js';
import { countsOver, nextCardSerial } from '../../../src/identity/card-serial.js';
import { formatCard } from '../../../src/identity/card-text.js';
import { cardOf } from '../../testkit/cards.js';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

test.each([
  ['the first one, with the clock at the beginning of 2026', { last: 0, seen: 0, now: START }, 1],
  ['minutes since 2026, begun ones left out', { last: 0, seen: 0, now: START + 1_000 * MINUTE_MS - 1 }, 999],
  ['above the last one', { last: 5_000, seen: 0, now: START + MINUTE_MS }, 5_001],
  ['above what was seen elsewhere', { last: 3, seen: 7, now: START }, 8],
  ['a clock before 2026', { last: 0, seen: 0, now: 0 }, 1],
  ['a clock that says nothing', { last: 4, seen: 0, now: Number.NaN }, 5],
  ['a clock far ahead', { last: 0, seen: 0, now: Number.MAX_SAFE_INTEGER }, CARD_SERIAL_MAX],
  ['no more than there are', { last: CARD_SERIAL_MAX, seen: 0, now: START }, CARD_SERIAL_MAX],
])('the next serial: %s', (_what, known, expected) => {
  expect(nextCardSerial(known)).toBe(expected);
});

test('whatever was known, the next card counts over it', () => {
  const serial = fc.integer({ min: 0, max: CARD_SERIAL_MAX - 1 });
  fc.assert(
    fc.property(serial, serial, fc.integer(), (last, seen, now) => {
      const next = nextCardSerial({ last, seen, now });
      expect(next).toBeGreaterThan(Math.max(last, seen));
      expect(next).toBeLessThanOrEqual(CARD_SERIAL_MAX);
    }),
  );
});

test('of two cards exactly one counts over the other, and none over itself', () => {
  const cards = [1, 2].flatMap((serial) => ['Bob', 'Rob', 'Bert'].map((name) => cardOf('Bob', { name, serial })));
  const known = cards.map((card) => ({ serial: card.serial, card: formatCard(card) }));
  for (const [i, card] of cards.entries()) {
    for (const [k, other] of known.entries()) {
      const back = cards[k] && known[i] && countsOver(cards[k], known[i]);
      expect([countsOver(card, other), back].filter(Boolean)).toHaveLength(i === k ? 0 : 1);
      if (card.serial !== other.serial) expect(countsOver(card, other)).toBe(card.serial > other.serial);
    }
  }
});
