// What came of keys that an import brought (spec/epochs.md, "Letters"): light enough for who only tells of it.
import type { PersonId, TopicId } from '../../format/ids.js';
import type { Topic } from '../../topic/topics.js';

/** A topic into which a contact invites us. */
export interface Invitation {
  readonly topic: TopicId;
  readonly label: string;
  readonly by: PersonId;
}

/** What can be read now that could not, and what somebody begins with us. */
export interface Settled {
  /** As many messages are shown that were not. */
  readonly messages: number;
  /** New ones. */
  readonly invitations: readonly Invitation[];
  /** Direct topics that contacts began with us. */
  readonly begun: readonly Topic[];
}

export const NOTHING_SETTLED: Settled = Object.freeze({ messages: 0, invitations: [], begun: [] });

/** Both together. */
export function joinedSettled(a: Settled, b: Settled): Settled {
  return {
    messages: a.messages + b.messages,
    invitations: [...a.invitations, ...b.invitations],
    begun: [...a.begun, ...b.begun],
  };
}
