import { describe, expect, it } from 'vitest';
import { TextLines } from '../../../../src/cli/terminal/text-lines.js';

/** The lines of bytes that come one by one. */
function linesOf(bytes: Uint8Array, encoding?: string) {
  const lines = new TextLines(1_000, encoding);
  const found = [...bytes].flatMap((byte) => lines.push(Buffer.from([byte])));
  return [...found, ...lines.end()].map(({ text, isBroken }) => (isBroken ? 'broken' : text));
}

describe('lines of text', () => {
  const utf16 = Buffer.from('\ufeffgr\u00fcn\r\n\u{1f600}\nend', 'utf16le');

  it.each([
    ['UTF-8', Buffer.from('gr\u00fcn\nend'), undefined, ['gr\u00fcn', 'end']],
    ['marked UTF-8', Buffer.from('\ufeffgr\u00fcn\nend'), undefined, ['gr\u00fcn', 'end']],
    ['marked UTF-16', utf16, undefined, ['gr\u00fcn', '\u{1f600}', 'end']],
    ['marked UTF-16 the other way round', Buffer.from(utf16).swap16(), undefined, ['gr\u00fcn', '\u{1f600}', 'end']],
    ['UTF-16 by its name', utf16.subarray(2), 'utf-16le', ['gr\u00fcn', '\u{1f600}', 'end']],
    [
      'windows-1252',
      Buffer.from('67 72 fc 6e 0a 80'.replaceAll(' ', ''), 'hex'),
      'windows-1252',
      ['gr\u00fcn', '\u20ac'],
    ],
    [
      'another one without its name',
      Buffer.from('a\ngr\xfcn\nb\n\xfc', 'latin1'),
      undefined,
      ['a', 'broken', 'b', 'broken'],
    ],
    ['a mark and nothing', Buffer.from([0xff, 0xfe]), undefined, []],
    ['next to nothing', Buffer.from('a'), undefined, ['a']],
  ])('in %s', (_, bytes, encoding, expected) => {
    expect(linesOf(bytes, encoding)).toEqual(expected);
  });

  it('are none of what is no text, or an encoding nobody knows', () => {
    expect(() => new TextLines(10, undefined).push(Buffer.from('\x89PNG\r\n\x1a\n\0\0'))).toThrow('no text');
    expect(() => new TextLines(10, 'utf-17')).toThrow('no encoding');
  });
});
