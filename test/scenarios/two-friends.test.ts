import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';

describe('two friends', () => {
  it('converse by carrying files, and come to rest', async () => {
    const directory = scratchDirectory();
    const alice = await Replica.create('alice', directory);
    const bob = await Replica.create('bob', directory, Date.UTC(2026, 0, 2));
    alice.meet(bob);
    bob.meet(alice).join('garden');
    const file = (name: string): string => path.join(directory, `${name}.satchel`);
    const [hello] = await alice.post('garden', 'hello', 'is it raining?');
    expect(await alice.export(file('a1'))).toMatchObject({ entries: 3, messages: 2 });
    expect(bob.import(file('a1'))).toMatchObject({ fresh: 3, known: 0, refused: [] });
    expect(bob.import(file('a1'))).toMatchObject({ fresh: 0, known: 3, refused: [] });
    await bob.post('garden', {
      body: 'yes',
      reply: hello,
    });
    expect(await bob.export(file('b1'))).toMatchObject({ messages: 1 });
    expect(alice.import(file('b1'))).toMatchObject({ refused: [], gaps: [] });
    expect(alice.texts('garden')).toEqual(['hello', 'is it raining?', 'yes']);
    expect(bob.texts('garden')).toEqual(alice.texts('garden'));
    expect(await alice.export(file('a2'))).toMatchObject({ messages: 0 });
    bob.import(file('a2'));
    expect((await bob.export(file('b2'))).file).toBe(null);
    expect((await alice.export(file('a3'))).file).toBe(null);
  });
});
