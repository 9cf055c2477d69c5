// The stories about drives once more, with everything that is added to a drive sealed, as new repositories do. What a story
// tells of strangers, of sizes to the byte, or of files that are read without a key, it tells of open drives here too. Not here:
// strangers-on-sticks.test.ts, about bundles that only open drives have (what happens instead: sealed-people.test.ts), and
// failing-drive.long.ts, which seals by itself.
import { beforeAll, describe, expect, it } from 'vitest';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';

const STORIES: Readonly<Record<string, () => Promise<unknown>>> = {
  'attachments-on-drives': () => import('./attachments-on-drives.test.js'),
  drive: () => import('./drive.test.js'),
  elsewhere: () => import('./elsewhere.test.js'),
  'far-drive': () => import('./far-drive.test.js'),
  'lying-drive': () => import('./lying-drive.test.js'),
  'not-counted': () => import('./not-counted.test.js'),
  'one-way': () => import('./one-way.test.js'),
  'opened-on-drives': () => import('./opened-on-drives.test.js'),
  'receipts-in-front': () => import('./receipts-in-front.test.js'),
  'second-look': () => import('./second-look.test.js'),
  'small-stick': () => import('./small-stick.test.js'),
};

beforeAll(() => {
  process.env['DRIVES'] = 'sealed';
});

it('whoever says nothing else seals', async () => {
  expect((await Replica.create('ana', scratchDirectory())).seal).toBe('always');
});

for (const [name, story] of Object.entries(STORIES)) describe(name, async () => void (await story()));
