// Somebody who takes everything along for others (spec/message.md, "Which logs are taken").
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTopics, writeTopics } from '../../../src/topic/topics.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

describe('carry all', () => {
  it('passes on what it takes along, in topics it never joined', async () => {
    const directory = scratchDirectory();
    const file = (name: string): string => path.join(directory, `${name}.satchel`);
    const alice = await Replica.create('alice', directory);
    const bob = await Replica.create('bob', directory);
    const carrier = await Replica.create('carrier', directory);
    alice.meet(carrier);
    bob.meet(carrier).join('garden');
    carrier.meet(alice).meet(bob);
    writeTopics(carrier.directory, { ...readTopics(carrier.directory), carryAll: true });
    await alice.post('garden', 'hello');
    await alice.export(file('up'));
    expect(carrier.import(file('up'))).toMatchObject({ fresh: 2, skipped: 0 });
    expect(await carrier.export(file('down'))).toMatchObject({ messages: 1 });
    bob.import(file('down'));
    expect(bob.texts('garden')).toEqual(['hello']);
  });
});
