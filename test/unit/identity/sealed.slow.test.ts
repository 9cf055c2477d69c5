// Sealed files as the age program makes them, and with changes that somebody made to their headers.
import { randomBytes } from 'node:crypto';
import { bech32 } from '@scure/base';
import { Decrypter } from 'age-encryption';
import { beforeEach, describe, expect, test } from 'vitest';
import { SatchelError } from '../../../src/format/error.js';
import { readSealedHeader } from '../../../src/format/sealed/header.js';
import { openPayload, sealPayload } from '../../../src/format/sealed/payload.js';
import { sourceOf } from '../../../src/format/source.js';
import { createHeader, fileKeyOf } from '../../../src/identity/age.js';
import { X25519Identity } from '../../../src/identity/x25519.js';
import { ageOpened, ageSealed, needAge } from '../../testkit/age-cli.js';
import { chance, effort, SEED } from '../../testkit/effort.js';
import { identityText } from '../../testkit/identity-text.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { sealedBy, wireIdentity } from '../../testkit/wire-age.js';

const ADA = wireIdentity('Ada');
const BOB = wireIdentity('Bob');
const EVE = new X25519Identity(wireIdentity('Eve').scalar);

describe('what the age program sealed', () => {
  beforeEach(needAge);

  test.each([0, 1, 65_535, 65_536, 65_537, 300_000])('opens: %i bytes', async (size) => {
    const content = Buffer.alloc(size, 'What is said.');
    const file = ageSealed(content, [textOf(BOB.recipient), textOf(ADA.recipient)]);
    for (const { scalar } of [ADA, BOB])
      expect(hexOf(await opened(file, [new X25519Identity(scalar)]))).toBe(content.toString('hex'));
    expect(await opened(file, [EVE])).toBe('not-for-us');
    expect(hexOf(await opened(file, [EVE, new X25519Identity(ADA.scalar)]))).toBe(content.toString('hex'));
  });
});

describe('what we seal', () => {
  beforeEach(needAge);

  test.each([0, 1, 65_536, 65_537, 300_000])('the age program opens: %i bytes', async (size) => {
    const content = Buffer.alloc(size, 'What is said.');
    const file = await sealed(content, [BOB.recipient, ADA.recipient]);
    const directory = scratchDirectory();
    for (const { scalar } of [ADA, BOB]) {
      expect(ageOpened(file, identityText({ scalar }), directory)?.equals(content)).toBe(true);
      expect(hexOf(await opened(file, [new X25519Identity(scalar)]))).toBe(content.toString('hex'));
    }
    expect(ageOpened(file, identityText(wireIdentity('Eve')), directory)).toBeUndefined();
  });

  test('is another file each time', async () => {
    const files = [await sealed(Buffer.alloc(9), [ADA.recipient]), await sealed(Buffer.alloc(9), [ADA.recipient])];
    const lines = files.map((file) => new Set(file.toString('latin1').split('\n')));
    expect([...(lines[0] ?? [])].filter((line) => lines[1]?.has(line))).toEqual(['age-encryption.org/v1']);
  });

  test('is not for a key of small order', async () => {
    await expect(sealed(Buffer.alloc(9), [ADA.recipient, Buffer.alloc(32)])).rejects.toMatchObject({
      code: 'bad-card',
    });
  });
});

test(`a header with any change opens nothing that was not sealed (seed ${SEED})`, async () => {
  const random = chance('headers');
  const content = Buffer.from('What is said.');
  const file = sealedBy('mutated', [BOB.recipient, ADA.recipient], content);
  const end = readSealedHeader(sourceOf(file)).bytes.length;
  const keys = [new X25519Identity(ADA.scalar)];
  const found = new Map<string, number>();
  for (let i = 0; i < effort(2_000); i++) {
    const changed = mutated(file, end, random);
    const ours = await opened(changed, keys);
    const what = typeof ours === 'string' ? ours : 'opened';
    found.set(what, (found.get(what) ?? 0) + 1);
    // the library is more lenient about other kinds of recipients, and about nothing else
    if (typeof ours !== 'string') expect(ours).toEqual(await byLibrary(changed));
    else if (ours === 'bad-bundle')
      expect(await byLibrary(changed), changed.toString('latin1', 0, end)).toBeUndefined();
  }
  expect([...found.keys()].sort()).toEqual(
    ['bad-bundle', 'newer-version', 'not-for-us', 'opened'].filter((key) => found.has(key)),
  );
  expect(found.get('bad-bundle')).toBeGreaterThan(100);
});

/** One to three changes: a byte, a piece cut out, a piece said twice, or two lines in the other order. */
function mutated(file: Buffer, end: number, random: () => number): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  let bytes = file;
  for (let left = 1 + below(3); left > 0; left--) {
    const at = below(end);
    const length = 1 + below(60);
    const piece = bytes.subarray(at, at + length);
    const ways = [
      () => Buffer.concat([bytes.subarray(0, at), Buffer.of(below(256)), bytes.subarray(at + 1)]),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
      () => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]),
      () => withLinesSwapped(bytes, end, below),
    ];
    bytes = (ways[below(ways.length)] ?? ways[0])?.() ?? bytes;
  }
  return bytes;
}

function withLinesSwapped(bytes: Buffer, end: number, below: (limit: number) => number): Buffer {
  const lines = bytes.toString('latin1', 0, end).split('\n');
  const from = below(lines.length);
  const to = below(lines.length);
  const swapped = lines.map((line, i) => (i === from ? lines[to] : i === to ? lines[from] : line));
  return Buffer.concat([Buffer.from(swapped.join('\n'), 'latin1'), bytes.subarray(end)]);
}

async function sealed(content: Buffer, recipients: readonly Buffer[]): Promise<Buffer> {
  const { bytes, fileKey } = await createHeader(recipients, randomBytes);
  return Buffer.concat([bytes, ...sealPayload(sourceOf(content), fileKey, randomBytes(16))]);
}

async function opened(file: Buffer, keys: readonly X25519Identity[]): Promise<Buffer | string> {
  try {
    const header = readSealedHeader(sourceOf(file));
    const fileKey = await fileKeyOf(header, keys);
    if (!fileKey) return 'not-for-us';
    const pieces: Buffer[] = [];
    openPayload(sourceOf(file), { headerEnd: header.bytes.length, fileKey }, (piece) => pieces.push(piece));
    return Buffer.concat(pieces);
  } catch (error) {
    if (error instanceof SatchelError) return error.code;
    throw error;
  }
}

async function byLibrary(file: Buffer): Promise<Buffer | undefined> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identityText(ADA));
  try {
    return Buffer.from(await decrypter.decrypt(file));
  } catch {
    return undefined;
  }
}

function textOf(recipient: Buffer): string {
  return bech32.encodeFromBytes('age', recipient);
}

function hexOf(found: Buffer | string): string {
  return typeof found === 'string' ? found : found.toString('hex');
}
