// Every vector of `fixtures/card.json`: founding records, cards, card texts, fingerprints, introductions.
import { describe, expect, test } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import type { LogId, PersonId } from '../../src/format/ids.js';
import { CARD_TEXT_MAX } from '../../src/format/limits.js';
import { decodeIntroduction, encodeIntroduction } from '../../src/format/log/introduction.js';
import { publicKeyOf } from '../../src/format/signature/signature.js';
import { decodeCard, encodeCard, verifyCard } from '../../src/identity/card.js';
import { formatCard, parseCards } from '../../src/identity/card-text.js';
import { fingerprint } from '../../src/identity/fingerprint.js';
import { decodeFounding, encodeFounding, recoveryKeyOf } from '../../src/identity/founding.js';
import { backupRecipient, recoveryWords } from '../../src/identity/recovery.js';
import { createInterpreter, verifyIntroduction } from '../../src/topic/message/interpret.js';
import type { CardVector, FoundingVector } from '../testkit/card-vector.js';
import { ADA } from '../testkit/cast.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type { Outcome } from '../testkit/vector.js';
import type { CardTextVector, FingerprintVector } from '../testkit/vectors-card.js';
import type { IntroductionVector } from '../testkit/vectors-introduction.js';
import type { RecoveryVector } from '../testkit/vectors-recovery.js';

const fixture = openFixture('card.json');
const cards = fixture.list<CardVector>('cards');

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  fixture.each<FoundingVector>('foundings', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeFounding(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const { person, device } = decodeFounding(bytes);
    const recovery = recoveryKeyOf(bytes)?.toString('hex');
    expect({ person, device, recovery }).toEqual({
      person: vector.person,
      device: vector.device,
      recovery: vector.recovery,
    });
  });

  fixture.each<CardVector>('cards', async (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(await acceptanceOf(bytes), vector.comment).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const { person, device, serial, recipient, name } = decodeCard(bytes);
    const found = { person, device, serial, recipient: recipient.toString('hex'), cardName: name };
    expect(vector).toMatchObject(found);
  });

  fixture.each<IntroductionVector>('introductions', (vector) => {
    const payload = place(Buffer.from(vector.payload, 'hex'));
    expectReading(payload, vector);
    const verified = verifyIntroduction(vector.log as LogId, payload);
    expect(decodeIntroduction(payload)?.newer === true, vector.comment).toBe(vector.newer === true);
    expect(verified !== undefined, vector.comment).toBe(vector.genuine);
    const introduced = createInterpreter().introduction(vector.log as LogId, payload);
    expect(introduced?.person, vector.comment).toBe(vector.genuine ? vector.reads?.person : undefined);
  });
});

fixture.each<CardTextVector>('texts', (vector) => {
  const text = Buffer.from(vector.text, 'hex');
  expect(
    outcomeOf(() => parseCards(text)),
    vector.comment,
  ).toBe(vector.code);
  if (vector.code === 'ok') expect(parseCards(text).map(({ person }) => person)).toEqual(vector.persons);
});

test.each(cards.filter(({ code }) => code === 'ok'))('$name survives as text', (vector) => {
  const card = decodeCard(expand(vector.bytes));
  const text = formatCard(card);
  expect(text.length).toBeLessThanOrEqual(CARD_TEXT_MAX);
  expect(parseCards(Buffer.from(text))).toEqual([card]);
});

// a card of version 2 with a founding record of version 1 is read, and nobody writes one
const written = cards.filter(({ code, name }) => code === 'ok' && name !== 'card-2-founding-1');
test.each(written)('$name is written as it was', (vector) => {
  const { founding, serial, recipient, name, bytes } = decodeCard(expand(vector.bytes));
  const recovery = recoveryKeyOf(founding);
  if (recovery) expect(encodeFounding(ADA.device.seed, recovery).equals(founding)).toBe(true);
  expect(encodeCard({ founding, serial, recipient, name }, ADA.device.seed).equals(bytes)).toBe(true);
});

const genuine = fixture
  .list<IntroductionVector>('introductions')
  .filter(({ genuine, name, newer }) => genuine && !newer && name !== 'introduction-unknown-keys');
test.each(genuine)('$name is written as it was', ({ log, payload }) => {
  const bytes = Buffer.from(payload, 'hex');
  const introduction = verifyIntroduction(log as LogId, bytes);
  if (!introduction) throw new Error('not verified');
  const fields = { ...introduction, person: introduction.author.person };
  expect(encodeIntroduction(log as LogId, fields, ADA.device.seed).equals(bytes)).toBe(true);
});

fixture.each<FingerprintVector>('fingerprints', async (vector) => {
  expect(await fingerprint(vector.person as PersonId)).toBe(vector.words);
});

fixture.each<RecoveryVector>('recoveries', async ({ seed, words, key, backup }) => {
  const bytes = Buffer.from(seed, 'hex');
  expect(await recoveryWords(bytes)).toEqual(words.split(' '));
  expect(publicKeyOf(bytes).toString('hex')).toBe(key);
  expect((await backupRecipient(bytes)).toString('hex')).toBe(backup);
});

test.each(['card', 'card-2'])('a %s with any bit flipped is refused', (which) => {
  const whole = expand(cards.find(({ name }) => name === which)?.bytes ?? '');
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => decodeCard(flipped), `bit ${bit}`).toThrow(SatchelError);
  }
});

fixture.expectAllRun();

/** As whoever accepts a card has to ask: is it one, and may its key be accepted? */
async function acceptanceOf(bytes: Buffer): Promise<Outcome> {
  const decoded = outcomeOf(() => decodeCard(bytes));
  if (decoded !== 'ok') return decoded;
  return verifyCard(decodeCard(bytes)) ? 'ok' : 'bad-card';
}

function expectReading(payload: Buffer, { reads, comment }: IntroductionVector): void {
  const introduction = decodeIntroduction(payload);
  expect(introduction !== undefined, comment).toBe(reads !== null);
  if (!introduction || !reads) return;
  const { topic, label, card, after } = introduction;
  const person = outcomeOf(() => decodeCard(card)) === 'ok' ? decodeCard(card).person : '';
  expect({ topic, label, person, ...(after && { after }) }, comment).toEqual(reads);
}
