// Which topics are private: nothing in the clear is ever written in one (spec/veiled.md).
import type { TopicId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import { keyringOf } from '../message/interpret.js';
import { LiveKeyring } from '../message/keyring.js';
import { readTopics, topicOfId } from '../topics.js';

/** Whether the topic is private, by what is decided, by keys, or by any log of it that was placed. */
export function isPrivateTopic(repository: Repository, topic: TopicId): boolean {
  if (topicOfId(readTopics(repository.directory), topic)?.kind === 'private') return true;
  const keyring = keyringOf(repository);
  if (keyring.secrets.has(topic) || (keyring instanceof LiveKeyring && keyring.create(topic))) return true;
  return repository.logsOfTopic(topic).some(({ veiled }) => veiled);
}
