// What came of keys that an import brought (spec/epochs.md, "Letters"): light enough for who only tells of it.
import type { PersonId, TopicId } from '../../format/ids.js';
import type { Topic } from '../../topic/topics.js';

/** A topic into which a contact invites us. */
export interface Invitation {
  readonly topic: TopicId;
  readonly label: string;
  readonly by: PersonId;
}

/** A topic that a contact, or another owner, took us out of. */
export type Removal = Invitation;

/** What can be read now that could not, and what somebody begins with us. */
export interface Settled {
  /** As many messages are shown that were not, but for those that were counted when they came. */
  readonly messages: number;
  /** New ones. */
  readonly invitations: readonly Invitation[];
  /** Those that were not told of before. */
  readonly removals: readonly Removal[];
  /** Direct topics that contacts began with us. */
  readonly begun: readonly Topic[];
}

export const NOTHING_SETTLED: Settled = Object.freeze({ messages: 0, invitations: [], removals: [], begun: [] });

/** Both together. */
export function joinedSettled(a: Settled, b: Settled): Settled {
  return {
    messages: a.messages + b.messages,
    invitations: [...a.invitations, ...b.invitations],
    removals: [...a.removals, ...b.removals],
    begun: [...a.begun, ...b.begun],
  };
}
