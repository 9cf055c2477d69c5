// A lost stick may have carried the word that something arrived: then it is sent again, and has to be answered again.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTopics, type Topic, withTopic, writeTopics } from '../../src/topic/topics.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';

describe('receipts that were lost', () => {
  it.each(['auto', 'off'] as const)('are repeated when the messages come again (receipts %s)', async (receipts) => {
    const directory = scratchDirectory();
    const file = (name: string): string => path.join(directory, `${name}.satchel`);
    const alice = await Replica.create('alice', directory);
    const bob = await Replica.create('bob', directory);
    alice.meet(bob);
    bob.meet(alice).join('garden');
    setReceipts(bob, receipts);
    await alice.post('garden', 'hello');
    await alice.export(file('a1'));
    bob.import(file('a1'));
    expect((await bob.export(file('lost'))).file).not.toBe(null);
    expect(await alice.export(file('a2'))).toMatchObject({ messages: 1 });
    expect(bob.import(file('a2'))).toMatchObject({ fresh: 0 });
    expect((await bob.export(file('b2'))).file).not.toBe(null);
    alice.import(file('b2'));
    expect(await alice.export(file('a3'))).toMatchObject({ messages: 0 });
    expect((await bob.export(file('b3'))).file).toBe(null);
  });
});

function setReceipts({ directory }: Replica, receipts: Topic['receipts']): void {
  const topics = readTopics(directory);
  writeTopics(
    directory,
    topics.topics.reduce((all, topic) => withTopic(all, { ...topic, receipts }), topics),
  );
}
