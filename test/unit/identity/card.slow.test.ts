// Cards as bytes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DOMAINS } from '../../../src/format/domains.js';
import { CARD_TEXT_MAX } from '../../../src/format/limits.js';
import { publicKeyOf } from '../../../src/format/signature/signature.js';
import { cardSizeBytes, decodeCard, encodeCard, verifyCard } from '../../../src/identity/card.js';
import { formatCard, parseCards } from '../../../src/identity/card-text.js';
import { encodeFounding, personOf } from '../../../src/identity/founding.js';
import { nameProblem } from '../../../src/identity/names.js';
import { encodePoint, L, multiple, readScalar, seedOf, sha512, writeScalar } from '../../testkit/ed25519-forge.js';
import { bytesOf, flip, join, sha256, wireKey } from '../../testkit/wire.js';
import { card, founding, founding2, wirePerson, wirePerson2 } from '../../testkit/wire-card.js';

const ADA = wirePerson('Ada');
const ADA_2 = wirePerson2('Ada');
const SEED = sha256('satchel fixture key: device of Ada');
const FIELDS = { founding: ADA.founding, serial: 1, recipient: ADA.recipient, name: 'Ada' };

describe('a card', () => {
  test('is the bytes that the spec gives', () => {
    expect(encodeCard(FIELDS, SEED)).toEqual(card(ADA));
    expect(encodeCard({ ...FIELDS, founding: ADA_2.founding }, SEED)).toEqual(card(ADA_2));
  });

  test('comes back as what was put in', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !nameProblem(text));
    const serial = fc.integer({ min: 1, max: 2 ** 32 - 1 });
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(name, serial, bytes32, bytes32, (name, serial, seed, key) => {
        const fields = { founding: encodeFounding(seed, key), serial, recipient: Buffer.from(key), name };
        const bytes = encodeCard(fields, seed);
        const device = publicKeyOf(seed).toString('hex');
        const person = personOf(fields.founding);
        const binding = { generation: 1, authority: device };
        expect(decodeCard(bytes)).toEqual({ ...fields, person, device, kind: 0, binding, bytes });
        expect(parseCards(Buffer.from(formatCard({ bytes })))).toEqual([decodeCard(bytes)]);
      }),
    );
  });

  test.each([
    [1, ADA, { size: 232, letters: 319 }],
    [2, ADA_2, { size: 264, letters: 361 }],
  ])('of version %i fits with the longest name, and says its own size', (_version, person, { size, letters }) => {
    const bytes = card(person, { name: 'x'.repeat(32) });
    expect(bytes).toHaveLength(size);
    expect(formatCard({ bytes })).toHaveLength(letters);
    expect(formatCard({ bytes }).length).toBeLessThanOrEqual(CARD_TEXT_MAX);
    expect(cardSizeBytes(bytes.subarray(0, size - 96))).toBe(size);
    expect(cardSizeBytes(bytes.subarray(0, size - 97))).toBeUndefined();
  });

  test('shares no memory with the bytes it was read from, and is remembered by their content', () => {
    const bytes = card(ADA, { serial: 77 });
    const decoded = decodeCard(bytes);
    expect(decodeCard(Buffer.from(bytes))).toBe(decoded);
    const copy = Buffer.from(bytes);
    bytes.fill(0);
    expect(decoded.bytes).toEqual(copy);
    expect(() => decodeCard(bytes)).toThrow('version 0');
  });
});

describe('refused is a card', () => {
  const bob = wirePerson('Bob');
  test.each([
    ['of nothing', Buffer.alloc(0), 'has version undefined'],
    ['that ends before its name', card(ADA).subarray(0, 135), 'has 135 bytes, expected more'],
    ['one byte short', card(ADA).subarray(0, -1), 'has 202 bytes, expected 203'],
    ['one byte long', join(card(ADA), bytesOf(1)), 'has 204 bytes, expected 203'],
    ['of another version', card(ADA, { version: 3 }), 'has version 3, expected 1 or 2'],
    ['of version 2 that ends before its name', card(ADA_2).subarray(0, 167), 'has 167 bytes, expected more'],
    ['of version 2 for a further device that nothing binds', card(ADA_2, { kind: 1 }), 'expected more'],
    ['of version 2 of an unknown kind', card(ADA_2, { kind: 4 }), 'has the unknown kind 4'],
    [
      'of version 2 with a founding record of another',
      card(ADA_2, { founding: founding2(ADA_2.device, ADA_2.recovery, { version: 3 }) }),
      'a founding record of version 3',
    ],
    [
      'of version 1 with another founding record',
      card(ADA_2, { version: 1 }),
      'a founding record of version 2, expected 1',
    ],
    ['of an unknown kind', card(ADA, { kind: 1 }), 'has the unknown kind 1'],
    ['with serial 0', card(ADA, { serial: 0 }), 'has serial 0'],
    ['without a name', card(ADA, { name: '' }), 'has a name that is empty'],
    ['with a long name', card(ADA, { name: 'x'.repeat(33) }), 'has a name that is longer than 32 bytes: 33'],
    ['with half a character', card(ADA, { name: Buffer.from([0xc3]) }), 'has a name that is not UTF-8'],
    ['with a name that moves the cursor', card(ADA, { name: '\x1b[A' }), 'has a name that has a character in it'],
    [
      'with a founding record of another version',
      card(ADA, { founding: founding(ADA.device, { version: 2 }) }),
      'founding',
    ],
    [
      'with a founding record nobody signed',
      card(ADA, { founding: founding(ADA.device, { signature: bytesOf(64) }) }),
      'founding',
    ],
    ['signed by another device', card(ADA, { signer: bob.device }), 'is not signed by its device'],
    ['of another person', card(ADA, { founding: bob.founding }), 'is not signed by its device'],
    ['signed as something else', card(ADA, { domain: DOMAINS.head }), 'is not signed by its device'],
    ['with a signature of nothing', card(ADA, { signature: bytesOf(64) }), 'is not signed by its device'],
  ])('%s', (_what, bytes, problem) => {
    expect(() => decodeCard(bytes)).toThrow(
      expect.objectContaining({ code: 'bad-card', message: expect.stringContaining(problem) }),
    );
  });

  test.each([[ADA], [ADA_2]])('with any bit flipped', (person) => {
    const bytes = card(person);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = flip(bytes, bit >> 3, 1 << (bit & 7));
      expect(() => decodeCard(damaged), `bit ${bit}`).toThrow(expect.objectContaining({ code: 'bad-card' }));
    }
  });

  test.each([[ADA], [ADA_2]])('cut anywhere', (person) => {
    const bytes = card(person);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeCard(bytes.subarray(0, end))).toThrow(expect.objectContaining({ code: 'bad-card' }));
    }
  });
});

describe('verifyCard', () => {
  test('approves a device key of prime order', async () => {
    expect(verifyCard(decodeCard(card(ADA)))).toBe(true);
    expect(verifyCard(decodeCard(card(ADA_2)))).toBe(true);
  });

  test('refuses one of mixed order, whose signatures verify all the same', async () => {
    const decoded = decodeCard(mixedOrderCard());
    expect(decoded.name).toBe('Mallory');
    expect(verifyCard(decoded)).toBe(false);
  });

  test('refuses a recovery key that is of mixed order, or none', () => {
    const recoveries = [encodePoint(multiple(7n, 4)), bytesOf(32), bytesOf(32, 0xff)];
    for (const recovery of recoveries) {
      const record = founding2(ADA_2.device, ADA_2.recovery, { recovery });
      expect(verifyCard(decodeCard(card(ADA_2, { founding: record })))).toBe(false);
    }
  });
});

test.each([
  ['a name', { name: 'a\nb' }],
  ['a long name', { name: 'x'.repeat(33) }],
  ['a serial', { serial: 0 }],
  ['a large serial', { serial: 2 ** 32 }],
  ['a fraction', { serial: 1.5 }],
  ['a recipient', { recipient: bytesOf(31) }],
  ['a founding record', { founding: bytesOf(96) }],
])('none is made with %s that a card may not have', (_what, wrong) => {
  expect(() => encodeCard({ ...FIELDS, ...wrong }, SEED)).toThrow(RangeError);
});

test('none is lent the key of another person unnoticed', () => {
  const bytes = encodeCard({ ...FIELDS, founding: founding(wireKey('other')) }, SEED);
  expect(() => decodeCard(bytes)).toThrow('is not signed by its device');
});

/** A card whose device key has a point of order 2 in it, signed so that the cofactorless equation holds. */
function mixedOrderCard(): Buffer {
  const secret = readScalar(seedOf('mixed')) % L;
  const key = encodePoint(multiple(secret, 4));
  const statement = join(Buffer.of(1), key);
  const record = join(statement, signMixed(secret, key, join(DOMAINS.founding, statement)));
  const content = card(wirePerson('Mallory'), { founding: record }).subarray(0, -64);
  return join(content, signMixed(secret, key, join(DOMAINS.card, content)));
}

function signMixed(secret: bigint, key: Buffer, message: Buffer): Buffer {
  for (let attempt = 0; ; attempt++) {
    const nonce = readScalar(seedOf(`nonce ${attempt}`)) % L;
    const r = encodePoint(multiple(nonce));
    const h = readScalar(sha512(r, key, message)) % L;
    if (h % 2n === 0n) return join(r, writeScalar((nonce + h * secret) % L));
  }
}
