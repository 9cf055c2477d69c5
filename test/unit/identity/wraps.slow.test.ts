// Wraps: for whom they are, and what of them is ignored.
import { describe, expect, test } from 'vitest';
import { SatchelError } from '../../../src/format/error.js';
import type { TopicId } from '../../../src/format/ids.js';
import { epochOf } from '../../../src/format/private/epoch.js';
import { encodeWrap } from '../../../src/format/private/wrap.js';
import { readSealedHeader } from '../../../src/format/sealed/header.js';
import { sourceOf } from '../../../src/format/source.js';
import type { FileKeys } from '../../../src/identity/file-keys.js';
import { sealBytes } from '../../../src/identity/sealed-bytes.js';
import { openWrap, sealWraps } from '../../../src/identity/wraps.js';
import { X25519Identity } from '../../../src/identity/x25519.js';
import { ageOpened, needAge } from '../../testkit/age-cli.js';
import { identityText, keysOf } from '../../testkit/identity-text.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { sha256 } from '../../testkit/wire.js';
import { sealedBy, wireIdentity } from '../../testkit/wire-age.js';

const TOPIC = sha256('topic').toString('hex') as TopicId;
const OTHER = sha256('another').toString('hex') as TopicId;
const EPOCH = epochOf(sha256('C'), sha256('D'));
const { id, control, dataHash } = epochOf(sha256('C 2'), sha256('D 2'));
const CONTENT = { topic: TOPIC, epochs: [EPOCH, { id, control, dataHash }] };
const ADA = wireIdentity('Ada');
let drawn = 0;
const random = (size: number): Buffer => {
  drawn += 1;
  return sha256(`wraps ${drawn}`).subarray(0, size);
};

test('each recipient gets all of it, and nobody else anything', async () => {
  const [wrap = Buffer.alloc(0), ...others] = await sealWraps(
    CONTENT,
    ['Ada', 'Bob'].map((name) => wireIdentity(name).recipient),
    random,
  );
  expect(others).toEqual([]);
  for (const name of ['Ada', 'Bob']) expect(await openWrap(wrap, TOPIC, keysOf(name))).toEqual(CONTENT.epochs);
  expect(await openWrap(wrap, TOPIC, keysOf('Eve'))).toBeUndefined();
  expect(await openWrap(wrap, OTHER, keysOf('Ada'))).toBeUndefined();
});

test('300 recipients take three wraps, each of them is in one, and each once', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `member ${i}`);
  const recipients = names.map((name) => wireIdentity(name).recipient);
  const wraps = await sealWraps(CONTENT, [...recipients, ADA.recipient, ADA.recipient, Buffer.alloc(32)], random);
  const counts = wraps.map((wrap) => readSealedHeader(sourceOf(wrap)).recipients);
  expect(counts).toEqual([128, 128, 45]);
  for (const name of ['Ada', 'member 0', 'member 131', 'member 299']) {
    const opened = await Promise.all(wraps.map((wrap) => openWrap(wrap, TOPIC, keysOf(name))));
    expect(opened.filter((keys) => keys !== undefined)).toEqual([CONTENT.epochs]);
  }
});

test('without recipients there is none', async () => {
  expect(await sealWraps(CONTENT, [], random)).toEqual([]);
  expect(await sealWraps(CONTENT, [Buffer.alloc(32)], random)).toEqual([]);
});

test('the order of stanzas is by chance', async () => {
  const recipients = Array.from({ length: 8 }, (_, i) => wireIdentity(`member ${i}`).recipient);
  const identity = new X25519Identity(wireIdentity('member 0').scalar);
  const places = new Set<number>();
  for (let round = 0; round < 20; round++) {
    const [wrap = Buffer.alloc(0)] = await sealWraps(CONTENT, recipients, random);
    const lines = readSealedHeader(sourceOf(wrap)).bytes.toString('latin1').split('\n');
    const stanzas = recipients.map((_, i) => ({
      args: (lines[1 + 2 * i] ?? '').split(' ').slice(1),
      body: Buffer.from(lines[2 + 2 * i] ?? '', 'base64'),
    }));
    places.add(stanzas.findIndex((stanza) => identity.unwrapFileKey([stanza]) !== null));
  }
  expect([...places]).not.toContain(-1);
  expect(places.size).toBeGreaterThan(3);
});

test('the lengths of wraps are few', async () => {
  const lengths = new Set<number>();
  for (let count = 0; count < 10; count++) {
    const epochs = Array.from({ length: count }, (_, i) => epochOf(sha256(`${i}`), sha256(`${-i}`)));
    lengths.add((encodeWrap({ topic: TOPIC, epochs }).length - 1) % 256);
  }
  expect([...lengths]).toEqual([255]);
});

describe('ignored is', () => {
  const plain = encodeWrap(CONTENT);
  test.each([
    ['what is no age file', Buffer.from('hello')],
    ['one under a passphrase', Buffer.from('age-encryption.org/v1\n-> scrypt aaaa 18\n')],
    [
      'one of another kind',
      sealedBy('x', [ADA.recipient], plain, { header: (text) => text.replace('X25519', 'mlkem') }),
    ],
    [
      'one with a changed header',
      sealedBy('x', [ADA.recipient], plain, {
        forged: (text) => text.replace('--- A', '--- B').replace(/--- [^B]/, '--- B'),
      }),
    ],
    ['one that is cut off', sealedBy('x', [ADA.recipient], plain).subarray(0, -1)],
    [
      'one to 129 keys',
      sealedBy(
        'x',
        Array.from({ length: 129 }, () => ADA.recipient),
        plain,
      ),
    ],
    ['one with another content', sealedBy('x', [ADA.recipient], plain.subarray(0, -1))],
  ])('%s', async (_what, file) => {
    expect(await openWrap(file, TOPIC, keysOf('Ada'))).toBeUndefined();
  });

  test('nothing where the keys are locked: that is an error', async () => {
    const file = await sealBytes(plain, [ADA.recipient], random);
    const locked: FileKeys = () => Promise.reject(new SatchelError('locked', 'the keys are under a passphrase'));
    await expect(openWrap(file, TOPIC, locked)).rejects.toMatchObject({ code: 'locked' });
  });
});

test('the age program opens one', async (context) => {
  needAge(context);
  const [wrap = Buffer.alloc(0)] = await sealWraps(CONTENT, [ADA.recipient], random);
  const identity = identityText(ADA);
  expect(ageOpened(wrap, identity, scratchDirectory())?.equals(encodeWrap(CONTENT))).toBe(true);
});
