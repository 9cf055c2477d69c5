import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TopicId } from '../../../src/format/ids.js';
import { layoutOf } from '../../../src/repository/layout.js';
import { loadShapes } from '../../../src/repository/state.js';
import { rendezvousTopic } from '../../../src/topic/rendezvous.js';
import {
  findTopic,
  newTopic,
  readTopics,
  resolveTopic,
  type Topic,
  type Topics,
  topicOfId,
  withTopic,
  writeTopics,
} from '../../../src/topic/topics.js';
import { scratchDirectory } from '../../testkit/scratch.js';

beforeAll(loadShapes);

function id(digits: string): TopicId {
  return digits.padEnd(64, '0') as TopicId;
}

function joined(topic: TopicId, label: string): Topic {
  return { ...newTopic(topic, label, 'created'), joined: true };
}

function listOf(...topics: Topic[]): Topics {
  return { current: undefined, topics, carryAll: false };
}

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe('the file of topics', () => {
  let dir = '';
  beforeEach(() => {
    dir = scratchDirectory();
  });

  it('comes back as it was written', () => {
    const topic = {
      ...joined(id('a1'), 'north gate'),
      muted: true,
      receipts: 'off',
      carry: true,
    } as const;
    const topics = { current: topic.topic, topics: [topic, newTopic(id('b2'), 'boats', 'seen')], carryAll: true };
    expect(readTopics(dir)).toEqual(listOf());
    writeTopics(dir, topics);
    expect(readTopics(dir)).toEqual(topics);
    writeTopics(dir, { ...topics, current: undefined });
    expect(readTopics(dir).current).toBeUndefined();
  });

  it.each([
    '[]',
    '{"topics":{}}',
    '{"topics":[{}]}',
    JSON.stringify({ topics: [{ ...newTopic(id('a1'), 'x', 'seen'), kind: 'stolen' }] }),
    JSON.stringify({ topics: [{ ...newTopic(id('a1'), 'x', 'seen'), label: 'a\nb' }] }),
    JSON.stringify({ topics: [{ ...newTopic(id('a1'), 'x', 'seen'), muted: 1 }] }),
  ])('is damaged when it is %s', (content) => {
    writeTopics(dir, listOf());
    fs.writeFileSync(path.join(layoutOf(dir).refs, 'topics.json'), content);
    expect(codeOf(() => readTopics(dir))).toBe('damaged');
  });

  it('is damaged when HEAD names no topic', () => {
    writeTopics(dir, listOf());
    fs.writeFileSync(layoutOf(dir).head, 'north gate\n');
    expect(codeOf(() => readTopics(dir))).toBe('damaged');
  });
});

describe('a known topic', () => {
  it('is replaced, not doubled', () => {
    const topics = withTopic(withTopic(listOf(), joined(id('a'), 'x')), joined(id('b'), 'y'));
    const changed = withTopic(topics, { ...joined(id('a'), 'x'), muted: true });
    expect(changed.topics.map(({ topic, muted }) => [topic, muted])).toEqual([
      [id('a'), true],
      [id('b'), false],
    ]);
    expect(topicOfId(changed, id('b'))?.label).toBe('y');
    expect(topicOfId(changed, undefined)).toBeUndefined();
  });

  it('is found by label, a joined one first, or by the beginning of its id', () => {
    const topics = listOf(
      newTopic(id('a'), 'boats', 'seen'),
      joined(id('b'), 'boats'),
      newTopic(id('abcdef1'), 'x', 'seen'),
    );
    expect(findTopic(topics, 'boats').topic).toBe(id('b'));
    expect(findTopic(topics, 'x').topic).toBe(id('abcdef1'));
    expect(findTopic(topics, 'abcdef').topic).toBe(id('abcdef1'));
    expect(findTopic(topics, id('a')).topic).toBe(id('a'));
    expect(codeOf(() => findTopic(topics, 'abcde'))).toBe('not-found');
    expect(codeOf(() => findTopic(topics, 'Boats'))).toBe('not-found');
  });

  it('has to be the only one', () => {
    const topics = listOf(joined(id('abcdef1'), 'boats'), joined(id('abcdef2'), 'boats'));
    expect(codeOf(() => findTopic(topics, 'boats'))).toBe('ambiguous');
    expect(codeOf(() => findTopic(topics, 'abcdef'))).toBe('ambiguous');
    expect(codeOf(() => resolveTopic(topics, 'boats'))).toBe('ambiguous');
  });
});

describe('the topic a post means', () => {
  it('is the joined one of that label, else the one seen, else the rendezvous', () => {
    const seen = newTopic(id('a'), 'boats', 'seen');
    expect(resolveTopic(listOf(seen, joined(id('b'), 'boats')), 'boats').topic).toBe(id('b'));
    expect(resolveTopic(listOf(seen), 'boats')).toBe(seen);
    expect(resolveTopic(listOf(), 'boats')).toEqual(newTopic(rendezvousTopic('boats'), 'boats', 'rendezvous'));
  });

  it('is the one seen before a rendezvous that was left', () => {
    const left = { ...newTopic(rendezvousTopic('boats'), 'boats', 'rendezvous'), muted: true } as const;
    const seen = newTopic(id('a'), 'boats', 'seen');
    expect(resolveTopic(listOf(left, seen), 'boats')).toBe(seen);
    expect(resolveTopic(listOf(left), 'boats')).toBe(left);
  });

  it('has a name that can be a label', () => {
    expect(codeOf(() => resolveTopic(listOf(), 'a\nb'))).toBe('usage');
  });
});
