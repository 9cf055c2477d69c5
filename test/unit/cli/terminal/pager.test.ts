// Whether a pager took what it was given.
import { describe, expect, it } from 'vitest';
import { pageThrough } from '../../../../src/cli/terminal/pager.js';

const LONG = 'a line of a conversation\n'.repeat(40_000);
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
  ] as const)('"%s" leaves it %s', (command, became) => {
    expect(pageThrough(LONG, env(command))).toBe(became);
  });

  it('is not asked on a terminal that can nothing', () => {
    expect(pageThrough(LONG, env('cat > /dev/null', { TERM: 'dumb' }))).toBe('no-pager');
  });
});
