// The topics that a new device of ours joins with its welcome (spec/devices.md, "Welcome").
import { decodeCreateStatement } from '../format/private/create-statement.js';
import type { TopicKeys } from '../format/private/topic-keys.js';
import type { Welcome } from '../identity/welcome.js';
import { newTopic, type Topic, type TopicKind, type Topics, topicOfId, withTopic } from './topics.js';

/** What a welcome says of the open topics that are joined here, and of the private ones whose keys are had and that were not left. */
export function welcomeTopics(
  all: Topics,
  keys: readonly TopicKeys[],
): Pick<Welcome, 'topics' | 'current' | 'privateTopics'> {
  const { topics, current } = all;
  const joined = topics.filter((topic): topic is OpenTopic => topic.joined && topic.kind !== 'private');
  const open = joined.map(({ topic, label, kind }) => ({ topic, label, kind }));
  const isLeft = ({ statement }: TopicKeys): boolean =>
    topicOfId(all, decodeCreateStatement(statement).topic)?.joined === false;
  const kept = keys.filter((one) => !isLeft(one));
  const privateTopics = kept.map(({ statements = [], ...one }) => ({ ...one, statements, logs: [] }));
  const said = { topics: open, privateTopics };
  return open.some(({ topic }) => topic === current) ? { ...said, current } : said;
}

/** The topics with those of a welcome joined; what was decided about them here stays, and so does the current one. */
export function withWelcomedTopics(
  topics: Topics,
  welcome: Pick<Welcome, 'topics' | 'current'> & Partial<Pick<Welcome, 'privateTopics'>>,
): Topics {
  const joined = welcomedTopics(welcome).reduce((all, { topic, label, kind }) => {
    const known = topicOfId(all, topic) ?? newTopic(topic, label, kind);
    return withTopic(all, { ...known, joined: true });
  }, topics);
  return { ...joined, current: topics.current ?? welcome.current };
}

/** The topics that a welcome brings, open and private. */
export function welcomedTopics(welcome: Pick<Welcome, 'topics'> & Partial<Pick<Welcome, 'privateTopics'>>) {
  return [...welcome.topics, ...privateIn(welcome)];
}

type OpenTopic = Topic & { readonly kind: Exclude<TopicKind, 'private'> };

/** Those by rules that this version knows. */
function privateIn({ privateTopics = [] }: Partial<Pick<Welcome, 'privateTopics'>>) {
  return privateTopics.flatMap(({ statement }) => {
    const { topic, policy } = decodeCreateStatement(statement);
    return policy ? [{ topic, label: policy.label, kind: 'private' as const }] : [];
  });
}
