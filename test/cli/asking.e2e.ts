// What `import` asks on a terminal, and that it goes on with the answers; no is an answer, too.
import { expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { inTerminal } from '../testkit/terminal.js';
import { environment, PROGRAM, run } from './program.js';

it('import asks about a new person and its topic, and takes what that lets in', () => {
  const cwd = scratchDirectory();
  const ana = (...words: string[]) => run(['-C', 'ana', ...words], { cwd });
  const ben = (answers: readonly (readonly [string, string])[], ...words: string[]) =>
    inTerminal([process.execPath, PROGRAM, '-C', 'ben', ...words], {
      cwd,
      env: environment(cwd),
      answers,
      columns: 40,
    });
  for (const name of ['ana', 'ben']) run(['-C', name, 'init', '-q', '--name', name], { cwd });
  ana('post', '-q', '-t', 'garden', 'Hello Ben');
  ana('export', '-q', '--open', '-o', 'hello.satchel');
  const refused = ben([['[y/N]', 'n']], 'import', 'hello.satchel');
  expect([refused.status, refused.screen]).toEqual([3, expect.stringContaining('is new here')]);
  const quiet = ben([], 'import', '-q', 'hello.satchel');
  expect([quiet.status, quiet.screen]).toEqual([3, '']);
  const taken = ben(
    [
      ['read? [y/N]', 'y'],
      ['answer? [y/N]', 'yes'],
    ],
    'import',
    'hello.satchel',
  );
  expect(taken.status).toBe(0);
  expect(taken.screen).toMatch(/is a contact now\n[\s\S]*joined "garden"\n[\s\S]*\| Hello Ben/);
});
