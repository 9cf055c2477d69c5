// Command lines to be run next.
import { expect, test } from 'vitest';
import { nextCommand, quoteWord } from '../../../../src/cli/command/next.js';

test.each([
  ['Bob', 'Bob'],
  ['søren-2', 'søren-2'],
  ['Bob (lab)', '"Bob (lab)"'],
  ['-rf', '"-rf"'],
  ['a"b$c`d\\', `'a"b$c\`d\\'`],
  ['all of it!', "'all of it!'"],
  ["Ana's $", `'Ana'\\''s $'`],
  ['\x1b[31m', "'\\x1b[31m'"],
])('%o is quoted as %s', (word, quoted) => {
  expect(quoteWord(word)).toBe(quoted);
});

test('the repository is named when it is not the usual one', () => {
  const env = { SATCHEL_DIR: '/srv/post' };
  expect(nextCommand('/srv/post', 'export', env)).toBe('satchel export');
  expect(nextCommand('/srv/other post', 'export', env)).toBe('satchel -C "/srv/other post" export');
});
