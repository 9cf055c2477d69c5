// Scenes in private topics, as in scenes.ts: keys and letters are made durable besides what is said.
import { expect } from 'vitest';
import { documents } from '../testkit/documents.js';
import type { Machine } from './machine.js';
import { befriend, expectPosted, type Scene } from './scenes.js';

/** Commands in topics that only their members read. */
export const PRIVATE_SCENES: readonly Scene[] = [
  {
    name: 'post --to',
    step: 11,
    before: befriend,
    command: () => ['post', '--to', 'Bob', 'hello'],
    kept: (machine, reported) => expectPosted(machine, reported, 'Bob'),
    after: async (machine) => {
      await give(machine, 'ana', 'bob');
      for (const texts of [await machine.texts('Bob'), await textsOf(machine, 'bob', 'Ana')]) {
        expect([['hello'], ['hello', 'hello']]).toContainEqual(texts);
      }
    },
  },
  {
    name: 'topic create --with',
    step: 11,
    before: befriend,
    command: () => ['topic', 'create', 'family', '--with', 'Bob'],
    mayBeDone: 'topic invite',
    kept: async (machine, { exit }) => {
      if (exit === 0) expect(await machine.must('topic', 'members', '-t', 'family')).toContain('"contact":"Bob"');
    },
    after: async (machine) => {
      // as the hint says, where nobody was invited yet
      await machine.must('topic', 'invite', 'Bob', '-t', 'family');
      await machine.must('post', '-t', 'family', 'hello');
      await give(machine, 'ana', 'bob');
      await machine.must('-C', machine.file('bob'), 'topic', 'join', 'family');
      expect(await textsOf(machine, 'bob', 'family')).toEqual(['hello']);
    },
  },
  {
    name: 'topic join of an invitation',
    step: 11,
    before: async (machine) => {
      await befriend(machine);
      await machine.must('-C', machine.file('bob'), 'topic', 'create', 'family', '--with', 'Ana');
      await machine.must('-C', machine.file('bob'), 'post', '-t', 'family', 'come in');
      await give(machine, 'bob', 'ana');
    },
    command: () => ['topic', 'join', 'family'],
    after: async (machine) => {
      await machine.must('post', '-t', 'family', 'here I am');
      expect(await machine.texts('family')).toEqual(['come in', 'here I am']);
    },
  },
  {
    name: 'topic remove',
    step: 11,
    before: inFamily,
    command: () => ['topic', 'remove', 'Bob', '-t', 'family'],
    mayBeDone: '"not-found"',
    after: async (machine) => {
      await machine.must('post', '-t', 'family', 'not for Bob');
      await give(machine, 'ana', 'bob');
      expect(await textsOf(machine, 'bob', 'family')).not.toContain('not for Bob');
      expect(await machine.texts('family')).toEqual(['hello', 'I read it', 'not for Bob']);
    },
  },
  {
    name: 'topic renew',
    step: 11,
    before: inFamily,
    command: () => ['topic', 'renew', '-t', 'family'],
    after: async (machine) => {
      await machine.must('post', '-t', 'family', 'under new keys');
      await give(machine, 'ana', 'bob');
      expect(await textsOf(machine, 'bob', 'family')).toEqual(['hello', 'I read it', 'under new keys']);
    },
  },
];

/** Ana and Bob have a topic of their own, and have written in it. */
async function inFamily(machine: Machine): Promise<void> {
  await befriend(machine);
  await machine.must('topic', 'create', 'family', '--with', 'Bob');
  await machine.must('post', '-t', 'family', 'hello');
  await give(machine, 'ana', 'bob');
  await machine.must('-C', machine.file('bob'), 'topic', 'join', 'family');
  await machine.must('-C', machine.file('bob'), 'post', '-t', 'family', 'I read it');
  await give(machine, 'bob', 'ana');
}

/** All that one of them has is taken to the other. */
async function give(machine: Machine, from: string, to: string): Promise<void> {
  const file = machine.file(`${from}.satchel`);
  await machine.must('-C', machine.file(from), 'export', '--full', '-o', file);
  await machine.must('-C', machine.file(to), 'import', file);
}

async function textsOf(machine: Machine, who: string, topic: string): Promise<unknown[]> {
  return documents(await machine.must('-C', machine.file(who), 'read', '-t', topic)).map(({ text }) => text);
}
