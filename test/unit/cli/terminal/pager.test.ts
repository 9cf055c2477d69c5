// Whether a pager took what it was given.
import { describe, expect, it } from 'vitest';
import { pageThrough } from '../../../../src/cli/terminal/pager.js';

const LINE = 'a line of a conversation\n';
const LONG = LINE.repeat(40_000);
const env = (PAGER: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  PAGER,
  ...more,
});

describe.skipIf(process.platform === 'win32')('a pager', () => {
  it.each([
    ['cat > /dev/null', 'taken'],
    ['cat > /dev/null; exit 3', 'left'],
    ['head -c 10 > /dev/null', 'left'],
    ['kill -TERM $$', 'left'],
    ['there-is-no-such-pager 2> /dev/null', 'no-pager'],
    ['', 'no-pager'],
    ['cat', 'no-pager'],
  ] as const)('"%s" leaves it %s', async (command, became) => {
    expect(await pageThrough(LONG, env(command))).toBe(became);
  });

  // what the system holds on the way was not taken, however little that is
  it.skipIf(process.platform === 'darwin').each([1, 30, 3_000])(
    'took no text of %i lines that it left',
    async (lines) => {
      const text = LINE.repeat(lines);
      expect(await pageThrough(text, env('head -c 10 > /dev/null'))).toBe('left');
      expect(await pageThrough(text, env('true'))).toBe('left');
      expect(await pageThrough(text, env(`head -c ${text.length} > /dev/null`))).toBe('taken');
      expect(await pageThrough(text, env('cat > /dev/null # all of it'))).toBe('taken');
    },
  );

  it('is not asked on a terminal that can nothing', async () => {
    expect(await pageThrough(LONG, env('cat > /dev/null', { TERM: 'dumb' }))).toBe('no-pager');
  });
});
