// What `react` says of what is no reaction (spec/cli.md, "react").
import { expect, it } from 'vitest';
import { shortId } from '../../../../../src/format/ids.js';
import { runHere } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

it('names the command that was meant, and changes nothing', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const [posted] = await ana.post('garden', 'hello');
  if (!posted) throw new Error('not posted');
  const id = shortId(posted.id);
  const env = { SATCHEL_DIR: ana.directory, SATCHEL_STATE_DIR: ana.stateDirectory };
  const before = ana.repository.lastArrival;
  for (const [text, error, hint] of [
    ['', 'the reaction is empty', `to take yours back, leave it away: satchel react ${id}`],
    ['  ', 'the reaction is empty', `to take yours back, leave it away: satchel react ${id}`],
    [
      'very good',
      '"very good" is no reaction: one sign or word of at most 32 bytes',
      `to answer: satchel post --reply ${id} TEXT`,
    ],
  ] as const) {
    const ended = await runHere(['react', id, text], { env, world: ana.repository.world, people: 'pipe' });
    expect(ended).toEqual({ exit: 2, stdout: '', stderr: `satchel: error: ${error}\nsatchel: hint: ${hint}\n` });
  }
  expect(ana.reopen().repository.lastArrival).toBe(before);
});
