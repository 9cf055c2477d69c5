// What a file is called that is no bundle, or no longer one.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../../src/format/bundle/reader.js';
import { SatchelError } from '../../../src/format/error.js';
import { sourceOf } from '../../../src/format/source.js';
import { FULL } from '../../testkit/vectors-bundle.js';
import { bundle } from '../../testkit/wire-bundle.js';

const whole = bundle(FULL);

function refusal(bytes: Buffer): SatchelError {
  try {
    openBundle(sourceOf(bytes));
  } catch (error) {
    if (error instanceof SatchelError) return error;
    throw error;
  }
  throw new Error('it was opened');
}

describe('a file that is no bundle', () => {
  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['a file that begins with zeros', Buffer.alloc(9_000)],
    ['a zip archive', Buffer.from('PK\x03\x04\x14\0')],
    ['a gzip file', gzipSync(whole)],
    ['a bundle in base64', Buffer.from(whole.toString('base64').replace(/.{76}/g, '$&\r\n'))],
    ['a bundle in base64', Buffer.from(`\ufeff\n${whole.toString('base64')}`)],
    ['a mail', Buffer.from('Return-Path: <a@b.example>\r\nReceived: from x\r\n\r\nhello\r\n')],
    ['a mail', Buffer.from('Content-Type: multipart/mixed; boundary=x\n\n--x\n')],
    ['a web page', Buffer.from('\n<!DOCTYPE html>\n<title>Log in</title>')],
    ['a file encrypted with age', Buffer.from('age-encryption.org/v1\n-> X25519 abc\n')],
    [
      'one that was changed on its way, as if it were text',
      Buffer.from(`\ufeff${whole.toString('latin1')}`, 'utf16le'),
    ],
    ['a file encrypted with age', Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\nabc\n')],
  ])('is called %s', (name, bytes) => {
    expect(refusal(bytes)).toMatchObject({ code: 'bad-bundle', message: `not a satchel bundle but ${name}` });
  });

  it('is called nothing when it looks like nothing known', () => {
    expect(refusal(Buffer.from('Dear Ada,\n'))).toMatchObject({ message: 'not a satchel bundle' });
  });
});

describe('a bundle that was changed as text', () => {
  it.each([
    ['with a carriage return before each line feed', whole.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'],
    ['with each byte above 127 as two', whole.toString('latin1'), 'utf8'],
    ['with what is no UTF-8 replaced', whole.toString('utf8'), 'utf8'],
  ] as const)('%s is called that', (_, text, encoding) => {
    const error = refusal(Buffer.from(text, encoding));
    expect(error).toMatchObject({ code: 'bad-tar', message: 'file was changed on its way, as if it were text' });
  });

  it('is told from every bundle of which one byte is another', () => {
    for (let at = 600; at < whole.length; at += 97) {
      for (const value of [0x0a, 0x0d, 0xc3, 0x41]) {
        const bytes = Buffer.from(whole);
        bytes[at] = value;
        if (bytes.equals(whole)) continue;
        try {
          openBundle(sourceOf(bytes));
        } catch (error) {
          expect(String(error)).not.toContain('as if it were text');
        }
      }
    }
  });
});

describe('a bundle with something behind its end', () => {
  it.each([
    ['1024 bytes of zeros', Buffer.alloc(1024)],
    ['1 byte of white space', Buffer.from('\n')],
    ['2 bytes of white space', Buffer.from('\r\n')],
    ['70000 bytes', Buffer.alloc(70_000, 'x')],
  ])('tells of %s, and what takes it', (what, tail) => {
    const error = refusal(Buffer.concat([whole, tail]));
    expect(error).toMatchObject({ code: 'bad-tar', message: `file has ${what} behind its end` });
    expect(error.hint).toContain('satchel import --salvage');
  });
});
