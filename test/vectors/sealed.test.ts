// Every vector of `fixtures/sealed.json`, read by us and, as the judge of both, by age's library alone.
import { Decrypter } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { isSealed, readSealedHeader } from '../../src/format/sealed/header.js';
import { openPayload } from '../../src/format/sealed/payload.js';
import { sourceOf } from '../../src/format/source.js';
import { fileKeyOf } from '../../src/identity/age.js';
import { X25519Identity } from '../../src/identity/x25519.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import type { SealedVector } from '../testkit/vectors-sealed.js';

const fixture = openFixture('sealed.json');

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  for (const list of ['sound', 'bad']) {
    fixture.each<SealedVector>(list, async (vector) => {
      const bytes = place(expand(vector.bytes));
      const found = await opened(bytes, vector);
      expect(found.code, vector.comment).toBe(vector.code);
      if (vector.fileKey) expect(found.fileKey?.toString('hex')).toBe(vector.fileKey);
      if (vector.content !== undefined) expect(found.content?.equals(expand(vector.content))).toBe(true);
    });
  }
});

fixture.expectAllRun();

describe('age\u2019s library alone', () => {
  for (const list of ['sound', 'bad']) {
    test.each(fixture.list<SealedVector>(list))('$name', async (vector) => {
      const content = await openedByLibrary(expand(vector.bytes), vector);
      // what is beyond a limit of ours alone is sound to the library
      if (vector.code === 'over-limit') return expect(vector.name).toMatch(/^bad-(129|long)$/);
      if (vector.content !== undefined) return expect(content?.equals(expand(vector.content))).toBe(true);
      expect(vector.code).not.toBe('ok');
      // "other-kind" is one that the library passes over, and we do not
      if (vector.name !== 'bad-other-kind') expect(content).toBeUndefined();
    });
  }
});

interface Opened {
  readonly code: SealedVector['code'];
  readonly fileKey?: Buffer;
  readonly content?: Buffer;
}

async function opened(bytes: Buffer, { identity }: SealedVector): Promise<Opened> {
  const source = sourceOf(bytes);
  expect(isSealed(source)).toBe(true);
  let fileKey: Buffer | undefined;
  try {
    const header = readSealedHeader(source);
    fileKey = await fileKeyOf(header, [new X25519Identity(Buffer.from(identity, 'hex'))]);
    if (!fileKey) return { code: 'not-for-us' };
    const pieces: Buffer[] = [];
    openPayload(source, { headerEnd: header.bytes.length, fileKey }, (piece) => pieces.push(Buffer.from(piece)));
    return { code: 'ok', fileKey, content: Buffer.concat(pieces) };
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    return { code: error.code, ...(fileKey && { fileKey }) };
  }
}

async function openedByLibrary(bytes: Buffer, { identity }: SealedVector): Promise<Buffer | undefined> {
  const { bech32 } = await import('@scure/base');
  const decrypter = new Decrypter();
  decrypter.addIdentity(bech32.encodeFromBytes('age-secret-key-', Buffer.from(identity, 'hex')).toUpperCase());
  try {
    return Buffer.from(await decrypter.decrypt(bytes));
  } catch {
    return undefined;
  }
}
