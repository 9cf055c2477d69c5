import { expect, it } from 'vitest';
import { everydayInvocation } from '../../../../src/cli/command/everyday.js';
import { resolveInvocation } from '../../../../src/cli/command/invocation.js';

it.each([
  [['post', 'hi']],
  [['-C', 'contact', 'post', '-t', 'a', '--', '--help']],
  [['--json', 'status']],
  [['-qC', 'status', 'read', '-n', '5']],
  [['export', '-o', 'x.satchel']],
  [['--lock-timeout', '3', 'import', 'export']],
  [['--version']],
  [['-C', 'x', '--version', '--help']],
])('%j runs what it runs among all commands', async (argv) => {
  expect(await everydayInvocation(argv)).toEqual(resolveInvocation(argv));
});

it.each([
  [[]],
  [['-V']],
  [['post', '--help']],
  [['-h', 'read']],
  [['help', 'post']],
  [['log']],
  [['contact', 'add', 'x']],
  [['pots']],
  [['toString']],
])('%j is left to all commands', async (argv) => {
  expect(await everydayInvocation(argv)).toBeUndefined();
});
