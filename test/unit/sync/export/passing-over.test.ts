// What is the matter with one topic, and what with all (spec/private.md, "Sharing").
import path from 'node:path';
import { expect, it } from 'vitest';
import { type ErrorCode, EXIT_OF_CODE, SatchelError } from '../../../../src/format/error.js';
import type { TopicId } from '../../../../src/format/ids.js';
import { acknowledge, dueAcks } from '../../../../src/sync/export/acknowledge.js';
import { orPassOver } from '../../../../src/sync/export/passing-over.js';
import type { Author } from '../../../../src/topic/writing/own-log.js';
import { Replica } from '../../../testkit/replica.js';
import { makeFriends } from '../../../testkit/replicas.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

it('passes a topic over for what is wrong with it, and with nothing else', async () => {
  const { repository } = await Replica.create('ana', memoryDirectory());
  const topic = 'a'.repeat(64) as TopicId;
  const heard: string[] = [];
  const author = { onPassedOver: (_: TopicId, { code }: SatchelError) => heard.push(code) };
  const thrown: unknown[] = [];
  const errors = [...Object.keys(EXIT_OF_CODE).map((code) => new SatchelError(code as ErrorCode, 'x')), new Error('y')];
  for (const error of errors) {
    await orPassOver(repository, author, topic, () => Promise.reject(error)).catch((one) => thrown.push(one));
  }
  const ofTopic = ['bad-card', 'newer-version', 'not-allowed', 'over-limit', 'too-large', 'waiting-for-key'];
  expect([...heard].sort()).toEqual(ofTopic);
  expect(thrown).toEqual(errors.filter((one) => !(one instanceof SatchelError) || !ofTopic.includes(one.code)));
});

it('receipts that cannot be written in one topic are written in the others, and there later', async () => {
  const directory = memoryDirectory();
  const [ana, ben] = (await makeFriends(directory, ['ana', 'ben'], 'garden')) as [Replica, Replica];
  ben.join('shed');
  for (const label of ['garden', 'shed']) await ana.post(label, 'hello');
  const file = path.join(directory, 'a.satchel');
  await ana.export(file);
  ben.import(file);
  const due = (): readonly TopicId[] => dueAcks(ben.session).map(({ topic }) => topic);
  const heard: unknown[] = [];
  const acknowledged = async (failures: number): Promise<void> => {
    const author = await ben.author();
    let left = failures;
    // a log that receipts would go into cannot be begun
    const save: Author['save'] = (change) => {
      if (left-- > 0) throw new SatchelError('over-limit', 'no more');
      return author.save(change);
    };
    const onPassedOver = (topic: TopicId): unknown => heard.push(topic);
    await ben.repository.lockedAsync(() => acknowledge(ben.session, { ...author, save, onPassedOver }));
  };
  const both = due();
  expect(both).toHaveLength(2);
  await acknowledged(1);
  expect(heard).toEqual(both.slice(0, 1));
  expect(due()).toEqual(heard);
  await acknowledged(0);
  expect(due()).toEqual([]);
});
