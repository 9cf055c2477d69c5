// What a name may hold.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardNameProblem, nameKey, nameProblem, PETNAME_MAX, parseName } from '../../../src/identity/names.js';

const FAMILY = '\u{1f469}\u200d\u{1f4bb}';

describe('a name is', () => {
  test.each(['a', 'Zoë', 'Nguyễn Văn', '小林', 'עִבְרִית', 'x'.repeat(32), '€'.repeat(10), '🦊', 'a  b', '007', '(2)'])(
    '%s',
    (name) => {
      expect(nameProblem(name.normalize('NFC'))).toBeUndefined();
    },
  );
});

describe('no name is', () => {
  test.each([
    ['nothing', '', 'is empty'],
    ['33 bytes', 'x'.repeat(33), 'is longer than 32 bytes: 33'],
    ['11 euro signs', '€'.repeat(11), 'is longer than 32 bytes: 33'],
    ['a space in front', ' a', 'begins or ends with a space'],
    ['a space behind', 'a ', 'begins or ends with a space'],
    ['a no-break space behind', 'a\u00a0', 'begins or ends with a space'],
    ['an ideographic space in front', '\u3000a', 'begins or ends with a space'],
    ['decomposed', 'Zoe\u0308', 'is not in Unicode normal form C'],
    ['an Ångström sign', '\u212b', 'is not in Unicode normal form C'],
    ...[
      ['NUL', 'a\0b'],
      ['escape', 'a\x1b[31mb'],
      ['a line feed', 'a\nb'],
      ['delete', 'a\x7f'],
      ['a C1 control', 'a\u009bb'],
      ['a right-to-left override', 'a\u202eb'],
      ['an isolate', '\u2066a'],
      ['a zero-width space', 'a\u200bb'],
      ['a joiner', FAMILY],
      ['a byte order mark', '\ufeffa'],
      ['a soft hyphen', 'a\u00adb'],
      ['a tag', 'a\u{e0041}'],
      ['a line separator', 'a\u2028b'],
      ['a paragraph separator', 'a\u2029b'],
      ['a variation selector', 'a\ufe0f'],
      ['a Hangul filler', '\u3164'],
      ['half a pair', 'a\ud800'],
    ].map(([what, name]) => [what, name, 'has a character in it that does not show']),
  ])('%s', (_what, name, problem) => {
    expect(nameProblem(name as string)).toBe(problem);
  });
});

test('a card keeps its name whatever version of Unicode reads it', () => {
  expect(['Zoe\u0308', '\u212b', 'a\u0378'].map((name) => cardNameProblem(name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 8 }), (name) => {
      if (nameProblem(name) === undefined) expect(cardNameProblem(name)).toBeUndefined();
    }),
  );
});

test('what was typed is trimmed and composed', () => {
  expect(parseName('  Zoe\u0308 ')).toBe('Zo\u00eb');
});

test('what cannot be made a name is a usage error', () => {
  expect(() => parseName('   ')).toThrow(expect.objectContaining({ code: 'usage', message: 'the name is empty' }));
  expect(() => parseName('x'.repeat(33))).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(parseName('x'.repeat(64), { maxBytes: PETNAME_MAX })).toHaveLength(64);
});

test('whatever parseName returns is a name, and is returned again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
      let name: string;
      try {
        name = parseName(text);
      } catch {
        return;
      }
      expect(nameProblem(name)).toBeUndefined();
      expect(parseName(name)).toBe(name);
    }),
    { numRuns: 2_000 },
  );
});

test('names that differ in case only have one key', () => {
  expect(nameKey('ÉMILE')).toBe(nameKey('E\u0301mile'));
  expect(nameKey('bob')).not.toBe(nameKey('b0b'));
});
