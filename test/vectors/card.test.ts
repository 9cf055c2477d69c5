// Every vector of `fixtures/card.json`: founding records, cards, card texts, fingerprints, introductions.

import { describe, expect, test } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import type { LogId, PersonId } from '../../src/format/ids.js';
import { CARD_TEXT_MAX } from '../../src/format/limits.js';
import { decodeIntroduction, encodeIntroduction } from '../../src/format/log/introduction.js';
import { publicKeyOf } from '../../src/format/signature/signature.js';
import { isAddress } from '../../src/identity/addresses.js';
import { decodeCard, encodeCard, verifyCard } from '../../src/identity/card.js';
import { formatCard, parseCards } from '../../src/identity/card-text.js';
import { currentDevices } from '../../src/identity/current-devices.js';
import { createDeviceList, decodeDeviceList } from '../../src/identity/device-list.js';
import { createRequest, formatRequest, parseRequest } from '../../src/identity/device-request.js';
import { fingerprint } from '../../src/identity/fingerprint.js';
import { decodeFounding, encodeFounding, recoveryKeyOf } from '../../src/identity/founding.js';
import { requestWords, welcomeWords } from '../../src/identity/pairing-words.js';
import { backupRecipient, recoveryWords } from '../../src/identity/recovery.js';
import { decodeWelcome, encodeWelcome } from '../../src/identity/welcome.js';
import { createInterpreter, verifyIntroduction } from '../../src/topic/message/interpret.js';
import type { CardVector, FoundingVector } from '../testkit/card-vector.js';
import { ADA } from '../testkit/cast.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type { Outcome } from '../testkit/vector.js';
import type { AddressVector } from '../testkit/vectors-address.js';
import type { CardTextVector, FingerprintVector } from '../testkit/vectors-card.js';
import type { DeviceStateVector, ListVector } from '../testkit/vectors-device-list.js';
import type { IntroductionVector } from '../testkit/vectors-introduction.js';
import type { PairingVector, RequestVector, WelcomeVector } from '../testkit/vectors-pairing.js';
import type { RecoveryVector } from '../testkit/vectors-recovery.js';
import { LAPTOP, PHONE } from '../testkit/wire-device.js';

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
    const { person, device, serial, recipient, name, kind, binding } = decodeCard(bytes);
    const found = { person, device, serial, recipient: recipient.toString('hex'), cardName: name };
    expect(vector).toMatchObject(found);
    const { generation, authority } = binding;
    const founding = { kind: 0, generation: 1, authority: device };
    expect({ ...founding, ...vector }).toMatchObject({ kind, generation, authority });
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

const founders = cards.filter(({ code, kind }) => code === 'ok' && kind === undefined);
test.each(founders)('$name survives as text', (vector) => {
  const card = decodeCard(expand(vector.bytes));
  const text = formatCard(card);
  expect(text.length).toBeLessThanOrEqual(CARD_TEXT_MAX);
  expect(parseCards(Buffer.from(text))).toEqual([card]);
});

// a card of version 2 with a founding record of version 1 is read, and nobody writes one
const written = founders.filter(({ name }) => name !== 'card-2-founding-1');
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

fixture.each<AddressVector>('addresses', ({ address, isOne }) => {
  expect(isAddress(address)).toBe(isOne);
});

fixture.each<RecoveryVector>('recoveries', async ({ seed, words, key, backup }) => {
  const bytes = Buffer.from(seed, 'hex');
  expect(await recoveryWords(bytes)).toEqual(words.split(' '));
  expect(publicKeyOf(bytes).toString('hex')).toBe(key);
  expect((await backupRecipient(bytes)).toString('hex')).toBe(backup);
});

const further = cards.filter(({ code, kind }) => code === 'ok' && kind !== undefined);
test.each(further)('$name is written as it was', (vector) => {
  const { bytes, device, ...fields } = decodeCard(expand(vector.bytes));
  const seed = [LAPTOP, PHONE, ADA.device].find(({ id }) => id.toString('hex') === device)?.seed;
  expect(encodeCard(fields, seed ?? Buffer.alloc(32)).equals(bytes)).toBe(true);
  expect(formatCard({ bytes }).length).toBeLessThanOrEqual(CARD_TEXT_MAX);
});

fixture.each<ListVector>('lists', ({ map, signature, reads, comment }) => {
  const list = decodeDeviceList(amidOthers(Buffer.from(map, 'hex')), amidOthers(Buffer.from(signature, 'hex')));
  if (!list || !reads) return expect(list === undefined, comment).toBe(reads === null);
  const { person, generation, version, authority, current, removed } = list;
  const labels = current.map(({ device, label }) => [device, label]);
  expect({ person, generation, version, authority, current: labels, removed }, comment).toEqual(reads);
  const key = [ADA.device, PHONE].find(({ id }) => id.toString('hex') === authority);
  const written = createDeviceList({ ...list, current: [...current].reverse() }, key?.seed ?? Buffer.alloc(32));
  // keys that a later version knows are not written again
  expect(written.bytes.equals(list.bytes) || comment.startsWith('keys that are not known'), comment).toBe(true);
});

fixture.each<DeviceStateVector>('devices', ({ known, lists, cards, comment, ...expected }) => {
  const read = lists.map(([map, signature]) => {
    return decodeDeviceList(Buffer.from(map, 'hex'), Buffer.from(signature, 'hex'));
  });
  const good = read.filter((list) => list !== undefined);
  expect(good.length).toBe(lists.length);
  const decoded = cards.map((bytes) => decodeCard(Buffer.from(bytes, 'hex')));
  for (const turned of [false, true]) {
    const order = <T>(items: readonly T[]): readonly T[] => (turned ? [...items].reverse() : items);
    const found = currentDevices({ known, lists: order(good), cards: order(decoded) });
    const { generation, authority = null, list, rivals, current, removed } = found;
    const told = { generation, authority, version: list?.version ?? null, rivals: rivals.length, current, removed };
    expect(expected, comment).toMatchObject(told);
  }
});

fixture.each<RequestVector>('requests', ({ text, code, comment, ...says }) => {
  const bytes = outcomeOf(() => parseRequest(text));
  expect(bytes, comment).toBe(code);
  if (code !== 'ok') return;
  const { device, recipient, label } = parseRequest(text);
  expect(says).toMatchObject({ device, recipient: recipient.toString('hex'), label });
  const written = createRequest(LAPTOP.seed, { recipient, label });
  expect(text).toContain(formatRequest(written));
});

fixture.each<PairingVector>('pairings', async ({ request, list, ...words }) => {
  const asked = Buffer.from(request, 'hex');
  const answer = decodeDeviceList(Buffer.from(list[0], 'hex'), Buffer.from(list[1], 'hex'));
  if (!answer) throw new Error('no list');
  expect(await requestWords(asked)).toBe(words.requestWords);
  expect(await welcomeWords(asked, answer)).toBe(words.welcomeWords);
});

fixture.each<WelcomeVector>('welcomes', (vector) => {
  const { bytes, code, comment, contacts, privateTopics = [], topics = [], current, backup } = vector;
  const sealed = amidOthers(expand(bytes));
  expect(
    outcomeOf(() => decodeWelcome(sealed)),
    comment,
  ).toBe(code);
  if (code !== 'ok') return;
  const welcome = decodeWelcome(sealed);
  expect(welcome.contacts.map((one) => [one.card.person, one.petname, one.flags])).toEqual(contacts);
  const hexOf = (buffer: Buffer) => buffer.toString('hex');
  const secret = welcome.privateTopics.map(({ statement, epochs, statements, logs }) => [
    hexOf(statement),
    epochs.filter(({ data }) => data).map(({ id }) => id),
    epochs.filter(({ data }) => !data).map(({ id }) => id),
    statements.map((one) => hexOf(one.bytes)),
    logs,
  ]);
  expect(secret).toEqual(privateTopics);
  expect(welcome.topics.map((one) => [one.topic, one.label, one.kind])).toEqual(topics);
  expect(welcome.current).toBe(current);
  expect(welcome.backup?.toString('hex')).toBe(backup);
  if (!comment.startsWith('a key that is not known')) expect(encodeWelcome(welcome).equals(expand(bytes))).toBe(true);
});

test.each(['card', 'card-2', 'card-further', 'card-authority', 'card-later'])(
  'a %s with any bit flipped is refused',
  (which) => {
    const whole = expand(cards.find(({ name }) => name === which)?.bytes ?? '');
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeCard(flipped), `bit ${bit}`).toThrow(SatchelError);
    }
  },
);

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
