// Joining and leaving topics, each a new value (spec/message.md, "Topics").
import { type Topic, type Topics, withTopic } from './topics.js';

/** The topics with this one joined, and current. */
export function joinTopic(topics: Topics, topic: Topic): Topics {
  return { ...withTopic(topics, { ...topic, joined: true }), current: topic.topic };
}

/** The topics with this one left; if it was current, the one joined topic that remains is, or none if there are more. */
export function leaveTopic(topics: Topics, topic: Topic): Topics {
  const left = withTopic(topics, { ...topic, joined: false });
  if (topics.current !== topic.topic) return left;
  const [only, ...others] = left.topics.filter((other) => other.joined);
  return { ...left, current: others.length === 0 ? only?.topic : undefined };
}
