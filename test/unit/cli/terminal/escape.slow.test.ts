import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeBlock, escapeLine, jsonText } from '../../../../src/cli/terminal/escape.js';

// Written anew, from the Unicode names, so that a hole in the class under test shows.
const FORBIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x600, 0x605],
  [0x61c, 0x61c],
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xe000, 0xf8ff],
  [0xfe00, 0xfe0f],
  [0xfdd0, 0xfdef],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xfffe, 0xffff],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
  [0xf0000, 0x10ffff],
];

const forbidden = (code: number): boolean => FORBIDDEN.some(([from, to]) => code >= from && code <= to);
const codes = (text: string): number[] => [...text].map((character) => character.codePointAt(0) ?? 0);

const nasty = fc.integer({ min: 0, max: FORBIDDEN.length - 1 }).chain((at) => {
  const [min, max] = FORBIDDEN[at] ?? [0, 0];
  return fc.integer({ min, max }).map((code) => String.fromCodePoint(code));
});
const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const pieces = fc.oneof(
  nasty,
  unit,
  fc.string({ unit: 'binary' }),
  fc.constantFrom('👩', '❤', '🏽', 'ن', 'क', '्', '\n', '\t'),
);
const text = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));

describe('escapeLine', () => {
  it('never lets a forbidden code point through', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(codes(escapeLine(value)).filter(forbidden)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('escapes every single forbidden code point', () => {
    for (const [from, to] of FORBIDDEN) {
      for (let code = from; code <= Math.min(to, from + 0x2000); code++) {
        expect(escapeLine(`a${String.fromCodePoint(code)}b`), code.toString(16)).toMatch(/^a\\[xu].*b$/);
      }
    }
  });

  it.each([
    ['\x1b[31mred\x07', '\\x1b[31mred\\x07'],
    ['a\r\nb\tc\bd\x7f\x9b', 'a\\x0d\\x0ab\\x09c\\x08d\\x7f\\x9b'],
    ['user\u202egnp.exe', 'user\\u202egnp.exe'],
    ['\ud83d', '\\ud83d'],
    ['\u{e0041}', '\\u{e0041}'],
    ['Jürgen 李 😀', 'Jürgen 李 😀'],
    ['👩\u200d🚀', '👩\\u200d🚀'],
  ])('%j becomes %j', (value, expected) => {
    expect(escapeLine(value)).toBe(expected);
  });
});

describe('jsonText', () => {
  it('lets no forbidden code point through, and means the same', () => {
    fc.assert(
      fc.property(text, text, (key, value) => {
        const json = jsonText({ [`k${key}`]: [value] });
        expect(codes(json).filter(forbidden)).toEqual([]);
        expect(JSON.parse(json)).toEqual({ [`k${key}`]: [value] });
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes what it escapes as programs read it', () => {
    expect(jsonText('\x9b31mred\u202e \u{e0041} \\ "')).toBe('"\\u009b31mred\\u202e \\udb40\\udc41 \\\\ \\""');
  });
});

describe('escapeBlock', () => {
  it('never lets a forbidden code point through, but joiners and the emoji selector', () => {
    fc.assert(
      fc.property(text, (value) => {
        const found = codes(escapeBlock(value).join('')).filter(forbidden);
        expect(found.filter((code) => ![0x200c, 0x200d, 0xfe0f].includes(code))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a\nb\r\nc', ['a', 'b', 'c']],
    ['a\rb', ['a\\x0db']],
    ['a\tb', ['a    b']],
    ['👩\u200d🚀 ❤\ufe0f', ['👩\u200d🚀 ❤\ufe0f']],
    ['می\u200cخواهم', ['می\u200cخواهم']],
    ['a\u200db\u200c \u200d', ['a\\u200db\\u200c \\u200d']],
    ['a\ufe0f', ['a\\ufe0f']],
    ['👩\u200d\u200d🚀', ['👩\\u200d\\u200d🚀']],
  ])('%j becomes %j', (value, expected) => {
    expect(escapeBlock(value)).toEqual(expected);
  });
});
