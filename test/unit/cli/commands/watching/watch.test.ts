// What ends a watch before it begins (spec/cli.md, "watch").
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runHere } from '../../../../testkit/command.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

it('does not begin in a repository without an identity, nor where there is none', async () => {
  const directory = scratchDirectory();
  const folder = path.join(directory, 'folder');
  fs.mkdirSync(folder);
  const env = { HOME: directory, SATCHEL_STATE_DIR: path.join(directory, 'state') };
  const run = (...words: string[]) => runHere(words, { env, world: { now: Date.now, random: randomBytes } });
  const watch = async (name: string): Promise<unknown> =>
    JSON.parse((await run('-C', path.join(directory, name), 'watch', '--no-mounts', folder)).stderr);
  expect(await watch('none')).toMatchObject({ code: 'no-repository' });
  await run('-C', path.join(directory, 'new'), 'device', 'request', '--name', 'laptop');
  expect(await watch('new')).toMatchObject({ code: 'no-identity' });
});
