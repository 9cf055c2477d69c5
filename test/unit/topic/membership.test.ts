// Joining and leaving.
import { expect, test } from 'vitest';
import { joinTopic, leaveTopic } from '../../../src/topic/membership.js';
import { rendezvousTopic } from '../../../src/topic/rendezvous.js';
import { newTopic, type Topic, type Topics } from '../../../src/topic/topics.js';

const NONE: Topics = { current: undefined, topics: [], carryAll: false };
const topic = (label: string): Topic => newTopic(rendezvousTopic(label), label, 'rendezvous');
const joined = (...labels: string[]): Topics => labels.reduce((topics, label) => joinTopic(topics, topic(label)), NONE);

test('a joined topic is current; joining again keeps what was decided about it', () => {
  const topics = joined('a', 'b');
  expect(topics.current).toBe(rendezvousTopic('b'));
  const again = joinTopic(topics, { ...topic('a'), muted: true });
  expect(again.topics).toMatchObject([{ label: 'a', joined: true, muted: true }, { label: 'b' }]);
});

test('leaving the current topic makes the only other one current, and never picks among several', () => {
  expect(leaveTopic(joined('a', 'b'), topic('b')).current).toBe(rendezvousTopic('a'));
  expect(leaveTopic(joined('a', 'b', 'c'), topic('c')).current).toBeUndefined();
  expect(leaveTopic(joined('a', 'b'), topic('a')).current).toBe(rendezvousTopic('b'));
  expect(leaveTopic(joined('a'), topic('a'))).toMatchObject({ current: undefined, topics: [{ joined: false }] });
});
