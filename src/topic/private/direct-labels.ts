// The labels of direct topics follow the petnames of their people (spec/private.md, "Direct topics").
import type { TopicId } from '../../format/ids.js';
import type { CreateStatement } from '../../format/private/create-statement.js';
import type { Decided } from '../../identity/relations.js';
import type { Repository } from '../../repository/repository.js';
import { keyringOf } from '../message/interpret.js';
import { LiveKeyring } from '../message/keyring.js';
import { readTopics, type Topics, writeTopics } from '../topics.js';
import { directLabel, isDirect } from './direct.js';

/** The topics with each direct one called by its people as they are called now, as far as it is known what it begins with. */
export function withDirectLabels(
  topics: Topics,
  decided: Pick<Decided, 'self' | 'contacts'>,
  createOf: (topic: TopicId) => CreateStatement | undefined,
): Topics {
  const named = topics.topics.map((topic) => {
    const create = topic.kind === 'private' ? createOf(topic.topic) : undefined;
    if (!create?.policy || !isDirect(create)) return topic;
    const label = directLabel(create.policy, decided);
    return label === topic.label ? topic : { ...topic, label };
  });
  return named.every((topic, i) => topic === topics.topics[i]) ? topics : { ...topics, topics: named };
}

/** Has them called so here, as far as their keys are open. Only under the repository's lock. */
export function renameDirect(repository: Repository, decided: Pick<Decided, 'self' | 'contacts'>): void {
  const live = keyringOf(repository);
  if (!(live instanceof LiveKeyring)) return;
  const before = readTopics(repository.directory);
  const after = withDirectLabels(before, decided, (topic) => live.create(topic));
  if (after !== before) writeTopics(repository.directory, after);
}
