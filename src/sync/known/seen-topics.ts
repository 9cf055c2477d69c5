// Topics that contacts write in and this user decided nothing about yet (spec/message.md, "Topics").

import type { PersonId, TopicId } from '../../format/ids.js';
import { isKnown } from '../../identity/relations.js';
import type { Placement } from '../../repository/index/introduction-record.js';
import { placementOf } from '../../repository/placement.js';
import type { Repository } from '../../repository/repository.js';
import { isPersonLog } from '../../topic/person-topic.js';
import { isLabel, rendezvousTopic } from '../../topic/rendezvous.js';
import { newTopic, type Topic, type Topics, topicOfId } from '../../topic/topics.js';
import type { Session } from '../session.js';

/** A topic with the contacts whose logs showed it. */
export interface SeenTopic extends Topic {
  readonly seenFrom: readonly PersonId[];
}

/**
 * The topics of contacts' logs that are not among the known ones, each under the label that the contact who was held
 * first gave it. Strangers' labels don't count: anybody could put a name of ours on a topic of its own.
 */
export function seenTopics(session: Session): SeenTopic[] {
  const { repository, topics } = session;
  return repository.topics().flatMap((topic) => {
    if (topicOfId(topics, topic)) return [];
    const logs = repository.logsOfTopic(topic).filter((log) => isKnown(session, log.person) && !isPersonLog(log));
    const { label, newer } = firstLabel(repository, logs);
    if (label === undefined) return [];
    const seenFrom = [...new Set(logs.flatMap(({ person }) => person ?? []))];
    return [{ ...newTopic(topic, label, kindOf(topic, label)), ...(newer && { newer }), seenFrom }];
  });
}

/** The known topics and, behind them, the seen ones: what a name on the command line may mean. */
export function withSeenTopics(session: Session): Topics {
  const seen = seenTopics(session).map(({ seenFrom: _, ...topic }) => topic);
  return { ...session.topics, topics: [...session.topics.topics, ...seen] };
}

type Labelled = Partial<Pick<Placement, 'label' | 'newer'>>;

/** The first that this version understands in full, else the first. */
function firstLabel(repository: Repository, logs: ReturnType<Repository['logsOfTopic']>): Labelled {
  const found = logs.flatMap(({ log }): Labelled[] => {
    const placement = placementOf(repository, log);
    return placement && isLabel(placement.label) ? [placement] : [];
  });
  return found.find(({ newer }) => !newer) ?? found[0] ?? {};
}

function kindOf(topic: TopicId, label: string): 'rendezvous' | 'seen' {
  return rendezvousTopic(label) === topic ? 'rendezvous' : 'seen';
}
