// Which topics a new device of ours takes part in (spec/devices.md, "Welcome").
import { expect, it } from 'vitest';
import { Keyring } from '../../../src/identity/keyring.js';
import { readTopicKeys } from '../../../src/identity/topic-keys.js';
import { readTopics, type Topics } from '../../../src/topic/topics.js';
import { welcomeTopics, withWelcomedTopics } from '../../../src/topic/welcomed.js';
import { beginWith } from '../../testkit/private-member.js';
import { Replica } from '../../testkit/replica.js';
import { memoryDirectory } from '../../testkit/scratch.js';

it('is in those that were not left, the ones whose keys came before they were joined among them', async () => {
  const ana = await Replica.create('ana', memoryDirectory());
  const left = await beginWith(ana, 'left', []);
  const joined = await beginWith(ana, 'joined', []);
  const unknown = await beginWith(ana, 'unknown', []);
  const { topics, ...rest } = readTopics(ana.directory);
  const known = topics.filter(({ topic }) => topic !== unknown);
  const here: Topics = { ...rest, topics: known.map((one) => ({ ...one, joined: one.topic !== left })) };
  const { topics: keys } = await readTopicKeys(new Keyring(ana.directory, undefined));
  const there = withWelcomedTopics({ current: undefined, topics: [], carryAll: false }, welcomeTopics(here, keys));
  expect(there.topics.map(({ topic }) => topic).sort()).toEqual([joined, unknown].sort());
});
