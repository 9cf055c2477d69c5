import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as node from '../../../../src/format/platform.js';
import * as browser from '../../../../src/format/platform-browser.js';
import { SIV_TAG, type SivPlace, sivKeys, sivOpen, sivSeal } from '../../../../src/format/private/siv.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const place: SivPlace = { kind: 1, n: 3, seq: 7 };
const places = fc.record<SivPlace>({
  kind: fc.constantFrom(1, 2, 3, 4, 5),
  n: fc.nat(65_535),
  seq: fc.nat(2 ** 47),
});
const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
const texts = fc.uint8Array({ maxLength: 300 });

describe('the primitives of both platforms', () => {
  for (const [name, platform] of Object.entries({ node, browser })) {
    it(`encrypt as NIST SP 800-38A, F.5.5 says (${name})`, () => {
      const key = hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4');
      const counter = hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
      const plain = hex('6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51');
      const sealed = hex('601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5');
      expect(platform.aesCtr(key, counter, plain)).toEqual(sealed);
      expect(platform.aesCtr(key, counter, sealed)).toEqual(plain);
      expect(counter).toEqual(hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'));
    });

    it(`count on from the last block to the first (${name})`, () => {
      const key = Buffer.alloc(32, 1);
      const two = platform.aesCtr(key, Buffer.alloc(16, 0xff), Buffer.alloc(32));
      expect(two.subarray(16)).toEqual(platform.aesCtr(key, Buffer.alloc(16), Buffer.alloc(16)));
    });

    it(`authenticate as RFC 4231, 4.3 says (${name})`, () => {
      const pieces = [Buffer.from('what do ya want '), Buffer.from('for nothing?')];
      const code = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
      expect(platform.hmacSha256(Buffer.from('Jefe'), pieces).toString('hex')).toBe(code);
    });
  }

  it('do the same', () => {
    fc.assert(
      fc.property(secrets, fc.uint8Array({ minLength: 16, maxLength: 16 }), texts, (key, counter, bytes) => {
        expect(browser.aesCtr(key, counter, bytes)).toEqual(node.aesCtr(key, counter, bytes));
        expect(browser.hmacSha256(key, [counter, bytes])).toEqual(node.hmacSha256(key, [counter, bytes]));
        expect(browser.isSameCode(counter, counter)).toBe(node.isSameCode(counter, counter));
      }),
    );
  });
});

describe('a sealed text', () => {
  it('is opened in its place by its secret', () => {
    fc.assert(
      fc.property(secrets, texts, places, (secret, plain, where) => {
        const keys = sivKeys(secret, Buffer.from('test'));
        const sealed = sivSeal(keys, where, plain);
        expect(sealed.length).toBe(plain.length + SIV_TAG);
        expect(sivOpen(keys, where, sealed)).toEqual(Buffer.from(plain));
      }),
    );
  });

  it('is opened nowhere else, and by nothing else', () => {
    const secret = Buffer.alloc(32, 1);
    const keys = sivKeys(secret, Buffer.from('test'));
    const sealed = sivSeal(keys, place, Buffer.from('hello'));
    expect(sivOpen(keys, place, sealed)?.toString()).toBe('hello');
    for (const other of [{ kind: 2 } as const, { n: 4 }, { seq: 8 }]) {
      expect(sivOpen(keys, { ...place, ...other }, sealed)).toBeUndefined();
    }
    expect(sivOpen(sivKeys(secret, Buffer.from('tess')), place, sealed)).toBeUndefined();
    expect(sivOpen(sivKeys(Buffer.alloc(32, 2), Buffer.from('test')), place, sealed)).toBeUndefined();
  });

  it('is none once a bit of it is another, or bytes are missing', () => {
    const keys = sivKeys(Buffer.alloc(32, 1), Buffer.from('test'));
    const sealed = sivSeal(keys, place, Buffer.from('hello'));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sivOpen(keys, place, flipped)).toBeUndefined();
    }
    for (let size = 0; size < sealed.length; size += 1) {
      expect(sivOpen(keys, place, sealed.subarray(0, size))).toBeUndefined();
    }
  });
});
